-- Families that were merged or that parted: where a reference leads to, and whose claims count for whom.

ALTER TABLE journeys ADD COLUMN merged_into text;
ALTER TABLE journeys ADD COLUMN links jsonb NOT NULL DEFAULT '[]';
COMMENT ON COLUMN journeys.merged_into IS 'The family that goes on, where this one was merged into another.';
COMMENT ON COLUMN journeys.links IS 'Other families whose claims count for this one: other, at and until (none: they still do).';
CREATE INDEX journeys_merged ON journeys (merged_into) WHERE merged_into IS NOT NULL;

CREATE FUNCTION claims_as(asked text) RETURNS TABLE (reference text, at timestamptz, until timestamptz)
    LANGUAGE sql STABLE AS $$
    WITH RECURSIVE one (reference) AS (
        SELECT asked
        UNION
        SELECT link ->> 'other'
          FROM one JOIN journeys USING (reference) CROSS JOIN jsonb_array_elements(links) AS link
         WHERE link ->> 'until' IS NULL
    )
    SELECT reference, NULL::timestamptz, NULL::timestamptz FROM one
    UNION
    SELECT link ->> 'other', (link ->> 'at')::timestamptz, (link ->> 'until')::timestamptz
      FROM one JOIN journeys USING (reference) CROSS JOIN jsonb_array_elements(links) AS link
     WHERE link ->> 'until' IS NOT NULL AND link ->> 'other' NOT IN (SELECT reference FROM one)
$$;
COMMENT ON FUNCTION claims_as IS
    'The families whose claims count for one: itself and those that are one with it, and what others claimed while they were.';

CREATE FUNCTION turn_of(asked text) RETURNS text LANGUAGE sql STABLE AS $$
    WITH RECURSIVE tied (reference) AS (
        SELECT asked
        UNION
        SELECT link ->> 'other'
          FROM tied JOIN journeys USING (reference) CROSS JOIN jsonb_array_elements(links) AS link
    )
    SELECT min(reference) FROM tied
$$;
COMMENT ON FUNCTION turn_of IS 'The family under whose name one waits for its turn at the ledger: the same for all that were ever one.';

CREATE FUNCTION survivor_of(asked text) RETURNS text LANGUAGE sql STABLE AS $$
    WITH RECURSIVE way (reference, step) AS (
        SELECT asked, 0
        UNION
        SELECT merged_into, step + 1
          FROM way JOIN journeys USING (reference)
         WHERE merged_into IS NOT NULL AND step < 50
    )
    SELECT reference FROM way ORDER BY step DESC LIMIT 1
$$;
COMMENT ON FUNCTION survivor_of IS 'The family that goes on for a reference, however often it was merged: itself where it was not.';
