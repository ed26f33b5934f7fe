-- oldest: 1
-- Names the database itself, which stays when a glossary is moved elsewhere: numbers of embeddings
-- mean nothing in another one.

ALTER TABLE store
    ADD COLUMN database text NOT NULL DEFAULT replace(gen_random_uuid()::text, '-', '');
