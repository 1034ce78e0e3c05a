-- The hash of a partner event's body is keyed from now on. Those without a key are let go: they held the subject, and
-- whoever has the table could try identifiers on them. What comes again under such an id is answered as a duplicate.
UPDATE inbox SET body_hash = '';
COMMENT ON COLUMN inbox.body_hash IS 'Keyed hash of all of the event; empty: let go, with an erasure or a refusal.';
