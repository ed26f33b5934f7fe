-- oldest: 1
-- Text is compared by bytes, as SQLite does.

CREATE TABLE store (
    identity text NOT NULL,
    revision bigint NOT NULL,
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only)
);
INSERT INTO store VALUES (replace(gen_random_uuid()::text, '-', ''), 0);

CREATE FUNCTION tell_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('semsearch', NEW.identity || '-' || NEW.revision);
    RETURN NULL;
END $$;
CREATE TRIGGER tell_revision AFTER UPDATE ON store FOR EACH ROW EXECUTE FUNCTION tell_revision();

CREATE TABLE entry (
    id text COLLATE "C" PRIMARY KEY,
    glossary text COLLATE "C" NOT NULL,
    term text NOT NULL,
    definition text NOT NULL,
    aliases text NOT NULL,
    language text NOT NULL,
    file text NOT NULL,
    line bigint NOT NULL,
    position bigint NOT NULL,
    see_also text NOT NULL,
    revision bigint NOT NULL UNIQUE,
    origin text NOT NULL,
    details text NOT NULL
);
CREATE INDEX entry_in_order ON entry (glossary, position);

CREATE TABLE written (revision bigint PRIMARY KEY, at text NOT NULL, who text NOT NULL);
CREATE TABLE history (
    revision bigint PRIMARY KEY,
    id text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    before_revision bigint,
    before text
);
CREATE INDEX history_of_entry ON history (id, revision);
CREATE TABLE live_deletion (id text COLLATE "C" PRIMARY KEY);
CREATE TABLE redirect (id text COLLATE "C" PRIMARY KEY, target text COLLATE "C" NOT NULL);
CREATE INDEX redirect_to ON redirect (target);
CREATE TABLE purged (
    digest text COLLATE "C" PRIMARY KEY,
    glossary text NOT NULL,
    revision bigint NOT NULL
);

CREATE TABLE encoder (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text COLLATE "C" NOT NULL UNIQUE
);
-- numbers rise in the order of commits, since one transaction at a time writes
CREATE TABLE embedding (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    text bytea NOT NULL,
    encoder bigint NOT NULL REFERENCES encoder,
    kept integer NOT NULL,
    vector bytea NOT NULL,
    ids bytea,
    tokens bytea
);
CREATE INDEX embedding_text ON embedding (text, encoder, kept);
-- numbers do not become smaller by compression
ALTER TABLE embedding ALTER COLUMN vector SET STORAGE EXTERNAL;
ALTER TABLE embedding ALTER COLUMN tokens SET STORAGE EXTERNAL;

CREATE TABLE request (
    who text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    at double precision NOT NULL,
    digest bytea NOT NULL,
    answer bytea NOT NULL,
    PRIMARY KEY (who, key)
);
CREATE INDEX request_in_time ON request (at);

CREATE TABLE key (
    id text COLLATE "C" PRIMARY KEY,
    digest bytea NOT NULL,
    name text NOT NULL,
    scope text NOT NULL,
    glossaries text NOT NULL,
    created text COLLATE "C" NOT NULL,
    expires text,
    revoked text
);
CREATE TABLE setting (name text COLLATE "C" PRIMARY KEY, content bytea NOT NULL);

-- Generations as files, in parts that fit into memory. A file is stored once, by its SHA-256.
CREATE TABLE file_part (
    digest text COLLATE "C" NOT NULL,
    number integer NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (digest, number)
);
ALTER TABLE file_part ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE TABLE generation (
    number bigint PRIMARY KEY,
    pointer bytea NOT NULL,
    files text NOT NULL,
    embedding text NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION tell_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('semsearch', TG_TABLE_NAME);
    RETURN NULL;
END $$;
CREATE TRIGGER tell_change AFTER INSERT OR UPDATE OR DELETE ON key
    FOR EACH STATEMENT EXECUTE FUNCTION tell_change();
CREATE TRIGGER tell_change AFTER INSERT OR UPDATE OR DELETE ON setting
    FOR EACH STATEMENT EXECUTE FUNCTION tell_change();
CREATE TRIGGER tell_change AFTER INSERT ON generation
    FOR EACH STATEMENT EXECUTE FUNCTION tell_change();
