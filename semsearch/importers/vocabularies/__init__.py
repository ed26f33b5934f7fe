"""Readers of OBO, TBX and schema.org's DefinedTerm."""
