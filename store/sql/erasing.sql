-- name: hold
-- Whether family $1 was erased, its key held until the transaction ends: no erasure and no new journey meanwhile.
SELECT wrapped IS NULL AS erased FROM family_keys WHERE reference = $1 FOR UPDATE;

-- name: erased_at
-- When family $1 was erased; null: it was not.
SELECT erased_at FROM family_keys WHERE reference = $1;

-- name: still_open
-- What of family $1 is not over: its newest journey, those open, concerns without an answer, claims that may
-- still move, evaluations to come.
SELECT (SELECT journey_id FROM journeys WHERE reference = $1 ORDER BY number DESC, journey_id DESC LIMIT 1) AS newest,
       ARRAY(SELECT journey_id FROM journeys WHERE reference = $1 AND stage <> 'closed' ORDER BY number) AS journeys,
       ARRAY(SELECT reference || ' ' || one.about FROM journeys, jsonb_to_recordset(owed) AS one (work text, about text)
              WHERE reference = $1 AND one.work = 'concern-answer' ORDER BY number, one.about) AS concerns,
       ARRAY(SELECT claim_id FROM claims
              WHERE reference = $1
                AND (state IN ('eligible', 'submitted')
                     OR EXISTS (SELECT FROM clawbacks
                                 WHERE clawbacks.claim_id = claims.claim_id AND clawbacks.state = 'open'))
              ORDER BY seq) AS claims,
       ((SELECT count(*) FROM effects JOIN journeys USING (journey_id)
          WHERE reference = $1 AND NOT told AND payload ->> 'type' IN ('evaluate-results', 'review-claims'))
        + (SELECT count(*) FROM deadlines JOIN journeys USING (journey_id)
            WHERE reference = $1 AND deadlines.work IS NULL AND stage = 'closed'))::integer AS evaluations;

-- name: holdings
-- How much is held of family $1 that an erasure destroys, and how much it leaves.
SELECT EXISTS (SELECT FROM family_keys WHERE reference = $1 AND wrapped IS NOT NULL) AS key,
       (SELECT count(*) FROM people WHERE reference = $1)::integer AS people,
       ((SELECT count(*) FROM addresses WHERE reference = $1)
        + (SELECT count(*) FROM moves WHERE reference = $1))::integer AS addresses,
       (SELECT count(*) FROM identifiers WHERE reference = $1)::integer AS identifiers,
       (SELECT count(*) FROM texts WHERE reference = $1)::integer AS texts,
       (SELECT count(*) FROM journeys WHERE reference = $1)::integer AS journeys,
       (SELECT count(*) FROM events JOIN journeys USING (journey_id) WHERE reference = $1)::integer AS events,
       (SELECT count(*) FROM claims WHERE reference = $1)::integer AS claims;

-- name: cut
-- Let go of what else could lead from a person to family $1: the dates of birth kept with its claims, and the hash of
-- what its referral said.
WITH born AS (UPDATE claims SET born = NULL WHERE reference = $1)
UPDATE intake SET fingerprint = '', members = '{}' WHERE reference = $1;
