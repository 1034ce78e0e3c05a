-- name: lock
-- Hold the places of programme $2 in area $1 until the transaction ends.
SELECT pg_advisory_xact_lock(hashtextextended('places:' || $1::text || ':' || $2::text, 0));

-- name: taken
-- What open families of area $1 and programme $2, besides journey $3, take up; whether key worker $4 holds one.
SELECT count(*) AS families,
       count(DISTINCT key_worker) AS key_workers,
       coalesce(bool_or(key_worker = $4), false) AS holds
  FROM journeys
 WHERE area = $1 AND programme = $2 AND journey_id <> $3 AND key_worker IS NOT NULL AND stage <> 'closed';
