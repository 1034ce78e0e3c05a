-- Families found by keyed parts of names and addresses, and who looked at a family.

CREATE TABLE find_keys (
    reference text     PRIMARY KEY REFERENCES family_keys,
    keys      bigint[] NOT NULL
);
COMMENT ON TABLE find_keys IS 'Under what a family is found: the first eight bytes of keyed hashes of words of its names and address and of its dates of birth. Without a row: not made yet, or out of date.';
CREATE INDEX find_keys_keys ON find_keys USING gin (keys);

CREATE FUNCTION find_keys_pass() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM find_keys WHERE reference = coalesce(NEW.reference, OLD.reference);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION find_keys_pass IS 'What a family is found by is out of date once its people or its address change; the gateway makes it anew, as that needs the key.';
CREATE TRIGGER people_found AFTER INSERT OR UPDATE OR DELETE ON people FOR EACH ROW EXECUTE FUNCTION find_keys_pass();
CREATE TRIGGER addresses_found AFTER INSERT OR UPDATE OR DELETE ON addresses FOR EACH ROW EXECUTE FUNCTION find_keys_pass();

CREATE TABLE views (
    seq        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reference  text        NOT NULL,
    actor      text        NOT NULL,
    what       text        NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    request_id text        NOT NULL
);
COMMENT ON TABLE views IS 'Who looked at a family by name or by its story: role and name, what was read, when, and in which request.';
CREATE INDEX views_family ON views (reference, seq);
