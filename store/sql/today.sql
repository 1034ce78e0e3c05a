-- name: holders
-- The key workers of team $1.
SELECT name FROM staff WHERE role = 'key-worker' AND team = $1 ORDER BY name;

-- name: listing
-- What is to be done or waited for by the key workers $1 (null: by all, and by whom nobody is yet), as of day $2, with
-- what is due up to day $3; a section at a time, in each by holder and day; at most $4. Concerns come first: those about
-- their families, those that they have to answer, and those that $5 has.
-- An offer is for whom it is made to, and a reply waited for by who made it. Partners are waited for until they have
-- reported something since they were asked, or the check was made; a journey is off its track by its last review.
WITH mine AS (
    SELECT journeys.*, team FROM journeys LEFT JOIN staff ON name = key_worker
     WHERE stage <> 'closed' AND ($1::text[] IS NULL OR key_worker = ANY ($1))
),
work AS (
    SELECT CASE WHEN one.due_on < $2::date THEN 'overdue' WHEN one.due_on = $2 THEN 'today' ELSE 'this-week' END AS section,
           reference, journey_id, key_worker AS holder, team, concat_ws(' ', one.work, one.about) AS what,
           one.due_on AS due_on, one.since AS since, coalesce(one.who, one."to") AS waits_for
      FROM mine, jsonb_to_recordset(owed) AS one (work text, since date, due_on date, "to" text, about text, who text)
     WHERE one.due_on <= $3 AND one.work NOT IN ('handover-answer', 'concern-answer')
),
concerns AS (
    SELECT 'concern' AS section, reference, journey_id, key_worker AS holder, staff.team,
           concat_ws(' ', one.work, one.about) AS what, one.due_on, one.since, one.who AS waits_for
      FROM journeys LEFT JOIN staff ON name = key_worker,
           jsonb_to_recordset(owed) AS one (work text, since date, due_on date, about text, who text)
     WHERE owed @> '[{"work": "concern-answer"}]' AND one.work = 'concern-answer'
       AND ($1::text[] IS NULL OR key_worker = ANY ($1) OR one.who = ANY ($1) OR one.who = $5)
),
offers AS (
    SELECT CASE WHEN side.offered THEN 'offer' ELSE 'reply' END AS section,
           reference, journey_id, side.holder, staff.team, one.work AS what, one.due_on, one.since,
           CASE WHEN side.offered THEN key_worker ELSE handover_to END AS waits_for
      FROM journeys,
           jsonb_to_recordset(owed) AS one (work text, since date, due_on date),
           LATERAL (VALUES (true, handover_to), (false, key_worker)) AS side (offered, holder)
           LEFT JOIN staff ON name = side.holder
     WHERE handover_to IS NOT NULL AND stage <> 'closed' AND one.work = 'handover-answer'
       AND ($1::text[] IS NULL OR side.holder = ANY ($1))
       AND ($1::text[] IS NOT NULL OR side.offered)
),
asked AS (
    SELECT 'reply' AS section, reference, mine.journey_id, key_worker AS holder, team, 'evidence' AS what,
           (request.payload ->> 'check_on')::date AS due_on, request.occurred_at::date AS since, partner AS waits_for
      FROM mine,
           LATERAL (SELECT version, payload, occurred_at FROM events
                     WHERE events.journey_id = mine.journey_id AND type = 'evidence-requested'
                     ORDER BY version DESC LIMIT 1) AS request,
           jsonb_array_elements_text(request.payload -> 'partners') AS partner
     WHERE stage = 'sustained-outcome'
       AND NOT EXISTS (SELECT FROM events
                        WHERE events.journey_id = mine.journey_id AND events.version > request.version
                          AND (type = 'check-recorded'
                               OR (type = 'evidence-recorded' AND actor = 'partner:' || partner)))
),
off AS (
    SELECT 'off-track' AS section, reference, mine.journey_id, key_worker AS holder, team, 'plan-review' AS what,
           NULL::date AS due_on, coalesce(mended.replacement ->> 'on', review.payload ->> 'on')::date AS since,
           NULL AS waits_for
      FROM mine,
           LATERAL (SELECT version, payload FROM events
                     WHERE events.journey_id = mine.journey_id AND type = 'plan-reviewed'
                     ORDER BY version DESC LIMIT 1) AS review
           LEFT JOIN LATERAL (SELECT payload -> 'replacement' AS replacement FROM events
                     WHERE events.journey_id = mine.journey_id AND type = 'event-corrected'
                       AND (payload ->> 'version')::integer = review.version
                     ORDER BY version DESC LIMIT 1) AS mended ON true
     WHERE stage = 'intervention'
       AND coalesce(mended.replacement ->> 'outcome', review.payload ->> 'outcome') = 'off-track'
)
SELECT section, reference, journey_id, holder, team, what, due_on, since, waits_for
  FROM (TABLE concerns UNION ALL TABLE work UNION ALL TABLE offers UNION ALL TABLE asked UNION ALL TABLE off) AS everything
 ORDER BY array_position(ARRAY['concern', 'overdue', 'today', 'this-week', 'offer', 'reply', 'off-track'], section),
          coalesce(holder, ''), due_on, since, journey_id, what, waits_for
 LIMIT $4;
