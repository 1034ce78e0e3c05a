
-- name: lock
-- Let nobody else add terms until the transaction ends.
SELECT pg_advisory_xact_lock(hashtextextended('school-terms', 0));

-- name: of_area
-- The terms of area $1, in order.
SELECT first, last FROM school_terms WHERE area = $1 AND ended_at IS NULL ORDER BY first;

-- name: listing
-- The terms of area $1, or of every area.
SELECT area, first, last, added_at, added_by
  FROM school_terms
 WHERE ended_at IS NULL AND ($1::text IS NULL OR area = $1)
 ORDER BY area, first;

-- name: known
-- Whether area $1 has a term of the days $2 to $3.
SELECT EXISTS (SELECT FROM school_terms WHERE area = $1 AND first = $2 AND last = $3 AND ended_at IS NULL);

-- name: make_room
-- End the terms of area $1 that share a day with $2 to $3, at $4 by $5; they stay on record.
UPDATE school_terms SET ended_at = $4, ended_by = $5
 WHERE area = $1 AND ended_at IS NULL AND first <= $3 AND last >= $2
RETURNING area, first, last, added_at, added_by;

-- name: add
-- Add the term of area $1 from $2 to $3, at $4 by $5.
INSERT INTO school_terms (area, first, last, added_at, added_by) VALUES ($1, $2, $3, $4, $5);
