-- name: accept
-- Keep arrivals, one a row of the arrays, where their id is free or held only by a refusal. Every id is answered:
-- `kept` tells whether this arrival now holds it; if not, the columns are those of the one that does.
-- A subject nobody is known by goes to quarantine.
WITH arrived AS (
    SELECT a.*,
           CASE WHEN a.reason IS NOT NULL THEN 'refused'
                WHEN EXISTS (SELECT FROM identifiers WHERE digest = a.subject_digest) THEN 'received'
                WHEN given_to(a.partner, a.evidence) IS NOT NULL THEN 'received'
                ELSE 'quarantined' END AS state
      FROM unnest($1::text[], $2::text[], $3::bytea[], $4::text[], $5::bytea[], $6::text[], $7::timestamptz[],
                  $8::jsonb[], $9::timestamptz[], $10::text[])
           AS a (partner, event_id, body_hash, subject_scheme, subject_digest, kind, observed_at,
                 evidence, received_at, reason)
),
kept AS (
    INSERT INTO inbox (partner, event_id, body_hash, subject_scheme, subject_digest, kind, observed_at, evidence,
                       received_at, reason, state)
    SELECT partner, event_id, body_hash, subject_scheme, subject_digest, kind, observed_at, evidence, received_at,
           coalesce(reason, CASE state WHEN 'quarantined' THEN 'unknown-subject' END), state
      FROM arrived
    ON CONFLICT (partner, event_id) DO UPDATE
       SET body_hash = excluded.body_hash, subject_scheme = excluded.subject_scheme,
           subject_digest = excluded.subject_digest, kind = excluded.kind, observed_at = excluded.observed_at,
           evidence = excluded.evidence, received_at = excluded.received_at, reason = excluded.reason,
           state = excluded.state
     WHERE inbox.state = 'refused' AND inbox.journey_id IS NULL
    RETURNING partner, event_id, body_hash, state, reason, journey_id
)
SELECT partner, event_id, body_hash, state, reason, journey_id, true AS kept FROM kept
UNION ALL
SELECT inbox.partner, inbox.event_id, inbox.body_hash, inbox.state, inbox.reason, inbox.journey_id, false
  FROM arrived JOIN inbox USING (partner, event_id)
 WHERE NOT EXISTS (SELECT FROM kept WHERE kept.partner = arrived.partner AND kept.event_id = arrived.event_id);

-- name: release
-- Bring out of quarantine what is about the subjects of digests $1, where they were of a journey on its day.
UPDATE inbox SET state = 'received', reason = NULL
 WHERE state = 'quarantined' AND reason <> 'wrong-family' AND subject_digest = ANY ($1::bytea[])
   AND EXISTS (SELECT FROM families_of(subject_digest, about_day(evidence, observed_at), about_until(evidence, observed_at))
                WHERE families_of.journey_id IS NOT NULL);

-- name: release_all
-- Bring out of quarantine everything whose subject was of a journey on its day; what was found to name two families only
-- once it names one. Most subjects are nobody's, and are asked no further. Rows that somebody holds wait for the next
-- round: nothing here waits, so nothing deadlocks.
WITH known AS (
    SELECT partner, event_id
      FROM inbox
     WHERE state = 'quarantined' AND reason <> 'wrong-family'
       AND EXISTS (SELECT FROM identifiers WHERE digest = subject_digest)
       AND (SELECT count(found.journey_id) > 0 AND (reason <> 'ambiguous-subject' OR count(*) = 1)
              FROM families_of(subject_digest, about_day(evidence, observed_at), about_until(evidence, observed_at)) AS found)
       FOR UPDATE SKIP LOCKED
)
UPDATE inbox SET state = 'received', reason = NULL
  FROM known
 WHERE inbox.partner = known.partner AND inbox.event_id = known.event_id;

-- name: counts
-- How many events are in each state.
SELECT state, count(*) AS count FROM inbox GROUP BY state;

-- name: refusals
-- How many events stand refused, by reason, the most frequent first.
SELECT reason, count(*) AS count FROM inbox WHERE state = 'refused' GROUP BY reason ORDER BY count DESC, reason;

-- name: listing
-- Events in state $1, oldest first, at most $2.
SELECT partner, event_id, kind, subject_scheme, state, reason, journey_id, received_at
  FROM inbox WHERE state = $1 ORDER BY seq LIMIT $2;
