-- Rotation with an end, and what people decided about events in quarantine. Columns only: the old code runs on.

ALTER TABLE partners ADD COLUMN older_until timestamptz;
COMMENT ON COLUMN partners.older_until IS 'Until when the second secret still signs; NULL: there is none.';

ALTER TABLE inbox
    ADD COLUMN given_reference text,
    ADD COLUMN given_member    text,
    ADD COLUMN sorted_by       text,
    ADD COLUMN sorted_at       timestamptz;
COMMENT ON COLUMN inbox.given_reference IS 'The family that a person said the event is about; it goes before the subject.';
COMMENT ON COLUMN inbox.sorted_by IS 'Who matched or discarded it, as role:name.';

-- A partner's receipts, page by page, and what is in quarantine, oldest first.
CREATE INDEX inbox_receipts ON inbox (partner, seq);
CREATE INDEX inbox_quarantine_age ON inbox (seq) WHERE state = 'quarantined';
