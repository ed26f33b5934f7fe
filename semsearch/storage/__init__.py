"""The store (SQLite) and the files of an index folder: entries, history, vectors, locks.

The store is the only source of truth; everything else can be derived from it.
"""
