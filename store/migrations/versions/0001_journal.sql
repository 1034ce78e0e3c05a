-- The journal, the replies to commands, the outbox, and the read models that follow them.

CREATE TABLE events (
    journey_id     text        NOT NULL,
    version        integer     NOT NULL CHECK (version > 0),
    event_id       uuid        NOT NULL,
    type           text        NOT NULL,
    schema_version integer     NOT NULL,
    occurred_at    timestamptz NOT NULL,
    recorded_at    timestamptz NOT NULL,
    actor          text        NOT NULL,
    command_id     text        NOT NULL,
    payload        jsonb       NOT NULL,
    prev_hash      bytea       NOT NULL CHECK (length(prev_hash) = 32),
    hash           bytea       NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (journey_id, version)
);
COMMENT ON TABLE events IS 'Append-only. hash = SHA-256 over all other columns, prev_hash included.';

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are appended once and never changed: % refused', TG_OP
        USING ERRCODE = 'integrity_constraint_violation', HINT = 'Correct by a new event (journeys correct).';
END
$$;
CREATE TRIGGER events_are_facts BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE commands (
    command_id  text        PRIMARY KEY,
    journey_id  text        NOT NULL,
    fingerprint text        NOT NULL,
    reply       jsonb       NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE commands IS 'The reply each command id was given; recorded_at is the machine''s clock.';

CREATE TABLE effects (
    effect_id  text   PRIMARY KEY,
    seq        bigint GENERATED ALWAYS AS IDENTITY,
    journey_id text   NOT NULL,
    command_id text   NOT NULL,
    payload    jsonb  NOT NULL,
    state      text   NOT NULL DEFAULT 'planned'
        CHECK (state IN ('planned', 'sent', 'failed', 'refused', 'recorded')),
    detail     text,
    attempted  boolean NOT NULL DEFAULT false, -- a first try to send it began
    told       boolean NOT NULL DEFAULT false  -- its outcome stands on the journey's own history
);
CREATE INDEX effects_open ON effects (journey_id) WHERE NOT told;
CREATE INDEX effects_failed ON effects (seq) WHERE state = 'failed';

CREATE TABLE journeys (
    journey_id        text        PRIMARY KEY,
    number            integer     GENERATED ALWAYS AS (coalesce(substring(journey_id FROM ':([0-9]{1,9})$')::integer, 0)) STORED,
    reference         text        NOT NULL,
    area              text        NOT NULL,
    locality          text        NOT NULL,
    programme         text        NOT NULL,
    programme_version text        NOT NULL,
    programme_hash    text        NOT NULL,
    referrer          text        NOT NULL,
    referred_on       date,
    stage             text        NOT NULL,
    intensity         text,
    key_worker        text,
    handover_to       text,
    stepped_down_on   date,
    closed_on         date,
    outcome           text,
    members           integer     NOT NULL,
    evidence          integer     NOT NULL,
    next_deadline_at  timestamptz,
    version           integer     NOT NULL,
    head              bytea       NOT NULL,
    changed_at        timestamptz NOT NULL
);
COMMENT ON COLUMN journeys.head IS 'Hash of the last event: a stream cut short at its end no longer agrees.';
CREATE INDEX journeys_family ON journeys (reference, number);
CREATE INDEX journeys_caseload ON journeys (key_worker) WHERE stage <> 'closed';

CREATE TABLE deadlines (
    journey_id  text        NOT NULL,
    deadline_id text        NOT NULL,
    at          timestamptz NOT NULL,
    due_on      date        NOT NULL,
    work        text,
    generation  integer     NOT NULL,
    owed_by     text        NOT NULL,
    escalation  boolean     NOT NULL,
    months      integer,
    PRIMARY KEY (journey_id, deadline_id)
);
CREATE INDEX deadlines_at ON deadlines (at);

CREATE TABLE reminders (
    journey_id  text        NOT NULL,
    reminder_id text        NOT NULL,
    work        text        NOT NULL,
    generation  integer     NOT NULL,
    owed_by     text        NOT NULL,
    due_on      date        NOT NULL,
    planned_for timestamptz NOT NULL,
    late        boolean     NOT NULL,
    escalation  boolean     NOT NULL,
    state       text        NOT NULL,
    fault       text,
    reason      text,
    fell_due_at timestamptz NOT NULL,
    sent_at     timestamptz,
    ended_at    timestamptz,
    PRIMARY KEY (journey_id, reminder_id)
);
