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
    IF partitions NOT BETWEEN 0 AND 1000 THEN
        RAISE EXCEPTION '% partitions are too many', partitions;
    END IF;
    -- a publisher that has lost its lock may come late
    IF EXISTS (SELECT FROM generation AS known WHERE known.number = make_candidates.number) THEN
        RAISE lock_not_available USING MESSAGE = format('generation %s is published', number);
    END IF;
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
    PERFORM 1 FROM candidate_set WHERE name = set_name AND kind IN ('candidate', 'phrase')
        AND NOT EXISTS (SELECT FROM pg_index WHERE NOT indisprimary
                        AND indrelid = to_regclass(quote_ident(kind || '_' || set_name)));
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
    IF EXISTS (SELECT FROM candidate_set AS made JOIN generation AS known
               ON known.number = made.generation WHERE made.name = set_name) THEN
        RAISE lock_not_available USING MESSAGE = format('the candidates %s are published', set_name);
    END IF;
    DELETE FROM candidate_set WHERE name = set_name;
    IF FOUND THEN
        EXECUTE format('DROP TABLE %I', 'candidate_' || set_name);
        EXECUTE format('DROP TABLE %I', 'phrase_' || set_name);
    END IF;
END $$;

-- Temporary tables come last: a role that may make some could otherwise put its own in the place of
-- ours, and have the owner run its triggers.
DO $$
DECLARE
    made regprocedure;
BEGIN
    FOR made IN
        SELECT oid FROM pg_proc WHERE prosecdef AND pronamespace = current_schema()::regnamespace
        AND proname IN ('make_candidates', 'index_candidates', 'analyze_candidates', 'drop_candidates')
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp',
                       made, current_schema());
    END LOOP;
END $$;

-- everybody may execute a new function; these are for the role of servers
REVOKE EXECUTE ON FUNCTION
    make_candidates(text, bigint, integer, integer), index_candidates(text, text),
    analyze_candidates(text), drop_candidates(text)
FROM PUBLIC;
