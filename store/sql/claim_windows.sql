-- name: keep
-- Keep the window $1 of area $2, programme $3 with hash $4, label $5, opening on $6 and closing on $7, once.
INSERT INTO claim_windows (window_id, area, programme, programme_hash, label, opens, closes)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING;

-- name: get
-- The window $1.
SELECT window_id, area, programme, programme_hash, label, opens, closes, closed FROM claim_windows WHERE window_id = $1;

-- name: listing
-- Every window of programme $1 that was opened, by its days.
SELECT window_id, area, programme, programme_hash, label, opens, closes, closed
  FROM claim_windows
 WHERE programme = $1
 ORDER BY opens, label;

-- name: unclosed
-- The windows that still run.
SELECT window_id FROM claim_windows WHERE NOT closed ORDER BY opens, window_id;

-- name: close
-- The window $1 is over.
UPDATE claim_windows SET closed = true WHERE window_id = $1;

-- name: told
-- Whether the managers were told of $2 in window $1.
SELECT $2::text = ANY (told) FROM claim_windows WHERE window_id = $1;

-- name: tell
-- The managers were told of $2 in window $1.
UPDATE claim_windows SET told = told || $2::text WHERE window_id = $1 AND NOT $2::text = ANY (told);

-- name: candidates
-- The eligible claims for window $1 that are not in it, or were set aside.
SELECT claims.claim_id
  FROM claim_windows AS w
  JOIN programmes ON programmes.name = w.programme
  JOIN claims ON claims.programme_hash = programmes.hash AND split_part(claims.journey_id, ':', 2) = w.area
  LEFT JOIN window_claims AS c ON c.window_id = w.window_id AND c.claim_id = claims.claim_id
 WHERE w.window_id = $1 AND claims.state = 'eligible' AND (c.claim_id IS NULL OR c.set_aside IS NOT NULL)
 ORDER BY claims.seq;

-- name: enter
-- Claim $2 was gathered for window $1; $3 says why it was set aside, if it was.
INSERT INTO window_claims (window_id, claim_id, set_aside) VALUES ($1, $2, $3)
ON CONFLICT (window_id, claim_id) DO UPDATE SET set_aside = excluded.set_aside;

-- name: undrawn
-- The claims of window $1 that hold and took part in no draw; held until the transaction ends.
SELECT claim_id FROM window_claims WHERE window_id = $1 AND set_aside IS NULL AND draw IS NULL ORDER BY claim_id FOR UPDATE;

-- name: lock_window
-- Hold window $1 until the transaction ends.
SELECT window_id FROM claim_windows WHERE window_id = $1 FOR UPDATE;

-- name: draw
-- The next draw of window $1 from seed $2, of $3 percent, at $4; returns its number.
INSERT INTO claim_draws (window_id, draw, seed, percent, drawn_at)
SELECT $1, coalesce(max(draw), 0) + 1, $2, $3, $4 FROM claim_draws WHERE window_id = $1
RETURNING draw;

-- name: mark
-- The claims $3 of window $1 took part in draw $2, and $4 are its sample.
UPDATE window_claims SET draw = $2, sampled = claim_id = ANY ($4::text[])
 WHERE window_id = $1 AND claim_id = ANY ($3::text[]);

-- name: submitted
-- The claims of window $1 that the submission $2 took.
SELECT m.claim_id
  FROM claim_moves AS m
  JOIN window_claims AS c ON c.claim_id = m.claim_id AND c.window_id = $1
 WHERE m.move = 'submit' AND m.reason = $2
 ORDER BY m.seq;

-- name: draws
-- The draws of window $1.
SELECT draw, seed, percent, drawn_at FROM claim_draws WHERE window_id = $1 ORDER BY draw;

-- name: counted
-- How many claims of window $1 would be submitted, are set aside, are still to be audited of those that would be
-- submitted, and were submitted.
SELECT count(*) FILTER (WHERE ready) AS ready,
       count(*) FILTER (WHERE state = 'eligible' AND set_aside IS NOT NULL) AS set_aside,
       count(*) FILTER (WHERE ready AND sampled AND audit IS NULL) AS to_audit,
       count(*) FILTER (WHERE state IN ('submitted', 'paid')) AS submitted
  FROM (SELECT claims.state, c.set_aside, c.sampled, c.audit,
               claims.state = 'eligible' AND c.set_aside IS NULL AND c.draw IS NOT NULL AS ready
          FROM window_claims AS c
          JOIN claims ON claims.claim_id = c.claim_id
         WHERE c.window_id = $1) AS held;

-- name: claims
-- The claims of window $1 with where they stand; at most $2, after claim $3, where given.
SELECT c.claim_id, claims.reference, claims.result, claims.amount, claims.state, c.set_aside, c.draw, c.sampled, c.audit,
       c.audited_by, c.audited_at, c.why
  FROM window_claims AS c
  JOIN claims ON claims.claim_id = c.claim_id
 WHERE c.window_id = $1
   AND claims.seq > coalesce((SELECT seq FROM claims AS last WHERE last.claim_id = $3), 0)
 ORDER BY claims.seq
 LIMIT $2;

-- name: places
-- The running windows that hold claim $1, newest first.
SELECT c.window_id, c.audit
  FROM window_claims AS c
  JOIN claim_windows AS w ON w.window_id = c.window_id
 WHERE c.claim_id = $1 AND NOT w.closed AND c.set_aside IS NULL
 ORDER BY w.opens DESC;

-- name: audit
-- Internal audit found claim $2 of window $1 to be $3: $4 at $5, because of $6.
UPDATE window_claims SET audit = $3, audited_by = $4, audited_at = $5, why = $6 WHERE window_id = $1 AND claim_id = $2;
