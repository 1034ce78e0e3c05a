-- What the headings of a partner's files mean, as somebody said once; and families found by the number a file gave them.

CREATE TABLE import_headings (
    referrer text        PRIMARY KEY,
    headings jsonb       NOT NULL,
    said_by  text        NOT NULL,
    said_at  timestamptz NOT NULL
);
COMMENT ON COLUMN import_headings.referrer IS 'The partner whose files these are; empty: files of several.';
CREATE INDEX intake_number ON intake (split_part(key, ':', 3)) WHERE key LIKE 'import:%';
