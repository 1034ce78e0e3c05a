-- Who holds families: teams and areas of staff, leave, waivers, and the queue of families that wait for a key worker.
-- Journeys that stand when this runs get their new columns from `journeys rebuild`.

ALTER TABLE staff ADD COLUMN team text, ADD COLUMN area text, ADD COLUMN leaving_from date;
COMMENT ON COLUMN staff.leaving_from IS 'From this day on no new families are given to them.';
CREATE INDEX staff_team ON staff (team) WHERE role = 'manager';

ALTER TABLE journeys
    ADD COLUMN waits_since date,
    ADD COLUMN criteria text[],
    ADD COLUMN waiver text;
COMMENT ON COLUMN journeys.waiver IS 'Why the present key worker holds this family beyond the cap.';
COMMENT ON COLUMN journeys.waits_since IS 'The day from which a key worker is owed and not yet allocated.';
CREATE INDEX journeys_queue ON journeys (area, programme, waits_since) WHERE waits_since IS NOT NULL;
CREATE INDEX journeys_offered ON journeys (handover_to) WHERE handover_to IS NOT NULL;
