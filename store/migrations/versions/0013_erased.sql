-- When a family was erased and why, on its newest journey; and with each claim the ages that its rules asked for, which
-- outlive the dates of birth.
ALTER TABLE journeys ADD COLUMN erased_on date, ADD COLUMN erased_for text;
ALTER TABLE claims ADD COLUMN ages jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN claims.ages IS 'Member id to ages in completed years on the days that rules asked about; no date of birth.';
