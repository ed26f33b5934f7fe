"""Generate and check the documents.

Generated parts, examples with real output, checks, and the picture of the page.
"""
