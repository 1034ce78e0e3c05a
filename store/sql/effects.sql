-- name: plan
-- Journey $1 is to carry out effect $3, which is $4, because of $2; once.
INSERT INTO effects (effect_id, journey_id, command_id, payload) VALUES ($3, $1, $2, $4) ON CONFLICT DO NOTHING;

-- name: pending
-- The effects of journey $1 whose outcome is not on its history yet, as planned.
SELECT payload FROM effects WHERE journey_id = $1 AND NOT told ORDER BY seq;

-- name: tell
-- The outcome $2 of effect $1 stands on the journey's history since $4, with the reason $3; what was sent stays sent.
UPDATE effects
   SET told = true,
       told_at = coalesce(told_at, $4),
       detail = CASE WHEN state = 'planned' THEN $3 ELSE detail END,
       state = CASE WHEN state = 'planned' THEN $2 ELSE state END
 WHERE effect_id = $1;

-- name: replace
-- Another effect was planned in the place of effect $1, which had failed or was refused.
UPDATE effects SET state = 'retried' WHERE effect_id = $1 AND state IN ('failed', 'refused');

-- name: unsent_message
-- The message of effect $1, if it failed or was refused and that stands on the journey's history.
SELECT payload FROM effects WHERE effect_id = $1 AND told AND state IN ('failed', 'refused') FOR UPDATE;

-- name: get
-- Effect $1.
SELECT effect_id, journey_id, command_id, payload, state, detail, told_at FROM effects WHERE effect_id = $1;

-- name: unsent
-- Messages in state $1, failed or refused, oldest first: to partner $2 where given, at most $3, after effect $4.
SELECT effect_id, journey_id, command_id, payload, state, detail, told_at
  FROM effects
 WHERE state = $1 AND told AND ($2::text IS NULL OR payload ->> 'partner' = $2)
   AND seq > coalesce((SELECT seq FROM effects WHERE effect_id = $4), 0)
 ORDER BY seq
 LIMIT $3;

-- name: retriable
-- Messages that failed, oldest first: to partner $1 where given, at most $2, and none of an erased family.
SELECT effect_id, journey_id, command_id, payload, state, detail, told_at
  FROM effects
 WHERE state = 'failed' AND told AND ($1::text IS NULL OR payload ->> 'partner' = $1)
   AND NOT EXISTS (SELECT FROM family_keys
                    WHERE family_keys.reference = reference_of(journey_id) AND erased_at IS NOT NULL)
 ORDER BY seq
 LIMIT $2;

-- name: settle
-- Record what became of effect $1: state $2, detail $3. What was settled stays; what failed may be settled again.
UPDATE effects SET state = $2, detail = $3 WHERE effect_id = $1 AND state IN ('planned', 'failed') RETURNING true;

-- name: begin
-- A try to send effect $1 to receiver $2 begins; tells whether an earlier one may have arrived there. One that began
-- under a release that did not tell receivers apart may have arrived at any.
UPDATE effects
   SET attempted = true, begun = array_append(array_remove(effects.begun, $2), $2)
  FROM (SELECT effect_id, attempted, begun FROM effects WHERE effect_id = $1 FOR UPDATE) AS before
 WHERE effects.effect_id = before.effect_id
RETURNING $2 = ANY (before.begun) OR (before.attempted AND before.begun = '{}');

-- name: retract
-- The first try to send effect $1 to receiver $2 is known to have failed.
UPDATE effects
   SET begun = array_remove(begun, $2), attempted = array_remove(begun, $2) <> '{}'
 WHERE effect_id = $1;

-- name: reached
-- Effect $1 arrived at receiver $2.
UPDATE effects SET reached = array_append(reached, $2) WHERE effect_id = $1;

-- name: progress
-- How far effect $1 was sent.
SELECT state, attempted, reached FROM effects WHERE effect_id = $1;

-- name: state_of
-- Where effect $1 stands.
SELECT state FROM effects WHERE effect_id = $1;

-- name: detail_of
-- What was noted of effect $1 when it was settled.
SELECT detail FROM effects WHERE effect_id = $1 AND state <> 'planned';

-- name: failed
-- Effects that failed, oldest first, at most $1.
SELECT effect_id, journey_id, command_id, payload, state, detail, told_at FROM effects WHERE state = 'failed' ORDER BY seq LIMIT $1;

-- name: of_journey
-- Every effect of journey $1, as planned.
SELECT effect_id, journey_id, command_id, payload, state, detail, told_at FROM effects WHERE journey_id = $1 ORDER BY seq;
