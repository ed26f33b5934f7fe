#!/bin/sh
# Makes the role of the servers when the database is made; `semsearch store migrate --role` gives it
# its rights.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$SERVER_PASSWORD" \
    --username postgres --dbname semsearch <<'SQL'
CREATE ROLE semsearch_server LOGIN PASSWORD :'password';
SQL
