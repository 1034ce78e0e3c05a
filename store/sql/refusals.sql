-- name: add
-- Count what was refused as $1 for $2, $3 times, from $4 to $5, the last time to workflow $6.
INSERT INTO refusals (part, why, times, first_at, last_at, workflow_id)
VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (part, why) DO UPDATE
   SET times = refusals.times + excluded.times,
       last_at = greatest(refusals.last_at, excluded.last_at),
       workflow_id = CASE WHEN excluded.last_at >= refusals.last_at THEN excluded.workflow_id
                          ELSE refusals.workflow_id END;

-- name: all
-- Everything that was refused, the last first.
SELECT part, why, times, first_at, last_at, workflow_id, seen, seen_by, seen_at FROM refusals ORDER BY last_at DESC;

-- name: seen
-- Note that $1 has seen all there is at $2.
UPDATE refusals SET seen = times, seen_by = $1, seen_at = $2 WHERE seen < times;
