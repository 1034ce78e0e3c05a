-- name: lock
-- Let nobody else evaluate the family $1 until the transaction ends: what one evaluation claims counts for the next.
SELECT pg_advisory_xact_lock(hashtextextended('claims:' || $1, 0));

-- name: record
-- Keep the claims $1, each unless its family has one on that result already.
INSERT INTO claims (claim_id, effect_id, journey_id, reference, result, as_of, verdict, amount, programme_hash,
                    explanation, recorded_at, state)
SELECT claim_id, effect_id, journey_id, reference, result, as_of, verdict, amount, programme_hash,
       explanation, recorded_at, 'eligible'
  FROM jsonb_populate_recordset(NULL::claims, $1)
ON CONFLICT DO NOTHING;

-- name: of_effect
-- What effect $1 put into the ledger.
SELECT result, claim_id, amount FROM claims WHERE effect_id = $1;

-- name: taken
-- What family $1 claimed before by result, whatever effect $2 claimed left out.
SELECT result, amount FROM claims WHERE reference = $1 AND effect_id <> $2;

-- name: get
-- Claim $1.
SELECT claim_id, effect_id, journey_id, reference, result, as_of, verdict, amount, programme_hash, explanation,
       recorded_at, state
  FROM claims WHERE claim_id = $1;

-- name: listing
-- Claims as recorded, in state $1 where given, at most $2.
SELECT claim_id, effect_id, journey_id, reference, result, as_of, verdict, amount, programme_hash, explanation,
       recorded_at, state
  FROM claims
 WHERE $1::text IS NULL OR state = $1
 ORDER BY seq
 LIMIT $2;

-- name: of_family
-- Claims of family $3 as recorded, in state $1 where given, at most $2.
SELECT claim_id, effect_id, journey_id, reference, result, as_of, verdict, amount, programme_hash, explanation,
       recorded_at, state
  FROM claims
 WHERE reference = $3 AND ($1::text IS NULL OR state = $1)
 ORDER BY seq
 LIMIT $2;
