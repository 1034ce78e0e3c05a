-- name: project
-- Bring the read models of journey $1 up to date: its row $2, its agenda $3 (ids $4), reminders that fell due $5, and
-- reminders that moved on $6. Used alone to rebuild, and as the head of `append` in journal.sql; the columns of the
-- journey's row are those of `store/projection.py`.
WITH journey AS (
    INSERT INTO journeys (journey_id, {columns})
    SELECT $1, {columns} FROM jsonb_populate_record(NULL::journeys, $2)
    ON CONFLICT (journey_id) DO UPDATE SET {changes}
),
agenda AS (
    INSERT INTO deadlines (journey_id, deadline_id, at, due_on, work, generation, owed_by, escalation, months)
    SELECT $1, deadline_id, at, due_on, work, generation, owed_by, escalation, months
      FROM jsonb_populate_recordset(NULL::deadlines, $3)
    ON CONFLICT (journey_id, deadline_id) DO UPDATE
       SET at = excluded.at, due_on = excluded.due_on, work = excluded.work, generation = excluded.generation,
           owed_by = excluded.owed_by, escalation = excluded.escalation, months = excluded.months
     WHERE (deadlines.at, deadlines.due_on, deadlines.owed_by, deadlines.escalation, deadlines.months)
           IS DISTINCT FROM (excluded.at, excluded.due_on, excluded.owed_by, excluded.escalation, excluded.months)
),
gone AS (
    DELETE FROM deadlines WHERE journey_id = $1 AND deadline_id <> ALL ($4::text[])
),
fallen AS (
    INSERT INTO reminders (journey_id, reminder_id, work, generation, owed_by, due_on, planned_for, late, escalation,
                           state, fault, reason, fell_due_at, sent_at, ended_at)
    SELECT $1, reminder_id, work, generation, owed_by, due_on, planned_for, late, escalation,
           state, fault, reason, fell_due_at, sent_at, ended_at
      FROM jsonb_populate_recordset(NULL::reminders, $5)
    ON CONFLICT (journey_id, reminder_id) DO NOTHING
),
moved AS (
    UPDATE reminders
       SET state = news.state,
           fault = coalesce(reminders.fault, news.fault), reason = coalesce(reminders.reason, news.reason),
           sent_at = coalesce(reminders.sent_at, news.sent_at), ended_at = coalesce(reminders.ended_at, news.ended_at)
      FROM jsonb_populate_recordset(NULL::reminders, $6) AS news
     WHERE reminders.journey_id = $1 AND reminders.reminder_id = news.reminder_id
)
SELECT 1;

-- name: journeys
-- A page of journeys by id: each of stage $1, area $2, locality $3, key worker $4, programme $5, open $6, with $7 in
-- its reference, and on day $8 owing work that was due before it, where given; with $9, offered to the key worker too;
-- after id $10, at most $11.
SELECT * FROM journeys
 WHERE ($1::text IS NULL OR stage = $1)
   AND ($2::text IS NULL OR area = $2)
   AND ($3::text IS NULL OR locality = $3)
   AND ($4::text IS NULL OR key_worker = $4 OR ($9::boolean AND handover_to = $4))
   AND ($5::text IS NULL OR programme = $5)
   AND ($6::boolean IS NULL OR (stage <> 'closed') = $6)
   AND ($7::text IS NULL OR position(upper($7) IN reference) > 0)
   AND ($8::date IS NULL OR (stage <> 'closed' AND EXISTS (
       SELECT FROM jsonb_to_recordset(owed) AS one (due_on date) WHERE one.due_on < $8)))
   AND ($10::text IS NULL OR journey_id > $10)
 ORDER BY journey_id
 LIMIT $11;

-- name: journey
-- Journey $1.
SELECT * FROM journeys WHERE journey_id = $1;

-- name: by_reference
-- The journeys of family $1, the newest last.
SELECT * FROM journeys WHERE reference = $1 ORDER BY number, journey_id;

-- name: newest
-- The newest journey of each of the families $1.
SELECT DISTINCT ON (reference) * FROM journeys
 WHERE reference = ANY ($1::text[])
 ORDER BY reference, number DESC, journey_id DESC;

-- name: due
-- Deadlines, soonest first: of families held by $1 (or the answer to an offer made to $1), up to $2, where given; at most $3, after moment $4, journey $5, id $6.
SELECT journey_id, reference, locality, stage, key_worker, deadline_id, at, due_on, work, generation, owed_by,
       escalation
  FROM deadlines JOIN journeys USING (journey_id)
 WHERE ($1::text IS NULL OR key_worker = $1 OR (handover_to = $1 AND work = 'handover-answer'))
   AND ($2::timestamptz IS NULL OR at <= $2)
   AND (at, journey_id, deadline_id) > ($4::timestamptz, $5::text, $6::text)
 ORDER BY at, journey_id, deadline_id
 LIMIT $3;

-- name: due_on_journey
-- Deadlines of journey $3, soonest first: if its family is held by $1, up to $2, where given; at most $4.
SELECT journey_id, reference, locality, stage, key_worker, deadline_id, at, due_on, work, generation, owed_by,
       escalation
  FROM deadlines JOIN journeys USING (journey_id)
 WHERE journey_id = $3
   AND ($1::text IS NULL OR key_worker = $1)
   AND ($2::timestamptz IS NULL OR at <= $2)
 ORDER BY at, deadline_id
 LIMIT $4;

-- name: owed
-- What open journeys owe, by holder and for each the oldest first: of families held by $1 (or the answer to an offer
-- made to $1), due up to $2, where given; at most $3, after holder $4, due day $5, day $6, journey $7, work and entry $8. What has no deadline comes last.
SELECT journey_id, reference, locality, stage, key_worker, one.work, one.generation, one.since, one.due_on, one.clock,
       one.reason, one."to" AS owed_by, handover_to, one.about, one.who
  FROM journeys,
       jsonb_to_recordset(owed) AS one (work text, generation integer, since date, due_on date, clock text, reason text,
                                        "to" text, about text, who text)
 WHERE (stage <> 'closed' OR (owed @> '[{"work": "concern-answer"}]' AND one.work = 'concern-answer'))
   AND ($1::text IS NULL OR key_worker = $1 OR (handover_to = $1 AND one.work = 'handover-answer')
        OR (one.who = $1 AND one.work = 'concern-answer'))
   AND ($2::date IS NULL OR one.due_on <= $2)
   AND (coalesce(key_worker, ''), coalesce(one.due_on, 'infinity'), one.since, journey_id,
        concat_ws(' ', one.work, one.about))
       > ($4::text, $5::date, $6::date, $7::text, $8::text)
 ORDER BY coalesce(key_worker, ''), coalesce(one.due_on, 'infinity'), one.since, journey_id,
          concat_ws(' ', one.work, one.about)
 LIMIT $3;

-- name: reminders
-- Reminders in the order they fell due: in state $1 where given; at most $2, after moment $3, journey $4, id $5.
SELECT * FROM reminders
 WHERE ($1::text IS NULL OR state = $1)
   AND (fell_due_at, journey_id, reminder_id) > ($3::timestamptz, $4::text, $5::text)
 ORDER BY fell_due_at, journey_id, reminder_id
 LIMIT $2;

-- name: reminders_of_journey
-- Reminders of journey $3 in the order they fell due: in state $1 where given; at most $2.
SELECT * FROM reminders
 WHERE journey_id = $3 AND ($1::text IS NULL OR state = $1)
 ORDER BY fell_due_at, reminder_id
 LIMIT $2;

-- name: stage_counts
-- How many journeys are in each stage.
SELECT stage AS name, count(*) AS count FROM journeys GROUP BY stage;

-- name: totals
-- Counts over everything, as rows of a group, a name in it and a count.
SELECT 'events' AS part, '' AS name, count(*) AS count FROM events
UNION ALL
SELECT 'stages', stage, count(*) FROM journeys GROUP BY stage
UNION ALL
SELECT 'reminders', state, count(*) FROM reminders GROUP BY state
UNION ALL
SELECT 'reminders', 'fell-due', count(*) FROM reminders
UNION ALL
SELECT 'reminders', 'ever-sent', count(*) FROM reminders WHERE sent_at IS NOT NULL
UNION ALL
SELECT 'notifications', state, count(*) FROM effects WHERE payload ->> 'type' = 'notify' GROUP BY state
UNION ALL
SELECT 'claims', '', count(*) FROM claims WHERE verdict = 'met'
UNION ALL
SELECT 'claimed', '', coalesce(sum(amount), 0) FROM claims WHERE verdict = 'met';

-- name: open_journey_ids
-- The id of every journey that is not closed, has an effect whose outcome is not on its history yet, or still has
-- results to be evaluated.
SELECT journey_id FROM journeys WHERE stage <> 'closed'
UNION
SELECT journey_id FROM effects WHERE NOT told
UNION
SELECT journey_id FROM deadlines
 ORDER BY journey_id;

-- name: lock
-- Keep writers out of the read models until the transaction ends; readers see the old rows meanwhile.
LOCK TABLE journeys, deadlines, reminders IN SHARE ROW EXCLUSIVE MODE;

-- name: any_journey
-- Whether `journeys` holds anything at all.
SELECT EXISTS (SELECT FROM journeys);

-- name: clear_journeys
-- Empty `journeys`, to be written again.
DELETE FROM journeys;

-- name: clear_deadlines
-- Empty `deadlines`, to be written again.
DELETE FROM deadlines;

-- name: clear_reminders
-- Empty `reminders`, to be written again.
DELETE FROM reminders;

-- name: used_programmes
-- The hash of every rule pack that a journey is pinned to.
SELECT DISTINCT payload ->> 'programme_hash' AS hash FROM events WHERE type = 'family-referred';

-- name: all_streams
-- The id of every journey the journal knows.
SELECT DISTINCT journey_id FROM events ORDER BY journey_id;

-- name: sizes
-- How many rows each read model has.
SELECT (SELECT count(*) FROM journeys)  AS journeys,
       (SELECT count(*) FROM deadlines) AS deadlines,
       (SELECT count(*) FROM reminders) AS reminders;

-- name: clear_reminders_of
-- Forget the reminders of journey $1, to be written again.
DELETE FROM reminders WHERE journey_id = $1;

-- name: sizes_of
-- How many rows each read model has of the journeys $1.
SELECT (SELECT count(*) FROM journeys WHERE journey_id = ANY ($1::text[]))  AS journeys,
       (SELECT count(*) FROM deadlines WHERE journey_id = ANY ($1::text[])) AS deadlines,
       (SELECT count(*) FROM reminders WHERE journey_id = ANY ($1::text[])) AS reminders;
