-- The reference in a journey's id, by a name of its own; written down as a function, not as a column: a stored column
-- would write the whole journal anew under a lock. The index serves whoever looks for a family's streams.
CREATE FUNCTION reference_of(journey_id text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT RETURN split_part(journey_id, ':', 3);

CREATE INDEX events_by_family ON events (reference_of(journey_id)) WHERE version = 1;
