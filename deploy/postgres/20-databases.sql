-- Run once, when Postgres makes its data folder, after the roles: one database a purpose, each for its owner alone.
CREATE DATABASE journeys OWNER journeys;
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE ALL ON DATABASE journeys, temporal, temporal_visibility, postgres, template1 FROM PUBLIC;
