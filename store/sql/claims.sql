-- name: turn
-- Under whose name family $1 waits for its turn at the ledger: the same for all families that were ever one with it.
SELECT turn_of($1);

-- name: lock
-- Let nobody else evaluate the family $1 until the transaction ends: what one evaluation claims counts for the next.
SELECT pg_advisory_xact_lock(hashtextextended('claims:' || $1, 0));

-- name: record
-- Keep the claims $1, each unless its family has a billable one on that result already.
INSERT INTO claims (claim_id, effect_id, journey_id, reference, result, as_of, verdict, amount, programme_hash,
                    explanation, recorded_at, state, journal_version, paid, report, findings, born,
                    ages, terms)
SELECT claim_id, effect_id, journey_id, reference, result, as_of, verdict, amount, programme_hash,
       explanation, recorded_at, 'eligible', journal_version, paid, report, findings, born, ages, terms
  FROM jsonb_populate_recordset(NULL::claims, $1)
ON CONFLICT DO NOTHING;

-- name: of_effect
-- What effect $1 put into the ledger.
SELECT result, claim_id, amount FROM claims WHERE effect_id = $1;

-- name: taken
-- What family $1 claimed before by result, or another that was one with it, whatever effect $2 claimed left out; money
-- given back counts for nothing. What others claimed while they were one counts as long as it is not given back.
SELECT result, sum(CASE WHEN state IN ('eligible', 'submitted', 'paid') THEN amount ELSE 0 END)::integer AS amount
  FROM claims
 WHERE effect_id <> $2 AND (state = 'eligible' OR submitted_at IS NOT NULL)
   AND EXISTS (
       SELECT FROM claims_as($1) AS family
        WHERE family.reference = claims.reference
          AND (family.at IS NULL OR (recorded_at >= family.at AND recorded_at < family.until
                                     AND state IN ('eligible', 'submitted', 'paid'))))
 GROUP BY result;

-- name: twin
-- A claim on the same result as claim $1 that goes before it: of a family that is one with its own or was when it was
-- recorded, and billed before, or as yet recorded before.
SELECT other.claim_id
  FROM claims JOIN claims AS other USING (result)
  JOIN claims_as(claims.reference) AS family ON family.reference = other.reference
 WHERE claims.claim_id = $1 AND other.claim_id <> claims.claim_id
   AND other.state IN ('eligible', 'submitted', 'paid')
   AND (family.at IS NULL OR (other.recorded_at >= family.at AND other.recorded_at < family.until))
   AND (coalesce(other.submitted_at, 'infinity'), other.seq) < (coalesce(claims.submitted_at, 'infinity'), claims.seq)
 ORDER BY other.seq
 LIMIT 1;

-- name: given_up
-- The results of family $1 of which no claim stands any more.
SELECT result FROM claims WHERE reference = $1
 GROUP BY result
HAVING bool_and(state IN ('rejected', 'clawed-back'))
 ORDER BY result;

-- name: get
-- Claim $1.
SELECT claims.*, programmes.name AS programme, clawbacks.limb AS clawback
  FROM claims
  JOIN programmes ON programmes.hash = claims.programme_hash
  LEFT JOIN clawbacks ON clawbacks.claim_id = claims.claim_id AND clawbacks.state = 'open'
 WHERE claims.claim_id = $1;

-- name: kept
-- The words of claim $1's decision.
SELECT report, findings, born, ages, terms FROM claims WHERE claim_id = $1;

-- name: listing
-- Claims as recorded: in state $1, on result $2, of programme $3, recorded from day $4 on, where given; at most $5,
-- after claim $6 where given.
SELECT claims.*, programmes.name AS programme, clawbacks.limb AS clawback
  FROM claims
  JOIN programmes ON programmes.hash = claims.programme_hash
  LEFT JOIN clawbacks ON clawbacks.claim_id = claims.claim_id AND clawbacks.state = 'open'
 WHERE ($1::text IS NULL OR claims.state = $1)
   AND ($2::text IS NULL OR claims.result = $2)
   AND ($3::text IS NULL OR programmes.name = $3)
   AND ($4::date IS NULL OR claims.recorded_at >= $4)
   AND claims.seq > coalesce((SELECT seq FROM claims AS last WHERE last.claim_id = $6), 0)
 ORDER BY claims.seq
 LIMIT $5;

-- name: of_family
-- The claims of family $1 as recorded.
SELECT claims.*, programmes.name AS programme, clawbacks.limb AS clawback
  FROM claims
  JOIN programmes ON programmes.hash = claims.programme_hash
  LEFT JOIN clawbacks ON clawbacks.claim_id = claims.claim_id AND clawbacks.state = 'open'
 WHERE claims.reference = $1
 ORDER BY claims.seq;

-- name: of_one_family
-- The claims of family $1 and of those that are one with it, as recorded.
SELECT claims.*, programmes.name AS programme, clawbacks.limb AS clawback
  FROM claims
  JOIN claims_as($1) AS family ON family.reference = claims.reference AND family.at IS NULL
  JOIN programmes ON programmes.hash = claims.programme_hash
  LEFT JOIN clawbacks ON clawbacks.claim_id = claims.claim_id AND clawbacks.state = 'open'
 ORDER BY claims.seq;

-- name: history
-- The steps of claim $1 from state to state.
SELECT move, from_state, to_state, at, actor, reason FROM claim_moves WHERE claim_id = $1 ORDER BY seq;

-- name: hold
-- Where claim $1 stands, held until the transaction ends.
SELECT state FROM claims WHERE claim_id = $1 FOR UPDATE;

-- name: move
-- Claim $1 made the move $2 from state $3 to $4 at $5, by $6, for the reason $7.
WITH claim AS (
    UPDATE claims
       SET state = $4, submitted_at = CASE WHEN $4 = 'submitted' THEN $5 ELSE submitted_at END
     WHERE claim_id = $1
)
INSERT INTO claim_moves (claim_id, move, from_state, to_state, at, actor, reason)
VALUES ($1, $2, $3, $4, $5::timestamptz, $6, $7);
