-- Our own people choose the channel of their reminders; one reminder may go out by several.

ALTER TABLE staff
    ADD COLUMN channel   text  NOT NULL DEFAULT 'email',
    ADD COLUMN addresses jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN staff.addresses IS 'Besides email, by the names in domain/channels.py.';

ALTER TABLE partners ADD COLUMN addresses jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN partners.addresses IS 'Besides webhook_url and email, by the names in domain/channels.py.';

ALTER TABLE effects
    ADD COLUMN begun   text[] NOT NULL DEFAULT '{}',
    ADD COLUMN reached text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN effects.begun IS 'Receivers to which a try began that may have arrived.';
COMMENT ON COLUMN effects.reached IS 'Receivers at which it is known to have arrived, of several.';
