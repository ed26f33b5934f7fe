"""Nearest-neighbour search: the engines (exact, flat, HNSW) and their common interface."""
