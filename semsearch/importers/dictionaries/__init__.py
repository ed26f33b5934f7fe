"""Readers of dictionaries in the formats of dictd, StarDict and WordNet."""
