-- name: put
-- Keep the sealed text $4 of entry $3 of journey $2 of family $1, in the place of what it said before.
INSERT INTO texts (reference, journey_id, entry, sealed) VALUES ($1, $2, $3, $4)
ON CONFLICT (journey_id, entry) DO UPDATE SET sealed = excluded.sealed;

-- name: drop
-- Forget the text of entry $2 of journey $1.
DELETE FROM texts WHERE journey_id = $1 AND entry = $2;

-- name: of_family
-- The sealed texts of family $1.
SELECT journey_id, entry, sealed FROM texts WHERE reference = $1;
