-- Staff, and the vault: what is personal, sealed with a key per family that erasing destroys.

CREATE TABLE staff (
    name   text    PRIMARY KEY,
    role   text    NOT NULL CHECK (role IN ('key-worker', 'coordinator', 'manager')),
    email  text    NOT NULL,
    cap    integer CHECK (cap > 0),
    active boolean NOT NULL DEFAULT true
);

CREATE TABLE family_keys (
    reference text        PRIMARY KEY,
    wrapped   bytea,
    erased_at timestamptz,
    CHECK ((wrapped IS NULL) = (erased_at IS NOT NULL))
);
COMMENT ON TABLE family_keys IS 'A data key per family, wrapped by the master key. An erased family keeps its row, without the key.';

CREATE TABLE people (
    reference text  NOT NULL REFERENCES family_keys,
    member_id text  NOT NULL,
    sealed    bytea NOT NULL,
    PRIMARY KEY (reference, member_id)
);

CREATE TABLE addresses (
    reference text  PRIMARY KEY REFERENCES family_keys,
    sealed    bytea NOT NULL
);

CREATE TABLE notes (
    note_id    uuid        PRIMARY KEY,
    reference  text        NOT NULL REFERENCES family_keys,
    journey_id text        NOT NULL,
    author     text        NOT NULL,
    written_at timestamptz NOT NULL,
    sealed     bytea       NOT NULL
);
CREATE INDEX notes_family ON notes (reference, written_at);

CREATE TABLE identifiers (
    digest    bytea NOT NULL CHECK (length(digest) = 32),
    scheme    text  NOT NULL,
    reference text  NOT NULL REFERENCES family_keys,
    member_id text,
    PRIMARY KEY (digest, reference)
);
COMMENT ON TABLE identifiers IS 'Keyed hashes of identifiers. Those of a person name one family; a uprn may be the home of several.';
CREATE UNIQUE INDEX identifiers_person ON identifiers (digest) WHERE member_id IS NOT NULL;
CREATE INDEX identifiers_family ON identifiers (reference);
