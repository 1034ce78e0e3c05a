-- name: load
-- The stream of journey $1, then the replies given to the command ids $2 and the effects they planned, in one answer.
-- `kind` tells the three apart; for a reply `hash` is empty and `actor` the fingerprint.
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
 WHERE journey_id = $1 AND command_id = ANY($2::text[])
 ORDER BY kind, place;

-- name: append
-- Everything one change does, as one statement, so that it happens whole or not at all. The read models are those of
-- `project` in read_models.sql, and the first six parameters are its own: they are put before this text.
answers AS (
    INSERT INTO commands (command_id, journey_id, fingerprint, reply)
    SELECT command_id, $1, fingerprint, reply FROM jsonb_populate_recordset(NULL::commands, $7)
),
outbox AS (
    INSERT INTO effects (effect_id, journey_id, command_id, payload)
    SELECT effect_id, $1, command_id, payload FROM jsonb_populate_recordset(NULL::effects, $8)
),
taken_in AS (
    UPDATE inbox SET state = done.state, reason = done.reason
      FROM jsonb_populate_recordset(NULL::inbox, $9) AS done
     WHERE inbox.partner = done.partner AND inbox.event_id = done.event_id
)
INSERT INTO events (journey_id, version, event_id, type, schema_version, occurred_at, recorded_at, actor, command_id,
                    payload, prev_hash, hash)
SELECT $1, version, event_id, type, schema_version, occurred_at, recorded_at, actor, command_id,
       payload, prev_hash, hash
  FROM jsonb_populate_recordset(NULL::events, $10);

-- name: answer
-- Keep the replies $2 to commands that changed nothing on journey $1, and mark their inbox rows $3.
WITH taken_in AS (
    UPDATE inbox SET state = done.state, reason = done.reason
      FROM jsonb_populate_recordset(NULL::inbox, $3) AS done
     WHERE inbox.partner = done.partner AND inbox.event_id = done.event_id
)
INSERT INTO commands (command_id, journey_id, fingerprint, reply)
SELECT command_id, $1, fingerprint, reply FROM jsonb_populate_recordset(NULL::commands, $2);

-- name: all_events
-- Every column of journey $1's stream, or of all streams when $1 is null, in order; read through a cursor.
SELECT journey_id, version, event_id, type, schema_version, occurred_at, recorded_at, actor, command_id, payload,
       prev_hash, hash
  FROM events
 WHERE $1::text IS NULL OR journey_id = $1
 ORDER BY journey_id, version;

-- name: heads
-- What the read model remembers of the end of each stream, of journey $1 or all.
SELECT journey_id, version, head FROM journeys WHERE $1::text IS NULL OR journey_id = $1;
