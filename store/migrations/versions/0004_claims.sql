-- The rule packs that were used, and the claims that were made under them.

CREATE TABLE programmes (
    hash    text  PRIMARY KEY,
    name    text  NOT NULL,
    version text  NOT NULL,
    content jsonb NOT NULL
);

CREATE TABLE claims (
    claim_id       text        PRIMARY KEY,
    seq            bigint      GENERATED ALWAYS AS IDENTITY,
    effect_id      text        NOT NULL,
    journey_id     text        NOT NULL,
    reference      text        NOT NULL,
    result         text        NOT NULL,
    as_of          date        NOT NULL,
    verdict        text        NOT NULL,
    amount         integer     NOT NULL CHECK (amount >= 0),
    programme_hash text        NOT NULL,
    explanation    jsonb       NOT NULL,
    recorded_at    timestamptz NOT NULL,
    state          text        NOT NULL
        CHECK (state IN ('eligible', 'submitted', 'paid', 'rejected', 'clawed-back'))
);
CREATE UNIQUE INDEX claims_once ON claims (reference, result);
COMMENT ON INDEX claims_once IS 'One billable claim per family and result, for ever.';
CREATE INDEX claims_effect ON claims (effect_id);
CREATE INDEX claims_family ON claims (reference, seq);
