-- Who a person may be: keys to look people up by, people of two families, and what was answered when it was asked.

ALTER TABLE identifiers DROP CONSTRAINT identifiers_pkey;
ALTER TABLE identifiers ADD COLUMN shared boolean NOT NULL DEFAULT false, ADD COLUMN until date;
COMMENT ON TABLE identifiers IS 'Keyed hashes of identifiers. Those of a person name one family, or several where somebody said so (shared); a uprn may be the home of several.';
COMMENT ON COLUMN identifiers.until IS 'The day from which it names this family no more: the person left.';
CREATE UNIQUE INDEX identifiers_of_family ON identifiers (digest, reference, coalesce(member_id, ''));
DROP INDEX identifiers_person;
CREATE UNIQUE INDEX identifiers_person ON identifiers (digest) WHERE member_id IS NOT NULL AND NOT shared;

CREATE FUNCTION about_day(evidence jsonb, observed_at timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT left(coalesce(evidence ->> 'on', evidence ->> 'from',
                         (observed_at AT TIME ZONE 'Europe/London')::date::text), 10)
$$;
COMMENT ON FUNCTION about_day IS 'The day that a partner''s event is about, as text: what is kept may be no date.';

CREATE TABLE likenesses (
    digest    bytea NOT NULL CHECK (length(digest) = 32),
    reference text  NOT NULL REFERENCES family_keys,
    member_id text  NOT NULL,
    PRIMARY KEY (digest, reference, member_id)
);
COMMENT ON TABLE likenesses IS 'Keyed hashes of parts of a name with a date, under which people are looked up who may be the same.';
CREATE INDEX likenesses_family ON likenesses (reference);
ALTER TABLE family_keys ADD COLUMN likened boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN family_keys.likened IS 'Whether the likenesses of its people are kept; those of families from before are made later, as that needs the key.';
CREATE INDEX family_keys_unlikened ON family_keys (reference) WHERE NOT likened AND wrapped IS NOT NULL;

CREATE TABLE identity_answers (
    seq       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key       text        NOT NULL,
    reference text        NOT NULL,
    about     text        NOT NULL,
    answer    text        NOT NULL CHECK (answer IN ('same-as', 'not-the-same', 'joins', 'left', 'also-of')),
    why       text        NOT NULL,
    actor     text        NOT NULL,
    at        timestamptz NOT NULL,
    since     date        NOT NULL,
    people    jsonb       NOT NULL,
    UNIQUE (key, about)
);
COMMENT ON TABLE identity_answers IS 'What was answered, by whom and why, when a referral (key) taken as one family was like another (about).';
COMMENT ON COLUMN identity_answers.people IS 'Who was like whom, by member id, and what agreed and contradicted: codes only.';
CREATE INDEX identity_answers_family ON identity_answers (reference);
CREATE INDEX identity_answers_about ON identity_answers (about);

CREATE TABLE inbox_shares (
    partner      text        NOT NULL,
    event_id     text        NOT NULL,
    reference    text        NOT NULL,
    journey_id   text        NOT NULL,
    member_id    text        NOT NULL,
    command_id   text        NOT NULL,
    state        text        NOT NULL DEFAULT 'received' CHECK (state IN ('received', 'forwarded', 'applied')),
    forwarded_at timestamptz,
    PRIMARY KEY (partner, event_id, reference),
    FOREIGN KEY (partner, event_id) REFERENCES inbox
);
CREATE UNIQUE INDEX inbox_shares_command ON inbox_shares (command_id);
COMMENT ON TABLE inbox_shares IS 'An event about a person of several families, for each family but the one that its inbox row names.';
CREATE INDEX inbox_shares_waiting ON inbox_shares (partner, event_id) WHERE state = 'received';
CREATE INDEX inbox_shares_under_way ON inbox_shares (forwarded_at) WHERE state = 'forwarded';
