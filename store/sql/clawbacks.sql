-- name: of_claim
-- The proposals to claw back claim $1, as raised.
SELECT claim_id, cause, journey_id, limb, verdict_before, verdict_after, amount_before, amount_after, limb_before,
       limb_after, raised_at, state, ended_at, decided_by, reason
  FROM clawbacks
 WHERE claim_id = $1
 ORDER BY seq;

-- name: propose
-- Raise the proposal $1.
INSERT INTO clawbacks (claim_id, cause, journey_id, limb, verdict_before, verdict_after, amount_before, amount_after,
                       limb_before, limb_after, raised_at, state)
SELECT claim_id, cause, journey_id, limb, verdict_before, verdict_after, amount_before, amount_after,
       limb_before, limb_after, raised_at, 'open'
  FROM jsonb_populate_recordset(NULL::clawbacks, $1);

-- name: end
-- The open proposal of claim $1 came to state $2 at $3, decided by $4 for the reason $5 where somebody did.
UPDATE clawbacks SET state = $2, ended_at = $3, decided_by = $4, reason = $5 WHERE claim_id = $1 AND state = 'open';
