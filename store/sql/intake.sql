-- name: reserve
-- Reserve key $1 with fingerprint $2, reference $3, journey $4, members $5 at $6; nothing when it is reserved.
INSERT INTO intake (key, fingerprint, reference, journey_id, members, created_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (key) DO NOTHING RETURNING true;

-- name: find
-- What is reserved under key $1.
SELECT key, fingerprint, reference, journey_id, members, created_at FROM intake WHERE key = $1;

-- name: record_answer
-- Keep what was answered under key $1, taken as family $2, about family $3: answer $4, why $5, by $6 at $7, from day $8,
-- of whom $9; nothing when it was kept before.
INSERT INTO identity_answers (key, reference, about, answer, why, actor, at, since, people)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (key, about) DO NOTHING;

-- name: answers_of
-- What was answered when a referral was like family $1, or was taken as it, oldest first.
SELECT key, reference, about, answer, why, actor, at, since, people
  FROM identity_answers WHERE reference = $1 OR about = $1 ORDER BY seq;

-- name: answers_under
-- What was answered under key $1, oldest first.
SELECT key, reference, about, answer, why, actor, at, since, people
  FROM identity_answers WHERE key = $1 ORDER BY seq;

-- name: record_import
-- Record that file $1 was imported: $2 rows, $3 families taken, $4 rows refused, at $5; nothing when it was before.
INSERT INTO imports (file_hash, rows, taken, refused, at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (file_hash) DO NOTHING RETURNING true;

-- name: find_import
-- What file $1 came to.
SELECT file_hash, rows, taken, refused, at FROM imports WHERE file_hash = $1;
