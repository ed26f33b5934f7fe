-- oldest: 1
-- Engine pgvector: what finds and scores entries, in tables of each generation. The role of servers
-- owns none of them: it makes, indexes and drops them by functions, and reads and fills them. The
-- extension is made by `semsearch store migrate --pgvector`, only where it is wanted.

CREATE TABLE candidate_set (
    name text COLLATE "C" PRIMARY KEY CHECK (name ~ '^[0-9a-f]{12}$'),
    generation bigint NOT NULL
);

CREATE FUNCTION vector_schema() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'vector'
$$;

CREATE FUNCTION make_candidates(set_name text, number bigint, dim integer, partitions integer)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    kind text;
    reader regrole;
BEGIN
    INSERT INTO candidate_set VALUES (set_name, number);
    FOREACH kind IN ARRAY ARRAY['candidate', 'phrase'] LOOP
        EXECUTE format(
            'CREATE TABLE %I (number integer PRIMARY KEY, languages text[] NOT NULL, '
            'vector %s.halfvec(%s) NOT NULL%s)%s',
            kind || '_' || set_name, vector_schema(), dim,
            CASE kind WHEN 'candidate' THEN ', data bytea NOT NULL' ELSE '' END,
            CASE WHEN partitions > 1 THEN ' PARTITION BY HASH (number)' ELSE '' END);
        FOR part IN 0 .. partitions - 1 LOOP
            IF partitions > 1 THEN
                EXECUTE format(
                    'CREATE TABLE %I PARTITION OF %I FOR VALUES WITH (MODULUS %s, REMAINDER %s)',
                    kind || '_' || set_name || '_' || part, kind || '_' || set_name, partitions, part);
            END IF;
        END LOOP;
        FOR reader IN
            SELECT DISTINCT grantee FROM pg_class, aclexplode(relacl)
            WHERE oid = 'generation'::regclass AND privilege_type = 'INSERT' AND grantee <> 0
        LOOP
            EXECUTE format('GRANT SELECT, INSERT ON %I TO %s', kind || '_' || set_name, reader);
        END LOOP;
    END LOOP;
    -- numbers do not become smaller by compression
    EXECUTE format('ALTER TABLE %I ALTER COLUMN data SET STORAGE EXTERNAL', 'candidate_' || set_name);
END $$;

CREATE FUNCTION index_candidates(set_name text, kind text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM 1 FROM candidate_set WHERE name = set_name AND kind IN ('candidate', 'phrase');
    IF FOUND THEN
        EXECUTE format('CREATE INDEX ON %I USING hnsw (vector %s.halfvec_ip_ops)',
                       kind || '_' || set_name, vector_schema());
    END IF;
END $$;

CREATE FUNCTION analyze_candidates(set_name text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM 1 FROM candidate_set WHERE name = set_name;
    IF FOUND THEN
        EXECUTE format('ANALYZE %I', 'candidate_' || set_name);
        EXECUTE format('ANALYZE %I', 'phrase_' || set_name);
    END IF;
END $$;

CREATE FUNCTION drop_candidates(set_name text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM candidate_set WHERE name = set_name;
    IF FOUND THEN
        EXECUTE format('DROP TABLE %I', 'candidate_' || set_name);
        EXECUTE format('DROP TABLE %I', 'phrase_' || set_name);
    END IF;
END $$;

-- everybody may execute a new function; these are for the role of servers
REVOKE EXECUTE ON FUNCTION
    make_candidates(text, bigint, integer, integer), index_candidates(text, text),
    analyze_candidates(text), drop_candidates(text)
FROM PUBLIC;
