-- Who was of a journey and when, addresses that hold since a day, and of which family an event of a day is.

ALTER TABLE journeys ADD COLUMN roll jsonb;
COMMENT ON COLUMN journeys.roll IS 'The stays of everybody who was of the journey: member id, from and to, both included.';
UPDATE journeys SET roll = (SELECT coalesce(jsonb_agg(jsonb_build_object('id', id)), '[]') FROM unnest(member_ids) AS id);

CREATE TABLE moves (
    reference text  NOT NULL REFERENCES family_keys,
    since     date  NOT NULL,
    sealed    bytea NOT NULL,
    PRIMARY KEY (reference, since)
);
COMMENT ON TABLE moves IS 'Addresses since a day; the one in addresses holds before the first of them.';

ALTER TABLE identifiers ADD COLUMN since date;
COMMENT ON COLUMN identifiers.since IS 'Of a UPRN: the day from which the family lives there; null: since before anything is known.';
COMMENT ON COLUMN identifiers.until IS 'Of a UPRN: the day from which the family lives there no more. Who left is in journeys.roll.';
DROP INDEX identifiers_of_family;
CREATE UNIQUE INDEX identifiers_of_family
    ON identifiers (digest, reference, coalesce(member_id, ''), coalesce(since, '-infinity'::date));

CREATE FUNCTION about_until(evidence jsonb, observed_at timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN evidence ?| ARRAY['replaces', 'withdraws'] THEN '9999-12-31'
                ELSE greatest(about_day(evidence, observed_at),
                              left(coalesce(evidence ->> 'on', evidence ->> 'to',
                                            (observed_at AT TIME ZONE 'Europe/London')::date::text), 10)) END
$$;
COMMENT ON FUNCTION about_until IS 'The last day that a partner''s event is about, as about_day is the first.';

CREATE FUNCTION was_of(roll jsonb, member_id text, first text, last text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT member_id IS NULL OR roll IS NULL OR EXISTS (
        SELECT FROM jsonb_array_elements(roll) AS stay
         WHERE stay ->> 'id' = member_id
           AND coalesce(stay ->> 'from', '') <= last AND coalesce(stay ->> 'to', '9999-12-31') >= first)
$$;
COMMENT ON FUNCTION was_of IS 'Whether a member was of a journey on any of these days; a household always is.';

CREATE FUNCTION families_of(subject bytea, first text, last text)
    RETURNS TABLE (reference text, member_id text, journey_id text) LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT DISTINCT known.reference, known.member_id, newest.journey_id
      FROM identifiers AS known
      LEFT JOIN LATERAL (
            SELECT journeys.journey_id FROM journeys
             WHERE journeys.reference = known.reference AND was_of(journeys.roll, known.member_id, first, last)
             ORDER BY journeys.number DESC LIMIT 1
           ) AS newest ON true
     WHERE known.digest = subject
       AND (known.since IS NULL OR known.since::text <= last)
       AND (known.until IS NULL OR first < known.until::text)
$$;
COMMENT ON FUNCTION families_of IS 'Whom a subject names on these days, each with the newest journey they were of then; null: they were of none.';
