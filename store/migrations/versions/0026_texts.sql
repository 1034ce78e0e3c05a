-- What the case file of a family says in words, sealed with the family's key; and since when its children were not heard.

CREATE TABLE texts (
    reference  text  NOT NULL REFERENCES family_keys,
    journey_id text  NOT NULL,
    entry      text  NOT NULL,
    sealed     bytea NOT NULL,
    PRIMARY KEY (journey_id, entry)
);
COMMENT ON TABLE texts IS 'Notes, what children say, what was agreed: by journey and entry of its case file.';
CREATE INDEX texts_family ON texts (reference);

ALTER TABLE journeys ADD COLUMN unheard jsonb;
COMMENT ON COLUMN journeys.unheard IS 'Since when each child of an open, held family has not been heard, by member id; null: not written yet.';
