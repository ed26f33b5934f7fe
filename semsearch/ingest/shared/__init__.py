"""A glossary in a shared store: copies in index folders, kept in step, moved and published."""
