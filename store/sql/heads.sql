-- name: current
-- Where each journal stands.
SELECT journey_id, version, head FROM journeys;

-- name: differing
-- Those of journals $1 whose event of version $2 has not the hash $3.
SELECT asked.journey_id, asked.version
  FROM unnest($1::text[], $2::integer[], $3::bytea[]) AS asked (journey_id, version, hash)
  LEFT JOIN events USING (journey_id, version)
 WHERE events.hash IS DISTINCT FROM asked.hash
 ORDER BY asked.journey_id;
