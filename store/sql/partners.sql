-- name: add
-- Add partner $1 with sealed secret $2 and addresses $3; nothing when the name is taken.
INSERT INTO partners (name, secrets, webhook_url, email, addresses)
VALUES ($1, ARRAY[$2::bytea], $3::jsonb ->> 'webhook_url', $3::jsonb ->> 'email',
        $3::jsonb - '{webhook_url,email}'::text[])
ON CONFLICT (name) DO NOTHING RETURNING true;

-- name: rotate
-- Put sealed secret $2 before the newest of partner $1, which stays good for another $3; an older one is gone.
UPDATE partners SET secrets = ARRAY[$2::bytea, secrets[1]], older_until = now() + $3::interval
 WHERE name = $1 RETURNING older_until;

-- name: secrets_of
-- The sealed secrets of partner $1 that are good now, newest first, unless it is suspended and $2 does not ask for all.
SELECT CASE WHEN older_until > now() THEN secrets ELSE secrets[1:1] END
  FROM partners WHERE name = $1 AND ($2 OR NOT suspended);

-- name: get
-- Partner $1.
SELECT name, suspended, notify_template, rate_per_minute,
       jsonb_strip_nulls(jsonb_build_object('webhook_url', webhook_url, 'email', email)) || addresses AS addresses,
       CASE WHEN older_until > now() THEN older_until END AS older_until
  FROM partners WHERE name = $1;

-- name: listing
-- A page of partners by name, after name $1, at most $2.
SELECT name, suspended, notify_template, rate_per_minute,
       jsonb_strip_nulls(jsonb_build_object('webhook_url', webhook_url, 'email', email)) || addresses AS addresses,
       CASE WHEN older_until > now() THEN older_until END AS older_until
  FROM partners WHERE $1::text IS NULL OR name > $1 ORDER BY name LIMIT $2;

-- name: suspend
-- Suspend partner $1, or not ($2).
UPDATE partners SET suspended = $2 WHERE name = $1 RETURNING true;

-- name: set_addresses
-- Partner $1 has the addresses $2, the template $3 at GOV.UK Notify, and gets at most $4 messages a minute.
UPDATE partners
   SET webhook_url = $2::jsonb ->> 'webhook_url',
       email = $2::jsonb ->> 'email',
       addresses = $2::jsonb - '{webhook_url,email}'::text[],
       notify_template = $3,
       rate_per_minute = $4
 WHERE name = $1
RETURNING true;
