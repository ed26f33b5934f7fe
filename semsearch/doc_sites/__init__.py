"""Documentation sites: terms of a glossary explained where they occur in pages of others.

The pages are finished HTML files, whatever made them. Nothing is asked while people read.
"""
