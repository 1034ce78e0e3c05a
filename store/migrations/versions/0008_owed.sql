-- What each journey owes and by when, so that it can be listed across families; written at every append, and for what
-- stands in the journal already by `journeys rebuild`.
ALTER TABLE journeys ADD COLUMN owed jsonb NOT NULL DEFAULT '[]';
