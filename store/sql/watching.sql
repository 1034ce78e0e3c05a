-- Figures for whoever watches the system: counts and ages, nothing of any one family.

-- name: figures
-- Counts over everything, as rows of a group, a name in it and a number; ages in seconds, as of $1 on the business
-- clock. Lateness is that of reminders sent in the day before $1.
SELECT 'stage' AS part, stage AS name, count(*)::float8 AS value FROM journeys GROUP BY stage
UNION ALL
SELECT 'reminder', state, count(*) FROM reminders GROUP BY state
UNION ALL
SELECT 'effect', concat_ws('|', payload ->> 'type', state), count(*) FROM effects GROUP BY payload ->> 'type', state
UNION ALL
SELECT 'effect_untold', '', count(*) FROM effects WHERE NOT told
UNION ALL
SELECT 'foreign_unseen', '', coalesce(sum(times - seen), 0)::float8 FROM refusals
UNION ALL
SELECT 'inbox', state, count(*) FROM inbox GROUP BY state
UNION ALL
SELECT 'inbox_age', state, extract(epoch FROM $1::timestamptz - min(received_at)) FROM inbox
 WHERE state IN ('received', 'forwarded', 'quarantined') GROUP BY state
UNION ALL
SELECT 'claim', state, count(*) FROM claims GROUP BY state
UNION ALL
SELECT 'overdue', '', count(*) FROM deadlines WHERE at < $1::timestamptz - interval '15 minutes'
UNION ALL
SELECT 'overdue_age', '', coalesce(extract(epoch FROM $1::timestamptz - min(at)), 0) FROM deadlines WHERE at < $1
UNION ALL
SELECT 'lateness', percentile, coalesce(seconds, 0)
  FROM (SELECT percentile_cont(ARRAY[0.5, 0.99, 1]) WITHIN GROUP (ORDER BY extract(epoch FROM sent_at - planned_for)) AS late
          FROM reminders WHERE sent_at > $1::timestamptz - interval '1 day') AS day,
       LATERAL (VALUES ('50', late[1]), ('99', late[2]), ('100', late[3])) AS told (percentile, seconds)
