-- name: load
-- The stream of journey $1, the replies given to the command ids $2, and the journey's open effects, in one answer.
-- `kind` tells the three apart; for a reply `actor` is the fingerprint. Sorted by number alone, which is cheaper.
SELECT 'event' AS kind, version::bigint AS place, type, schema_version, event_id, occurred_at, recorded_at, actor,
       command_id, payload::text AS payload, hash
  FROM events
 WHERE journey_id = $1
UNION ALL
SELECT 'reply', 0, '', 0, NULL, NULL, NULL, fingerprint, command_id, reply::text, NULL
  FROM commands
 WHERE command_id = ANY($2::text[])
UNION ALL
SELECT 'effect', seq, '', 0, NULL, NULL, NULL, '', command_id, payload::text, NULL
  FROM effects
 WHERE journey_id = $1 AND NOT told
 ORDER BY place;

-- name: append
-- Everything one change does, as one statement, so that it happens whole or not at all. The read models are those of
-- `project` in read_models.sql, and the first six parameters are its own: it is put before this text. Then come the
-- replies $7, the effects $8, the inbox rows these settle ($9 to $12; whom an event was about is let
-- go where its family was erased) and the events $13.
answers AS (
    INSERT INTO commands (command_id, journey_id, fingerprint, reply)
    SELECT command_id, $1, fingerprint, reply FROM jsonb_populate_recordset(NULL::commands, $7)
),
outbox AS (
    INSERT INTO effects (effect_id, journey_id, command_id, payload)
    SELECT effect_id, $1, command_id, payload FROM jsonb_populate_recordset(NULL::effects, $8)
),
taken_in AS (
    UPDATE inbox
       SET state = done.state, reason = done.reason,
           returned = CASE done.state WHEN 'received' THEN least(returned + 1, 9) ELSE returned END,
           subject_digest = CASE WHEN done.reason = 'erased' THEN NULL ELSE subject_digest END,
           subject_scheme = CASE WHEN done.reason = 'erased' THEN NULL ELSE subject_scheme END,
           body_hash = CASE WHEN done.reason = 'erased' THEN '' ELSE body_hash END
      FROM unnest($9::text[], $10::text[], $11::text[], $12::text[]) AS done (partner, event_id, state, reason)
     WHERE inbox.partner = done.partner AND inbox.event_id = done.event_id
)
INSERT INTO events (journey_id, version, event_id, type, schema_version, occurred_at, recorded_at, actor, command_id,
                    payload, prev_hash, hash)
SELECT $1, version, event_id, type, schema_version, occurred_at, recorded_at, actor, command_id,
       payload, prev_hash, hash
  FROM jsonb_populate_recordset(NULL::events, $13);

-- name: answer
-- Keep the replies $2 to commands that changed nothing on journey $1, and mark their inbox rows ($3 to $6).
WITH taken_in AS (
    UPDATE inbox
       SET state = done.state, reason = done.reason,
           returned = CASE done.state WHEN 'received' THEN least(returned + 1, 9) ELSE returned END,
           subject_digest = CASE WHEN done.reason = 'erased' THEN NULL ELSE subject_digest END,
           subject_scheme = CASE WHEN done.reason = 'erased' THEN NULL ELSE subject_scheme END,
           body_hash = CASE WHEN done.reason = 'erased' THEN '' ELSE body_hash END
      FROM unnest($3::text[], $4::text[], $5::text[], $6::text[]) AS done (partner, event_id, state, reason)
     WHERE inbox.partner = done.partner AND inbox.event_id = done.event_id
)
INSERT INTO commands (command_id, journey_id, fingerprint, reply)
SELECT command_id, $1, fingerprint, reply FROM jsonb_populate_recordset(NULL::commands, $2);

-- name: all_events
-- Every column of every stream, in order; read through a cursor.
SELECT journey_id, version, event_id, type, schema_version, occurred_at, recorded_at, actor, command_id, payload,
       prev_hash, hash
  FROM events
 ORDER BY journey_id, version;

-- name: events_of
-- Every column of journey $1's stream, in order; read through a cursor.
SELECT journey_id, version, event_id, type, schema_version, occurred_at, recorded_at, actor, command_id, payload,
       prev_hash, hash
  FROM events
 WHERE journey_id = $1
 ORDER BY version;

-- name: all_heads
-- What the read model remembers of the end of each stream.
SELECT journey_id, version, head FROM journeys;

-- name: head_of
-- What the read model remembers of the end of journey $1's stream.
SELECT journey_id, version, head FROM journeys WHERE journey_id = $1;

-- name: journey_of_command
-- The journey that answered command $1.
SELECT journey_id FROM commands WHERE command_id = $1;
