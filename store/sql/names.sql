-- name: programme
-- The programmes of which a pack is kept.
SELECT DISTINCT name FROM programmes;

-- name: area
-- The areas of journeys.
SELECT DISTINCT area AS name FROM journeys;

-- name: locality
-- The localities of journeys.
SELECT DISTINCT locality AS name FROM journeys;

-- name: holder
-- Staff, and whoever holds a family.
SELECT name FROM staff
UNION
SELECT key_worker FROM journeys WHERE key_worker IS NOT NULL;

-- name: partner
-- The partners.
SELECT name FROM partners;

-- name: result
-- The results of claims.
SELECT DISTINCT result AS name FROM claims;
