"""What recorded questions tell the owner of a glossary: what to write next.

It takes records, answers and vectors as plain data, so pages, command line and server can use it.
"""
