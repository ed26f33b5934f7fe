"""Which format a file has, and which reader reads it."""
