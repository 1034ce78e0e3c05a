-- name: begin_turn
-- Gateway and worker hand over in turn: an event that both took would go to its journey twice, and be told there.
SELECT pg_advisory_lock(hashtextextended('inbox', 0));

-- name: end_turn
-- Let the next one go on.
SELECT pg_advisory_unlock(hashtextextended('inbox', 0));

-- name: take
-- Match up to $1 received events of a number above $2 to the newest journey that its subject was of on a day it is about,
-- skipping those another process holds. What has no known subject, one who was of no journey then, a household of two
-- families, or no journey yet goes to quarantine; whom a person gave it to goes before whom its subject names. Of a
-- person of several families the inbox row names one, the same one as before, and each other family gets a share.
WITH waiting AS (
    SELECT partner, event_id, subject_digest, reference AS before,
           about_day(evidence, observed_at) AS first, about_until(evidence, observed_at) AS last,
           coalesce(given_reference, (given_to(partner, evidence)).reference) AS given_reference,
           CASE WHEN given_reference IS NULL THEN (given_to(partner, evidence)).member ELSE given_member END
               AS given_member
      FROM inbox
     WHERE state = 'received' AND seq > $2
     ORDER BY seq
     LIMIT $1
       FOR UPDATE SKIP LOCKED
),
named AS (
    SELECT partner, event_id, before, given_reference AS reference, given_member AS member_id, false AS of_household,
           newest.journey_id
      FROM waiting
      LEFT JOIN LATERAL (
            SELECT journey_id FROM journeys
             WHERE journeys.reference = given_reference AND was_of(roll, given_member, first, last)
             ORDER BY number DESC LIMIT 1
           ) AS newest ON true
     WHERE given_reference IS NOT NULL
    UNION ALL
    SELECT partner, event_id, before, found.reference, found.member_id, found.member_id IS NULL, found.journey_id
      FROM waiting JOIN LATERAL families_of(subject_digest, first, last) AS found ON true
     WHERE given_reference IS NULL
),
placed AS (
    SELECT named.*, count(*) OVER event > 1 AND bool_or(of_household) OVER event AS ambiguous,
           row_number() OVER (event ORDER BY journey_id IS NULL, reference IS NOT DISTINCT FROM before DESC,
                                             reference) AS place
      FROM named
    WINDOW event AS (PARTITION BY partner, event_id)
),
shares AS (
    INSERT INTO inbox_shares (partner, event_id, reference, journey_id, member_id, command_id)
    SELECT partner, event_id, reference, journey_id, member_id,
           'shared:' || reference || ':' || left(encode(sha256(convert_to(partner || ':' || event_id, 'UTF8')), 'hex'), 32)
      FROM placed
     WHERE place > 1 AND NOT ambiguous AND journey_id IS NOT NULL
    ON CONFLICT (partner, event_id, reference) DO NOTHING
),
matched AS (
    SELECT partner, event_id, reference, member_id, journey_id, coalesce(ambiguous, false) AS ambiguous
      FROM waiting LEFT JOIN placed USING (partner, event_id)
     WHERE place IS NULL OR place = 1
)
UPDATE inbox
   SET state = CASE WHEN matched.journey_id IS NULL OR ambiguous THEN 'quarantined' ELSE 'received' END,
       reason = CASE WHEN ambiguous THEN 'ambiguous-subject'
                     WHEN matched.reference IS NULL THEN 'unknown-subject'
                     WHEN matched.journey_id IS NULL AND EXISTS (
                         SELECT FROM journeys WHERE journeys.reference = matched.reference) THEN 'not-a-member'
                     WHEN matched.journey_id IS NULL THEN 'no-journey' END,
       reference = CASE WHEN NOT ambiguous THEN matched.reference END,
       member_id = CASE WHEN NOT ambiguous THEN matched.member_id END,
       journey_id = CASE WHEN NOT ambiguous THEN matched.journey_id END
  FROM matched
 WHERE inbox.partner = matched.partner AND inbox.event_id = matched.event_id
RETURNING inbox.partner, inbox.event_id, inbox.seq, inbox.journey_id, inbox.reference, inbox.member_id, inbox.kind,
          inbox.observed_at, inbox.evidence, inbox.received_at, inbox.returned, NULL::text AS shared_as;

-- name: take_shares
-- Up to $1 shares that wait, of events with a number above $2, skipping those another process holds.
SELECT inbox.partner, inbox.event_id, inbox.seq, share.journey_id, share.reference, share.member_id, inbox.kind,
       inbox.observed_at, inbox.evidence, inbox.received_at, inbox.returned, share.command_id AS shared_as
  FROM inbox_shares AS share JOIN inbox USING (partner, event_id)
 WHERE share.state = 'received' AND inbox.seq > $2
 ORDER BY inbox.seq, share.reference
 LIMIT $1
   FOR UPDATE OF share SKIP LOCKED;

-- name: shares_forwarded
-- Mark the shares of command ids $1 as handed to their journeys at $2.
UPDATE inbox_shares SET state = 'forwarded', forwarded_at = $2
 WHERE command_id = ANY ($1::text[]) AND state = 'received';

-- name: shares_settled
-- Mark shares as applied that their journey has answered, and put back what was forwarded before $1 and never was.
UPDATE inbox_shares AS share
   SET state = CASE WHEN answered THEN 'applied' ELSE 'received' END
  FROM (SELECT command_id, forwarded_at,
               EXISTS (SELECT FROM commands WHERE commands.command_id = inbox_shares.command_id) AS answered
          FROM inbox_shares WHERE state = 'forwarded') AS under_way
 WHERE share.command_id = under_way.command_id AND (answered OR under_way.forwarded_at < $1);

-- name: forwarded
-- Mark the events of partners $1 and ids $2 as handed to their journeys at $3; what is applied already stays so.
UPDATE inbox SET state = 'forwarded', forwarded_at = $3
  FROM unnest($1::text[], $2::text[]) AS done (partner, event_id)
 WHERE inbox.partner = done.partner AND inbox.event_id = done.event_id AND state = 'received';

-- name: refuse
-- Refuse the events of partners $1 and ids $2 for the reason $3; what is applied already stays so.
UPDATE inbox SET state = 'refused', reason = $3
  FROM unnest($1::text[], $2::text[]) AS refused (partner, event_id)
 WHERE inbox.partner = refused.partner AND inbox.event_id = refused.event_id AND state = 'received';

-- name: unshare
-- The events of partners $1 and ids $2 are not of family $3: its shares of them go.
DELETE FROM inbox_shares
 USING unnest($1::text[], $2::text[]) AS wrong (partner, event_id)
 WHERE inbox_shares.partner = wrong.partner AND inbox_shares.event_id = wrong.event_id AND reference = $3;

-- name: give_back
-- The events of partners $1 and ids $2 are not of family $3, which they were matched to: they wait to be matched by hand.
UPDATE inbox
   SET state = CASE WHEN returned < 9 THEN 'quarantined' ELSE 'discarded' END, reason = 'wrong-family',
       returned = least(returned + 1, 9), reference = NULL, journey_id = NULL, member_id = NULL,
       given_reference = NULL, given_member = NULL
  FROM unnest($1::text[], $2::text[]) AS wrong (partner, event_id)
 WHERE inbox.partner = wrong.partner AND inbox.event_id = wrong.event_id
   AND (inbox.reference = $3 OR survivor_of(inbox.reference) = $3)
   AND inbox.state IN ('applied', 'forwarded');

-- name: stale
-- Put back what was forwarded before $1 and never applied.
UPDATE inbox SET state = 'received', forwarded_at = NULL WHERE state = 'forwarded' AND forwarded_at < $1;
