-- Claim windows: what was gathered for each, the audit sample with its seed, and what internal audit said.

CREATE TABLE claim_windows (
    window_id      text   PRIMARY KEY,
    area           text   NOT NULL,
    programme      text   NOT NULL,
    programme_hash text   NOT NULL,
    label          text   NOT NULL,
    opens          date   NOT NULL,
    closes         date   NOT NULL,
    closed         boolean NOT NULL DEFAULT false,
    told           text[] NOT NULL DEFAULT '{}',
    UNIQUE (area, programme, label)
);
COMMENT ON COLUMN claim_windows.told IS 'What the managers were told of, so that a window that is started again does not tell it twice.';

CREATE TABLE claim_draws (
    window_id text        NOT NULL REFERENCES claim_windows,
    draw      integer     NOT NULL,
    seed      text        NOT NULL,
    percent   integer     NOT NULL,
    drawn_at  timestamptz NOT NULL,
    PRIMARY KEY (window_id, draw)
);

CREATE TABLE window_claims (
    window_id  text    NOT NULL REFERENCES claim_windows,
    claim_id   text    NOT NULL REFERENCES claims,
    set_aside  text,
    draw       integer,
    sampled    boolean NOT NULL DEFAULT false,
    audit      text    CHECK (audit IN ('sound', 'unsound')),
    audited_by text,
    audited_at timestamptz,
    why        text,
    PRIMARY KEY (window_id, claim_id)
);
COMMENT ON COLUMN window_claims.set_aside IS 'Why the claim does not hold on what is known; null: it does.';
COMMENT ON COLUMN window_claims.draw IS 'The draw that the claim took part in; null: none yet.';
CREATE INDEX window_claims_claim ON window_claims (claim_id);
