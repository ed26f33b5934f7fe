"""Parses Markdown: blocks, inline text, macros, links, and the plain text of all these."""
