-- Partner events that came back from a family that they were not of, and those that name an earlier one of their own.

ALTER TABLE inbox ADD COLUMN returned smallint NOT NULL DEFAULT 0;
COMMENT ON COLUMN inbox.returned IS 'How often the event came back from a family that it was not of; at most 9.';

CREATE TYPE given AS (reference text, member text);
CREATE FUNCTION given_to(partner text, evidence jsonb) RETURNS given LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT (named.given_reference, named.given_member)::given
      FROM inbox AS named
     WHERE named.partner = given_to.partner AND named.given_reference IS NOT NULL
       AND named.event_id = substr(coalesce(given_to.evidence ->> 'replaces', given_to.evidence ->> 'withdraws'),
                                   length(given_to.partner) + 2)
$$;
COMMENT ON FUNCTION given_to IS 'Whom a person gave the event to that this evidence replaces or withdraws; null where nobody did.';
