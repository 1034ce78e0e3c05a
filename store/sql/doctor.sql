-- name: unfinished
-- Every journey with something left to do, as a search would find it.
SELECT journey_id, reference, version, stage, area, locality, key_worker, programme
  FROM journeys
 WHERE stage <> 'closed'
    OR EXISTS (SELECT FROM deadlines WHERE deadlines.journey_id = journeys.journey_id)
    OR EXISTS (SELECT FROM effects WHERE effects.journey_id = journeys.journey_id AND NOT told)
 ORDER BY journey_id;

-- name: unfinished_of
-- As `unfinished`, those of journeys $1 only, however they stand now.
SELECT journey_id, reference, version, stage, area, locality, key_worker, programme
  FROM journeys
 WHERE journey_id = ANY ($1::text[]);

-- name: clocks
-- When the newest event was recorded, and what the database's clock reads.
SELECT max(changed_at) AS last, clock_timestamp() AS there FROM journeys;

-- name: unknown
-- Those of journeys $1 that have no events.
SELECT journey_id FROM unnest($1::text[]) AS asked (journey_id)
 WHERE NOT EXISTS (SELECT FROM events WHERE events.journey_id = asked.journey_id)
 ORDER BY journey_id;

-- name: not_listed
-- Families whose stream has no row in `journeys`.
SELECT DISTINCT reference_of(journey_id) AS reference
  FROM events
 WHERE version = 1 AND NOT EXISTS (SELECT FROM journeys WHERE journeys.journey_id = events.journey_id);

-- name: holderless
-- Families that were allocated, are not closed, and have no key worker.
SELECT reference
  FROM journeys
 WHERE stage <> 'closed' AND key_worker IS NULL
   AND EXISTS (SELECT FROM events WHERE events.journey_id = journeys.journey_id AND type = 'key-worker-allocated')
 ORDER BY reference;

-- name: missed
-- Families with deadlines before $1 that never fell due: how many, and the oldest.
SELECT reference, count(*) AS deadlines, min(at) AS oldest
  FROM deadlines JOIN journeys USING (journey_id)
 WHERE at < $1
 GROUP BY reference
 ORDER BY oldest, reference;

-- name: unsent
-- Reminders whose message was planned before $1, when they fell due or were tried again, and is still to be sent.
SELECT reference, payload ->> 'reminder_id' AS reminder_id, planned_at
  FROM effects JOIN journeys USING (journey_id)
 CROSS JOIN LATERAL (
       SELECT max(occurred_at) AS planned_at
         FROM events
        WHERE events.journey_id = effects.journey_id AND events.command_id = effects.command_id
       ) AS planning
 WHERE NOT told AND effects.state = 'planned' AND payload ->> 'type' = 'remind' AND planned_at < $1
 ORDER BY planned_at, reminder_id;

-- name: failed
-- Messages that were given up, oldest first, at most $1; of an erased family nothing can be tried again.
SELECT reference, effect_id, payload ->> 'type' AS kind
  FROM effects JOIN journeys USING (journey_id)
 WHERE effects.state = 'failed'
   AND NOT EXISTS (SELECT FROM family_keys
                    WHERE family_keys.reference = journeys.reference AND erased_at IS NOT NULL)
 ORDER BY seq
 LIMIT $1;

-- name: under_way
-- Journeys with something to do in the world whose outcome is not on their history yet, the oldest first, at most $1.
SELECT journey_id FROM effects WHERE NOT told GROUP BY journey_id ORDER BY min(seq) LIMIT $1;

-- name: inbox
-- How many events wait: `quarantined` for a family, `waiting` for their journey; and since when the oldest of each.
SELECT count(*) FILTER (WHERE state = 'quarantined') AS quarantined,
       min(received_at) FILTER (WHERE state = 'quarantined') AS quarantined_since,
       count(*) FILTER (WHERE state <> 'quarantined') AS waiting,
       min(received_at) FILTER (WHERE state <> 'quarantined') AS waiting_since
  FROM inbox
 WHERE state IN ('received', 'forwarded', 'quarantined');

-- name: workers
-- What each key worker holds on day $1 and under which packs, whether they take families, and the family that they took
-- on last.
SELECT name, cap, array_agg(DISTINCT programme_hash) AS packs, count(journey_id) AS held, count(waiver) AS by_waiver,
       NOT active OR coalesce(leaving_from <= $1, false) AS leaving,
       (array_agg(reference ORDER BY changed_at DESC, reference) FILTER (WHERE handover_to IS NULL))[1] AS latest
  FROM staff JOIN journeys ON key_worker = name AND stage <> 'closed'
 WHERE role = 'key-worker'
 GROUP BY name
 ORDER BY name;

-- name: sample
-- The ids of $1 journeys, drawn at random.
SELECT journey_id FROM journeys ORDER BY random() LIMIT $1;

-- name: streams_of
-- The ids of the journeys of family $1, as the journal knows them.
SELECT DISTINCT journey_id FROM events WHERE version = 1 AND reference_of(journey_id) = $1 ORDER BY journey_id;

-- name: left_to_do
-- The ids of those journeys of family $1 that have something left to do, a closed one too.
SELECT journey_id
  FROM journeys
 WHERE reference = $1
   AND (stage <> 'closed'
        OR EXISTS (SELECT FROM deadlines WHERE deadlines.journey_id = journeys.journey_id)
        OR EXISTS (SELECT FROM effects WHERE effects.journey_id = journeys.journey_id AND NOT told));

-- name: not_erased
-- Families that their journal says were erased and whose key is there, and why they were.
SELECT reference, erased_for
  FROM journeys JOIN family_keys USING (reference)
 WHERE erased_on IS NOT NULL AND wrapped IS NOT NULL
 ORDER BY reference;

-- name: unheard
-- Families with children who were not heard since before day $1, and who these are.
SELECT reference, array_agg(child.key ORDER BY child.key) AS members
  FROM journeys, jsonb_each_text(unheard) AS child
 WHERE stage <> 'closed' AND child.value < $1::date::text
 GROUP BY reference
 ORDER BY reference;
