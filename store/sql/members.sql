-- name: stays
-- Who was of the journeys of the families $1, and when.
SELECT reference, journey_id, number, stay.id AS member_id, stay."from" AS first, stay."to" AS last
  FROM journeys, jsonb_to_recordset(roll) AS stay (id text, "from" date, "to" date)
 WHERE reference = ANY ($1::text[])
 ORDER BY reference, number, stay.id, stay."from" NULLS FIRST;
