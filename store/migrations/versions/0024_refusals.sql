-- A row for each way and reason, so that whoever floods the port fills no table. `workflow_id` is that of the last one.
CREATE TABLE refusals (
    part        text        NOT NULL,
    why         text        NOT NULL,
    times       bigint      NOT NULL,
    first_at    timestamptz NOT NULL,
    last_at     timestamptz NOT NULL,
    workflow_id text        NOT NULL,
    seen        bigint      NOT NULL DEFAULT 0,  -- how many of them an administrator has looked at
    seen_by     text,
    seen_at     timestamptz,
    PRIMARY KEY (part, why)
);
