"""Readers of RDF vocabularies: SKOS and OWL as Turtle, RDF/XML and JSON-LD."""
