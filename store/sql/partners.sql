-- name: add
-- Add partner $1 with sealed secret $2 and webhook $3; nothing when the name is taken.
INSERT INTO partners (name, secrets, webhook_url) VALUES ($1, ARRAY[$2::bytea], $3)
ON CONFLICT (name) DO NOTHING RETURNING true;

-- name: rotate
-- Put sealed secret $2 before the newest of partner $1, and keep that one only.
UPDATE partners SET secrets = ARRAY[$2::bytea, secrets[1]] WHERE name = $1 RETURNING true;

-- name: secrets_of
-- The sealed secrets of partner $1, newest first, unless it is suspended.
SELECT secrets FROM partners WHERE name = $1 AND NOT suspended;

-- name: get
-- Partner $1.
SELECT name, suspended, webhook_url, email, notify_template, rate_per_minute FROM partners WHERE name = $1;

-- name: listing
-- All partners by name.
SELECT name, suspended, webhook_url, email, notify_template, rate_per_minute FROM partners ORDER BY name;

-- name: suspend
-- Suspend partner $1, or not ($2).
UPDATE partners SET suspended = $2 WHERE name = $1 RETURNING true;

-- name: set_webhook
-- Tell partner $1 things at $2.
UPDATE partners SET webhook_url = $2 WHERE name = $1 RETURNING true;

-- name: set_mail
-- Tell partner $1 things at address $2, by template $3 at GOV.UK Notify, at most $4 a minute.
UPDATE partners SET email = $2, notify_template = $3, rate_per_minute = $4 WHERE name = $1 RETURNING true;
