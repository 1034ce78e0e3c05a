-- The cohort of a journey, and an index for counting the places of a programme.
ALTER TABLE journeys ADD COLUMN cohort text;
CREATE INDEX journeys_places ON journeys (area, programme) WHERE key_worker IS NOT NULL AND stage <> 'closed';
