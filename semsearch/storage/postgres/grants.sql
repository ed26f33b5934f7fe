-- What the role of servers needs, and nothing more: it reads and writes rows of the tables of a store,
-- and no others of the schema. It cannot change or drop tables, empty them at once, or write which
-- migrations were done.
GRANT USAGE ON SCHEMA {schema} TO {role};
GRANT TEMPORARY ON DATABASE {database} TO {role};
GRANT SELECT ON migration TO {role};
GRANT SELECT, UPDATE ON store TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON
    entry, written, history, live_deletion, redirect, purged, encoder, embedding, request, key,
    setting, file_part, generation
TO {role};
GRANT SELECT ON candidate_set TO {role};
GRANT EXECUTE ON FUNCTION
    make_candidates(text, bigint, integer, integer), index_candidates(text, text),
    analyze_candidates(text), drop_candidates(text)
TO {role};
