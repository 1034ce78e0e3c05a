-- Families that were one by way of a third: what each claimed while the whole chain held counts for all of them.

CREATE OR REPLACE FUNCTION claims_as(asked text) RETURNS TABLE (reference text, at timestamptz, until timestamptz)
    LANGUAGE sql STABLE AS $$
    WITH RECURSIVE way (reference, since, until) AS (
        SELECT asked, '-infinity'::timestamptz, 'infinity'::timestamptz
        UNION
        SELECT link ->> 'other', greatest(way.since, ended.since), least(way.until, ended.until)
          FROM way JOIN journeys USING (reference) CROSS JOIN jsonb_array_elements(links) AS link
         CROSS JOIN LATERAL (
               SELECT CASE WHEN link ->> 'until' IS NULL THEN '-infinity' ELSE (link ->> 'at')::timestamptz END,
                      coalesce((link ->> 'until')::timestamptz, 'infinity')
               ) AS ended (since, until)
         WHERE greatest(way.since, ended.since) < least(way.until, ended.until)
    ), whole AS (
        SELECT way.reference FROM way WHERE since = '-infinity' AND way.until = 'infinity'
    )
    SELECT whole.reference, NULL::timestamptz, NULL::timestamptz FROM whole
    UNION
    SELECT way.reference, since, way.until FROM way WHERE way.reference NOT IN (SELECT whole.reference FROM whole)
$$;
COMMENT ON FUNCTION claims_as IS
    'The families whose claims count for one: itself and those that are one with it, and what others claimed while they were, also by way of a third.';

-- A merge looks for the events that were given to the family that ends.
CREATE INDEX inbox_given ON inbox (given_reference) WHERE given_reference IS NOT NULL;
