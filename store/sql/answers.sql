-- name: answered
-- Whether command $1 was answered.
SELECT EXISTS (SELECT FROM commands WHERE command_id = $1);

-- name: unanswered
-- Those of commands $1 that were not answered.
SELECT command_id FROM unnest($1::text[]) AS asked (command_id)
 WHERE NOT EXISTS (SELECT FROM commands WHERE commands.command_id = asked.command_id);

-- name: end_of
-- The version of journey $1's last event, and when it was recorded.
SELECT version, recorded_at FROM events WHERE journey_id = $1 ORDER BY version DESC LIMIT 1;
