"""Engine pgvector: what finds and scores entries is in PostgreSQL instead of files."""
