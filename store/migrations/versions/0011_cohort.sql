ALTER TABLE journeys ADD COLUMN cohort text;
CREATE INDEX journeys_places ON journeys (area, programme) WHERE key_worker IS NOT NULL AND stage <> 'closed';
