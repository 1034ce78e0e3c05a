-- name: add
-- Add staff $1 (role $2, email $3, cap $4, active $5) or bring it up to date; true when the name is new.
INSERT INTO staff (name, role, email, cap, active) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (name) DO UPDATE
   SET role = excluded.role, email = excluded.email, cap = excluded.cap, active = excluded.active
RETURNING xmax = 0;

-- name: listing
-- Staff by name, in role $1 where given, with the open families each holds.
SELECT name, role, email, cap, active, count(journey_id) AS held
  FROM staff LEFT JOIN journeys ON key_worker = name AND stage <> 'closed'
 WHERE $1::text IS NULL OR role = $1
 GROUP BY name
 ORDER BY name;

-- name: lock
-- Hold key worker $1's row until the transaction ends.
SELECT cap FROM staff WHERE name = $1 AND role = 'key-worker' AND active FOR UPDATE;

-- name: held
-- How many open families key worker $1 holds.
SELECT count(*) FROM journeys WHERE key_worker = $1 AND stage <> 'closed';

-- name: email_of
-- Where active staff $1 is written to.
SELECT email FROM staff WHERE name = $1 AND active;

-- name: emails_of_role
-- Where the active staff in role $1 are written to, by name.
SELECT email FROM staff WHERE role = $1 AND active ORDER BY name;
