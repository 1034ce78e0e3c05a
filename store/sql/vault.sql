-- name: claim_key
-- The wrapped key of family $1, holding its row so that nobody erases it meanwhile; a new family gets key $2.
INSERT INTO family_keys (reference, wrapped) VALUES ($1, $2)
ON CONFLICT (reference) DO UPDATE SET reference = excluded.reference
RETURNING wrapped;

-- name: put_people
-- Keep the sealed members of family $1: ids $2, texts $3; whoever is not among them is no longer a member.
WITH gone AS (
    DELETE FROM people WHERE reference = $1 AND member_id <> ALL ($2::text[])
)
INSERT INTO people (reference, member_id, sealed)
SELECT $1, member_id, sealed FROM unnest($2::text[], $3::bytea[]) AS p (member_id, sealed)
ON CONFLICT (reference, member_id) DO UPDATE SET sealed = excluded.sealed;

-- name: put_person
-- Keep the sealed person $3 as member $2 of family $1.
INSERT INTO people (reference, member_id, sealed) VALUES ($1, $2, $3)
ON CONFLICT (reference, member_id) DO UPDATE SET sealed = excluded.sealed;

-- name: put_move
-- Keep the sealed address $3 as that of family $1 since day $2.
INSERT INTO moves (reference, since, sealed) VALUES ($1, $2, $3)
ON CONFLICT (reference, since) DO UPDATE SET sealed = excluded.sealed;

-- name: put_homes
-- Keep by which UPRN family $1 is found: digests $2, each since $3 (null: always) and until $4 (null: still).
WITH gone AS (
    DELETE FROM identifiers
     WHERE reference = $1 AND member_id IS NULL
       AND NOT EXISTS (SELECT FROM unnest($2::bytea[], $3::date[]) AS h (digest, since)
                        WHERE h.digest = identifiers.digest AND h.since IS NOT DISTINCT FROM identifiers.since)
)
INSERT INTO identifiers (reference, digest, scheme, since, until)
SELECT $1, digest, 'uprn', since, until FROM unnest($2::bytea[], $3::date[], $4::date[]) AS h (digest, since, until)
ON CONFLICT (digest, reference, coalesce(member_id, ''), coalesce(since, '-infinity'::date))
DO UPDATE SET until = excluded.until;

-- name: put_address
-- Keep the sealed address $2 of family $1.
INSERT INTO addresses (reference, sealed) VALUES ($1, $2)
ON CONFLICT (reference) DO UPDATE SET sealed = excluded.sealed;

-- name: drop_identifiers
-- Forget the identifiers of the people of family $1, of member $4 alone where given, but for digests $2 of members $3.
DELETE FROM identifiers
 WHERE reference = $1 AND member_id IS NOT NULL AND ($4::text IS NULL OR member_id = $4)
   AND NOT EXISTS (SELECT FROM unnest($2::bytea[], $3::text[]) AS i (digest, member_id)
                    WHERE i.digest = identifiers.digest AND i.member_id IS NOT DISTINCT FROM identifiers.member_id);

-- name: put_identifiers
-- Keep the identifiers of the people of family $1: digests $2, schemes $3, members $4, and whether ($5) they may be of
-- another family's people too, as somebody said.
INSERT INTO identifiers (reference, digest, scheme, member_id, shared)
SELECT $1, digest, scheme, member_id, shared
  FROM unnest($2::bytea[], $3::text[], $4::text[], $5::boolean[]) AS i (digest, scheme, member_id, shared)
 ORDER BY digest, member_id
ON CONFLICT (digest, reference, coalesce(member_id, ''), coalesce(since, '-infinity'::date)) DO NOTHING;

-- name: put_likenesses
-- Keep the keys under which the people of family $1 are looked up, of member $4 alone where given: digests $2, members
-- $3.
WITH gone AS (
    DELETE FROM likenesses
     WHERE reference = $1 AND ($4::text IS NULL OR member_id = $4)
       AND NOT EXISTS (SELECT FROM unnest($2::bytea[], $3::text[]) AS l (digest, member_id)
                        WHERE l.digest = likenesses.digest AND l.member_id = likenesses.member_id)
),
done AS (UPDATE family_keys SET likened = true WHERE reference = $1 AND NOT likened AND $4::text IS NULL)
INSERT INTO likenesses (reference, digest, member_id)
SELECT $1, digest, member_id FROM unnest($2::bytea[], $3::text[]) AS l (digest, member_id)
ON CONFLICT DO NOTHING;

-- name: unlikened
-- Families whose likenesses are not kept yet, at most $1.
SELECT reference FROM family_keys WHERE NOT likened AND wrapped IS NOT NULL ORDER BY reference LIMIT $1;

-- name: alike
-- The families of people who are looked up under one of the digests $1.
SELECT DISTINCT reference FROM likenesses WHERE digest = ANY ($1::bytea[]) ORDER BY reference;

-- name: read_family
-- What is sealed of family $1: the wrapped key, then its members, then its first address and those since a day.
SELECT 'key' AS part, '' AS name, wrapped AS sealed FROM family_keys WHERE reference = $1 AND wrapped IS NOT NULL
UNION ALL
SELECT 'person', member_id, sealed FROM people WHERE reference = $1
UNION ALL
SELECT 'address', '', sealed FROM addresses WHERE reference = $1
UNION ALL
SELECT 'move', since::text, sealed FROM moves WHERE reference = $1;

-- name: find_people
-- Whom the digests $1 name.
SELECT digest, scheme, reference, member_id FROM identifiers WHERE digest = ANY ($1::bytea[])
 ORDER BY reference, member_id, scheme;

-- name: erase
-- Destroy the key of family $1 at $2, and what it locked; keep the reference, so that it is never used again.
-- A partner event that came to its journey lets go of its subject and of its body's hash: an empty hash answers whatever
-- comes under its id as settled. One that was handed over and is not applied yet is refused at once, as its journey
-- would refuse it. One that still waits goes back among those that no family is known for.
-- True when there was a key to destroy.
WITH key AS (
    UPDATE family_keys SET wrapped = NULL, erased_at = $2 WHERE reference = $1 AND wrapped IS NOT NULL RETURNING 1
),
people AS (DELETE FROM people WHERE reference = $1),
addresses AS (DELETE FROM addresses WHERE reference = $1),
moves AS (DELETE FROM moves WHERE reference = $1),
texts AS (DELETE FROM texts WHERE reference = $1),
identifiers AS (DELETE FROM identifiers WHERE reference = $1),
likenesses AS (DELETE FROM likenesses WHERE reference = $1),
found AS (DELETE FROM find_keys WHERE reference = $1),
answers AS (DELETE FROM identity_answers WHERE reference = $1 OR about = $1),
shares AS (DELETE FROM inbox_shares WHERE reference = $1),
settled AS (
    UPDATE inbox SET subject_digest = NULL, subject_scheme = NULL, body_hash = '',
                     reason = CASE state WHEN 'forwarded' THEN 'erased' ELSE reason END,
                     state = CASE state WHEN 'forwarded' THEN 'refused' ELSE state END
     WHERE reference = $1 AND state NOT IN ('received', 'quarantined')
),
waiting AS (
    UPDATE inbox SET state = 'quarantined', reason = 'unknown-subject', reference = NULL, journey_id = NULL,
                     member_id = NULL, given_reference = NULL, given_member = NULL
     WHERE (reference = $1 OR given_reference = $1) AND state IN ('received', 'quarantined')
)
SELECT EXISTS (SELECT FROM key);
