-- name: reserve
-- Reserve key $1 with fingerprint $2, reference $3, journey $4, members $5 at $6, $7: to join it; nothing when reserved.
INSERT INTO intake (key, fingerprint, reference, journey_id, members, created_at, joins)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (key) DO NOTHING RETURNING true;

-- name: find
-- What is reserved under key $1.
SELECT key, fingerprint, reference, journey_id, members, created_at, joins FROM intake WHERE key = $1;

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

-- name: numbered
-- The families that files gave the number of digest $1, those erased left out.
SELECT DISTINCT reference FROM intake
 WHERE key LIKE 'import:%' AND split_part(key, ':', 3) = $1 AND fingerprint <> '';

-- name: of_import
-- What was taken from the files whose hash begins with $1: hash, key, family and journey, in the order they were taken.
SELECT split_part(key, ':', 2) AS file_hash, key, reference, journey_id, fingerprint = '' AS spent FROM intake
 WHERE key LIKE 'import:%' AND starts_with(split_part(key, ':', 2), $1)
 ORDER BY created_at, key;

-- name: forget_import
-- Forget that file $1 was imported, once that was undone.
DELETE FROM imports WHERE file_hash = $1;

-- name: save_headings
-- Keep that in files of referrer $1 headings mean $2, as $3 said at $4.
INSERT INTO import_headings (referrer, headings, said_by, said_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (referrer) DO UPDATE
   SET headings = excluded.headings, said_by = excluded.said_by, said_at = excluded.said_at;

-- name: headings
-- What headings mean, by referrer; of several referrers last.
SELECT referrer, headings FROM import_headings ORDER BY referrer = '', referrer;

-- name: spend
-- Note that what was taken under key $1 was undone, for a family that stays.
UPDATE intake SET fingerprint = '' WHERE key = $1;

-- name: undone
-- The journeys of family $1, which was not erased, whose import was undone.
SELECT journey_id FROM intake WHERE reference = $1 AND fingerprint = '';
