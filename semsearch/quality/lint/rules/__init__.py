"""The rules of lint, one module for each kind."""
