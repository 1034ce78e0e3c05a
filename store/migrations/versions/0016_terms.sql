-- School terms that were added since the packs were written; one that another took the place of is ended, not deleted.
CREATE TABLE school_terms (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    area text NOT NULL,
    first date NOT NULL,
    last date NOT NULL CHECK (last >= first),
    added_at timestamptz NOT NULL,
    added_by text NOT NULL,
    ended_at timestamptz,
    ended_by text
);
CREATE UNIQUE INDEX school_terms_of_area ON school_terms (area, first) WHERE ended_at IS NULL;
ALTER TABLE claims ADD COLUMN terms jsonb;
COMMENT ON COLUMN claims.terms IS 'The school terms a claim was judged by; null where they were those of its pack.';
