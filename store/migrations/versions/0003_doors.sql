-- The ways in: partners and their events, referrals under way, files that were imported.

CREATE TABLE partners (
    name        text    PRIMARY KEY,
    secrets     bytea[] NOT NULL,
    suspended   boolean NOT NULL DEFAULT false,
    webhook_url text
);
COMMENT ON COLUMN partners.secrets IS 'Sealed under the master key, newest first.';

CREATE TABLE inbox (
    partner        text        NOT NULL,
    event_id       text        NOT NULL,
    seq            bigint      GENERATED ALWAYS AS IDENTITY,
    body_hash      bytea       NOT NULL,
    subject_scheme text,
    subject_digest bytea,
    kind           text        NOT NULL,
    observed_at    timestamptz,
    evidence       jsonb       NOT NULL,
    state          text        NOT NULL
        CHECK (state IN ('received', 'quarantined', 'forwarded', 'applied', 'refused', 'discarded')),
    reason         text,
    received_at    timestamptz NOT NULL,
    forwarded_at   timestamptz,
    reference      text,
    journey_id     text,
    member_id      text,
    PRIMARY KEY (partner, event_id)
);
COMMENT ON COLUMN inbox.subject_digest IS 'Keyed hash; the identifier itself is never kept here.';
CREATE INDEX inbox_waiting ON inbox (seq) WHERE state = 'received';
CREATE INDEX inbox_quarantine ON inbox (subject_digest) WHERE state = 'quarantined';
CREATE INDEX inbox_under_way ON inbox (forwarded_at) WHERE state = 'forwarded';
CREATE INDEX inbox_family ON inbox (reference) WHERE reference IS NOT NULL;

CREATE TABLE intake (
    key         text        PRIMARY KEY,
    fingerprint text        NOT NULL,
    reference   text        NOT NULL,
    journey_id  text        NOT NULL,
    members     jsonb       NOT NULL,
    created_at  timestamptz NOT NULL
);
COMMENT ON COLUMN intake.members IS 'Row key of the source to member id: codes only.';

CREATE TABLE imports (
    file_hash text        PRIMARY KEY,
    rows      integer     NOT NULL,
    taken     integer     NOT NULL,
    refused   integer     NOT NULL,
    at        timestamptz NOT NULL
);
