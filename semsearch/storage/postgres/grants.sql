-- What the role of servers needs, and nothing more: it reads and writes rows. It cannot change or
-- drop tables, empty them at once, or write which migrations were done.
GRANT USAGE ON SCHEMA {schema} TO {role};
GRANT TEMPORARY ON DATABASE {database} TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON ALL TABLES IN SCHEMA {schema} TO {role};
REVOKE INSERT, UPDATE, DELETE, MAINTAIN ON migration FROM {role};
REVOKE INSERT, DELETE ON store FROM {role};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role};
