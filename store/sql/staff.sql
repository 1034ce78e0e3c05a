-- name: add
-- Add staff $1 (role $2, email $3, cap $4, active $5, team $6, area $7, channel $8, addresses $9) or bring it up to
-- date; true when the name is new. Leave is none of this: it begins and ends by name.
INSERT INTO staff (name, role, email, cap, active, team, area, channel, addresses)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (name) DO UPDATE
   SET role = excluded.role, email = excluded.email, cap = excluded.cap, active = excluded.active,
       team = excluded.team, area = excluded.area, channel = excluded.channel,
       addresses = staff.addresses || excluded.addresses
RETURNING xmax = 0;

-- name: set_cap
-- Staff $1 may hold $2 open families. True when there is such a name.
UPDATE staff SET cap = $2 WHERE name = $1 RETURNING true;

-- name: listing
-- Staff by name, in role $1 where given, with the open families each holds, those of them held by a waiver, and those
-- offered to them; at most $2, after name $3.
SELECT name, role, email, cap, active, team, staff.area, channel, leaving_from,
       count(journey_id) FILTER (WHERE key_worker = name) AS held,
       count(journey_id) FILTER (WHERE key_worker = name AND waiver IS NOT NULL) AS by_waiver,
       count(journey_id) FILTER (WHERE handover_to = name) AS offered
  FROM staff LEFT JOIN journeys ON name IN (key_worker, handover_to) AND stage <> 'closed'
 WHERE ($1::text IS NULL OR role = $1) AND name > $3
 GROUP BY name
 ORDER BY name
 LIMIT $2;

-- name: get
-- Staff $1.
SELECT name, role, email, cap, active, team, area, channel, leaving_from FROM staff WHERE name = $1;

-- name: known
-- Staff $1, whose row is held until the transaction ends, with the names of the addresses besides the e-mail address.
SELECT name, role, email, cap, active, team, area, channel, leaving_from,
       ARRAY (SELECT jsonb_object_keys(addresses)) AS reached_by
  FROM staff
 WHERE name = $1
   FOR UPDATE;

-- name: lock
-- Hold key worker $1's row until the transaction ends; `leaving` on day $2.
SELECT cap, team, area, coalesce(leaving_from <= $2, false) AS leaving
  FROM staff
 WHERE name = $1 AND role = 'key-worker' AND active
   FOR UPDATE;

-- name: lock_any
-- Hold the rows of every key worker who can take families in area $1 on day $2 until the transaction ends; by name, so
-- that two who do this do not wait for each other.
SELECT name, cap
  FROM staff
 WHERE role = 'key-worker' AND active AND (area IS NULL OR area = $1) AND (leaving_from IS NULL OR leaving_from > $2)
 ORDER BY name
   FOR UPDATE;

-- name: held
-- How many open families each of the key workers $1 holds; those with none are left out.
SELECT key_worker, count(*) AS held
  FROM journeys
 WHERE key_worker = ANY ($1::text[]) AND stage <> 'closed'
 GROUP BY key_worker;

-- name: receivers
-- Those of the key workers $1 who take families on day $2, with their own cap and the open families that they hold or
-- that are offered to them.
SELECT name, cap, count(journey_id) AS load
  FROM staff LEFT JOIN journeys ON name IN (key_worker, handover_to) AND stage <> 'closed'
 WHERE name = ANY ($1::text[]) AND role = 'key-worker' AND active AND (leaving_from IS NULL OR leaving_from > $2)
 GROUP BY name;

-- name: leave
-- Note that staff $1 takes no new families from day $2 on; NULL: takes them again. True when there is such a name.
UPDATE staff SET leaving_from = $2 WHERE name = $1 RETURNING true;

-- name: managers_of
-- How the managers of key worker $1's team are reached; without any, those of its area who have no team; without any,
-- all of them: a message must reach someone.
WITH theirs AS (SELECT team, area FROM staff WHERE name = $1),
ranked AS (
    SELECT name, channel, email, addresses,
           CASE WHEN team = (SELECT team FROM theirs) THEN 1
                WHEN team IS NULL AND area = (SELECT area FROM theirs) THEN 2
                ELSE 3 END AS rank
      FROM staff
     WHERE role = 'manager' AND active
)
SELECT name, channel, addresses || jsonb_build_object('email', email) AS addresses
  FROM ranked
 WHERE rank = (SELECT min(rank) FROM ranked)
 ORDER BY name;

-- name: colleague
-- How active staff $1 is reached.
SELECT name, channel, addresses || jsonb_build_object('email', email) AS addresses
  FROM staff
 WHERE name = $1 AND active;

-- name: in_role
-- How the active staff in role $1 are reached, by name.
SELECT name, channel, addresses || jsonb_build_object('email', email) AS addresses
  FROM staff
 WHERE role = $1 AND active
 ORDER BY name;
