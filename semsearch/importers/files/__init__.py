"""Which files belong to a glossary, and what a file contains as text."""
