"""Readers of SKOS and other RDF vocabularies."""
