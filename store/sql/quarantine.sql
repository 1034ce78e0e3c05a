-- name: page
-- Events in quarantine with a number above $1, of partner $2 where given, oldest first, at most $3.
SELECT seq, partner, event_id, kind, subject_scheme, reason, observed_at, received_at
  FROM inbox
 WHERE state = 'quarantined' AND seq > $1 AND ($2::text IS NULL OR partner = $2)
 ORDER BY seq LIMIT $3;

-- name: summary
-- How many events are in quarantine, by reason, and since when the oldest of each waits.
SELECT reason, count(*) AS count, min(received_at) AS oldest
  FROM inbox WHERE state = 'quarantined' GROUP BY reason ORDER BY reason;

-- name: find
-- Event $2 of partner $1, as people sort it.
SELECT seq, state, reason, subject_scheme, given_reference, given_member,
       about_day(evidence, observed_at) AS first, about_until(evidence, observed_at) AS last
  FROM inbox WHERE partner = $1 AND event_id = $2;

-- name: match
-- Give event $2 of partner $1, in quarantine or discarded, to family $3 and member $4; where $5, every other event
-- in quarantine about the same subject too. Said by $6 at $7.
UPDATE inbox
   SET state = 'received', reason = NULL, given_reference = $3, given_member = $4, sorted_by = $6, sorted_at = $7
 WHERE (partner = $1 AND event_id = $2 AND state IN ('quarantined', 'discarded'))
    OR ($5 AND state = 'quarantined'
        AND subject_digest = (SELECT subject_digest FROM inbox WHERE partner = $1 AND event_id = $2));

-- name: discard
-- Let event $2 of partner $1 rest for reason $3, said by $4 at $5; the row stays.
UPDATE inbox SET state = 'discarded', reason = $3, sorted_by = $4, sorted_at = $5
 WHERE partner = $1 AND event_id = $2 AND state = 'quarantined';
