-- name: record
-- Keep a claim, unless its id is known or its family has a met claim on the same result.
INSERT INTO claims (claim_id, journey_id, reference, result, as_of, verdict, amount, programme_hash, explanation,
                    recorded_at, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT DO NOTHING RETURNING claim_id;

-- name: known
-- Whether claim $1 is kept.
SELECT claim_id FROM claims WHERE claim_id = $1;

-- name: get
-- Claim $1.
SELECT claim_id, journey_id, reference, result, as_of, verdict, amount, programme_hash, explanation, recorded_at, state
  FROM claims WHERE claim_id = $1;

-- name: listing
-- Claims as recorded, of family $1 and in state $2 where given, at most $3.
SELECT claim_id, journey_id, reference, result, as_of, verdict, amount, programme_hash, explanation, recorded_at, state
  FROM claims
 WHERE ($1::text IS NULL OR reference = $1) AND ($2::text IS NULL OR state = $2)
 ORDER BY seq
 LIMIT $3;
