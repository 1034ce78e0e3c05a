-- Referrals that joined an open journey, and who is on each journey.

ALTER TABLE intake ADD COLUMN joins boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN intake.joins IS 'Whether the referral was added to an open journey and opened none.';

ALTER TABLE journeys ADD COLUMN member_ids text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN journeys.member_ids IS 'Who is on the journey: partners'' events about others go to an earlier one.';
UPDATE journeys SET member_ids = ARRAY(
    SELECT member ->> 'id' FROM events, jsonb_array_elements(payload -> 'members') AS member
     WHERE events.journey_id = journeys.journey_id AND events.version = 1);

CREATE OR REPLACE FUNCTION about_day(evidence jsonb, observed_at timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN evidence ?| ARRAY['replaces', 'withdraws'] THEN ''
                ELSE left(coalesce(evidence ->> 'on', evidence ->> 'from',
                                   (observed_at AT TIME ZONE 'Europe/London')::date::text), 10) END
$$;
COMMENT ON FUNCTION about_day IS 'The day that a partner''s event is about, as text: what is kept may be no date. What corrects another event goes wherever that one went: it is about every day.';
