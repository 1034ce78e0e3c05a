-- Concerns that wait are looked for on every look at today, also on closed journeys: few, found without reading them all.
CREATE INDEX journeys_concerns ON journeys (journey_id) WHERE owed @> '[{"work": "concern-answer"}]';
