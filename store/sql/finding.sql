-- name: keep
-- Let family $1 be found by the keys $2.
INSERT INTO find_keys (reference, keys) VALUES ($1, $2)
ON CONFLICT (reference) DO UPDATE SET keys = excluded.keys;

-- name: unkept
-- Families that cannot be found yet, at most $1.
SELECT reference FROM family_keys
 WHERE wrapped IS NOT NULL
   AND NOT EXISTS (SELECT FROM find_keys WHERE find_keys.reference = family_keys.reference)
 ORDER BY reference
 LIMIT $1;

-- name: candidates
-- Families that have, for each of the $3 terms, one of its keys: term numbers $1 with keys $2. Those that have the most
-- of the exact keys $4 come first; only families of which $5 holds or is offered a journey, where given; at most $6.
SELECT reference
  FROM find_keys
 WHERE keys && $2::bigint[]
   AND (SELECT count(DISTINCT term) FROM unnest($1::int[], $2::bigint[]) AS asked (term, key)
         WHERE key = ANY (keys)) = $3
   AND ($5::text IS NULL OR reference = ANY (SELECT reference FROM journeys WHERE $5 IN (key_worker, handover_to)))
 ORDER BY (SELECT count(*) FROM unnest($4::bigint[]) AS exact (key) WHERE key = ANY (keys)) DESC, reference
 LIMIT $6;
