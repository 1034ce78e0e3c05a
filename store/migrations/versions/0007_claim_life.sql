-- What each claim was decided on, its way through the ledger, and the proposals to claw it back.

ALTER TABLE claims
    ADD COLUMN journal_version integer NOT NULL DEFAULT 0,
    ADD COLUMN paid            jsonb   NOT NULL DEFAULT '{}',
    ADD COLUMN report          text    NOT NULL DEFAULT '',
    ADD COLUMN findings        text    NOT NULL DEFAULT '[]',
    ADD COLUMN born            bytea,
    ADD COLUMN submitted_at    timestamptz;
COMMENT ON COLUMN claims.journal_version IS 'The last event of the journey that was known when the claim was recorded.';
COMMENT ON COLUMN claims.report IS 'The report of `journeys claims check --json`, kept as text because it is compared byte for byte.';
COMMENT ON COLUMN claims.born IS 'Dates of birth as used, sealed under the family''s key: erasing the family destroys them.';

DROP INDEX claims_once;
CREATE UNIQUE INDEX claims_once ON claims (reference, result) WHERE state = 'eligible' OR submitted_at IS NOT NULL;
COMMENT ON INDEX claims_once IS 'One billable claim per family and result, for ever. Given up before it was ever submitted, it was never billed and frees the result.';

CREATE TABLE claim_moves (
    claim_id   text        NOT NULL REFERENCES claims,
    seq        bigint      GENERATED ALWAYS AS IDENTITY,
    move       text        NOT NULL,
    from_state text        NOT NULL,
    to_state   text        NOT NULL,
    at         timestamptz NOT NULL,
    actor      text        NOT NULL,
    reason     text,
    PRIMARY KEY (claim_id, seq)
);

CREATE TABLE clawbacks (
    claim_id       text        NOT NULL REFERENCES claims,
    seq            bigint      GENERATED ALWAYS AS IDENTITY,
    cause          text        NOT NULL,
    journey_id     text        NOT NULL,
    limb           text        NOT NULL,
    verdict_before text        NOT NULL,
    verdict_after  text        NOT NULL,
    amount_before  integer     NOT NULL,
    amount_after   integer     NOT NULL,
    limb_before    jsonb       NOT NULL,
    limb_after     jsonb       NOT NULL,
    raised_at      timestamptz NOT NULL,
    state          text        NOT NULL CHECK (state IN ('open', 'withdrawn', 'superseded', 'upheld', 'clawed-back')),
    ended_at       timestamptz,
    decided_by     text,
    reason         text,
    PRIMARY KEY (claim_id, seq)
);
COMMENT ON COLUMN clawbacks.journey_id IS 'The journey that the proposal stands on: the one on which its cause was recorded.';
CREATE UNIQUE INDEX clawbacks_open ON clawbacks (claim_id) WHERE state = 'open';
