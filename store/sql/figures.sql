-- name: figures
-- Figures by $1 (stage, area, locality, month, quarter, worker, programme) of the journeys of area $2 and programme $3,
-- where given; of what happened before day $4, where given. Each row is a measure of a key, or (`whole`) of all of
-- them: how many, and of a wait how many days it took in the middle, for nine of ten, and at most. A family that was
-- merged into another is counted there. In a table by month a measure stands in the month in which it happened.
WITH mine AS (
    SELECT journey_id, stage, referred_on, closed_on, outcome, milestones,
           CASE $1::text WHEN 'stage' THEN stage WHEN 'area' THEN area WHEN 'locality' THEN locality
                         WHEN 'worker' THEN coalesce(key_worker, '') WHEN 'programme' THEN programme END AS own_key,
           (milestones ->> 'identified')::date AS identified, (milestones ->> 'allocated')::date AS allocated,
           (milestones ->> 'contacted')::date AS contacted, (milestones ->> 'assessed')::date AS assessed,
           (milestones ->> 'planned')::date AS planned, (milestones ->> 'started')::date AS started,
           (milestones ->> 'stepped-down')::date AS stepped_down
      FROM journeys
     WHERE ($2::text IS NULL OR area = $2) AND ($3::text IS NULL OR programme = $3) AND merged_into IS NULL
),
facts AS (
    SELECT own_key, one.measure, one.day, one.days
      FROM mine, LATERAL (VALUES
               ('referred', referred_on, NULL),
               ('open', CASE WHEN stage <> 'closed' THEN referred_on END, NULL),
               ('off-track', CASE WHEN stage = 'intervention' THEN (milestones ->> 'off-track')::date END, NULL),
               ('outcome:' || outcome, closed_on, NULL),
               ('wait:identification', identified, identified - referred_on),
               ('wait:allocation', allocated, allocated - identified),
               ('wait:first-contact', contacted, contacted - allocated),
               ('wait:assessment', assessed, assessed - allocated),
               ('wait:plan', planned, planned - assessed),
               ('wait:intervention', started, started - planned),
               ('wait:step-down', stepped_down, stepped_down - started)
           ) AS one (measure, day, days)
     WHERE one.day IS NOT NULL
    UNION ALL
    SELECT own_key, 'check:' || (one ->> 'verdict'), (one ->> 'on')::date, NULL
      FROM mine, jsonb_array_elements(milestones -> 'checks') AS one
    UNION ALL
    SELECT own_key, 'result:' || replace(one.value ->> 'verdict', '_', '-'), (one.value ->> 'on')::date, NULL
      FROM mine, jsonb_each(milestones -> 'results') AS one
),
keyed AS (
    SELECT CASE $1 WHEN 'month' THEN to_char(day, 'YYYY-MM') WHEN 'quarter' THEN to_char(day, 'YYYY "Q"Q')
                   ELSE own_key END AS key, measure, greatest(days, 0) AS days
      FROM facts
     WHERE $4::date IS NULL OR day < $4
)
SELECT coalesce(key, '') AS key, grouping(key) = 1 AS whole, measure, count(*) AS count,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY days) AS median,
       percentile_disc(0.9) WITHIN GROUP (ORDER BY days) AS ninetieth, max(days) AS longest
  FROM keyed
 GROUP BY GROUPING SETS ((key, measure), (measure))
 ORDER BY whole, key, measure;

-- name: money
-- The claims of those journeys by state, as in `figures`: how many and how many pounds. In a table by month a claim
-- stands in the month in which it was recorded.
WITH mine AS (
    SELECT CASE $1::text WHEN 'stage' THEN stage WHEN 'area' THEN area WHEN 'locality' THEN locality
                         WHEN 'worker' THEN coalesce(key_worker, '') WHEN 'programme' THEN programme
                         WHEN 'month' THEN to_char(recorded_at AT TIME ZONE 'Europe/London', 'YYYY-MM')
                         WHEN 'quarter' THEN to_char(recorded_at AT TIME ZONE 'Europe/London', 'YYYY "Q"Q')
           END AS key, state, amount
      FROM claims JOIN journeys USING (journey_id)
     WHERE ($2::text IS NULL OR area = $2) AND ($3::text IS NULL OR programme = $3) AND verdict = 'met'
)
SELECT coalesce(key, '') AS key, grouping(key) = 1 AS whole, state, count(*) AS count, sum(amount)::bigint AS pounds
  FROM mine
 GROUP BY GROUPING SETS ((key, state), (state))
 ORDER BY whole, key, state;
