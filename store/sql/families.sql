-- name: survivor
-- The family that goes on for reference $1.
SELECT survivor_of($1);

-- name: survivors
-- The family that goes on for each of the references $1.
SELECT reference, survivor_of(reference) AS survivor FROM unnest($1::text[]) AS asked (reference);

-- name: merged
-- The families that were merged into family $1, directly or by way of another, with their newest journeys.
SELECT DISTINCT ON (reference) reference, journey_id FROM journeys
 WHERE reference <> $1 AND survivor_of(reference) = $1
   AND reference IN (WITH RECURSIVE into_it (reference) AS (
           SELECT $1::text
           UNION
           SELECT journeys.reference FROM into_it JOIN journeys ON merged_into = into_it.reference)
       SELECT reference FROM into_it)
 ORDER BY reference, number DESC, journey_id DESC;

-- name: newest
-- The newest journey of family $1.
SELECT journey_id FROM journeys WHERE reference = $1 ORDER BY number DESC, journey_id DESC LIMIT 1;

-- name: unindex
-- Let nobody be found as a member of family $1, which is merged: its sealed records stay.
WITH likenesses AS (DELETE FROM likenesses WHERE reference = $1)
DELETE FROM identifiers WHERE reference = $1;

-- name: forget_people
-- Forget the members $2 of family $1, who are of another.
WITH likenesses AS (DELETE FROM likenesses WHERE reference = $1 AND member_id = ANY ($2::text[])),
     identifiers AS (DELETE FROM identifiers WHERE reference = $1 AND member_id = ANY ($2::text[]))
DELETE FROM people WHERE reference = $1 AND member_id = ANY ($2::text[]);

-- name: given_anew
-- Let events that people gave to members $2 of family $1 be those of members $4 of family $3.
UPDATE inbox SET given_reference = $3, given_member = who.here
  FROM unnest($2::text[], $4::text[]) AS who (member, here)
 WHERE given_reference = $1 AND given_member = who.member;
