-- The vault kept free-text notes for a door that was never made: nothing could write one, read one or print one.
DROP TABLE notes;
