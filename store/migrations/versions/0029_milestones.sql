-- The days on which each journey came to its steps, how its checks and its last review went, and what was found of the
-- results that it has no claim on: figures are counted from these rows, and never from the journal. Journeys that stand
-- when this runs get theirs from `journeys rebuild`.
ALTER TABLE journeys ADD COLUMN milestones jsonb NOT NULL DEFAULT '{}';
