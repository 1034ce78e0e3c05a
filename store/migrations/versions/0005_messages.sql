-- Where partners are told things by every channel, and what became of each message, and when.

ALTER TABLE partners
    ADD COLUMN email           text,
    ADD COLUMN notify_template text,
    ADD COLUMN rate_per_minute integer CHECK (rate_per_minute > 0);
COMMENT ON COLUMN partners.notify_template IS 'Template at GOV.UK Notify; none: that of the settings.';
COMMENT ON COLUMN partners.rate_per_minute IS 'Messages a minute from one worker; none: that of the settings.';

ALTER TABLE effects DROP CONSTRAINT effects_state_check;
ALTER TABLE effects
    ADD CONSTRAINT effects_state_check
        CHECK (state IN ('planned', 'sent', 'failed', 'refused', 'recorded', 'retried')),
    ADD COLUMN told_at timestamptz;
COMMENT ON COLUMN effects.told_at IS 'When its outcome was recorded, by the business clock.';
CREATE INDEX effects_refused ON effects (seq) WHERE state = 'refused';
