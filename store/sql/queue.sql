-- name: queue
-- The families that wait for a key worker, in area $1 and programme $2 where given: each with its place among those of
-- its area and programme, the oldest first; at most $3, after area $4, programme $5, day $6, day $7, journey $8.
SELECT *
  FROM (SELECT journey_id, reference, area, locality, programme, programme_hash, referred_on, waits_since AS since,
               criteria,
               row_number() OVER (PARTITION BY area, programme
                                  ORDER BY waits_since, referred_on, journey_id)::integer AS place
          FROM journeys
         WHERE waits_since IS NOT NULL
           AND ($1::text IS NULL OR area = $1)
           AND ($2::text IS NULL OR programme = $2)) AS waiting
 WHERE (area, programme, since, referred_on, journey_id) > ($4::text, $5::text, $6::date, $7::date, $8::text)
 ORDER BY area, programme, since, referred_on, journey_id
 LIMIT $3;

-- name: head
-- The journey of the family that waits longest, in area $1 and programme $2 where given.
SELECT journey_id
  FROM journeys
 WHERE waits_since IS NOT NULL
   AND ($1::text IS NULL OR area = $1)
   AND ($2::text IS NULL OR programme = $2)
 ORDER BY waits_since, referred_on, journey_id
 LIMIT 1;

-- name: place
-- The place of journey $1 in the queue of its area and programme; NULL when it does not wait.
SELECT place
  FROM (SELECT journey_id,
               row_number() OVER (ORDER BY waits_since, referred_on, journey_id)::integer AS place
          FROM journeys
         WHERE waits_since IS NOT NULL
           AND (area, programme) = (SELECT area, programme FROM journeys WHERE journey_id = $1)) AS waiting
 WHERE journey_id = $1;

-- name: room
-- The key workers who can take families in area $1 on day $3 and have room, the most first; $2 is the cap of those who
-- have none of their own. `free` counts what they hold, `unoffered` also what is offered to them.
SELECT name, area, free, free - offered AS unoffered
  FROM (SELECT name, staff.area,
               coalesce(cap, $2) - count(journey_id) FILTER (WHERE key_worker = name) AS free,
               count(journey_id) FILTER (WHERE handover_to = name) AS offered
          FROM staff LEFT JOIN journeys ON name IN (key_worker, handover_to) AND stage <> 'closed'
         WHERE role = 'key-worker' AND active AND ($1::text IS NULL OR staff.area IS NULL OR staff.area = $1)
           AND (leaving_from IS NULL OR leaving_from > $3)
         GROUP BY name) AS counted
 WHERE free > 0
 ORDER BY free DESC, name;
