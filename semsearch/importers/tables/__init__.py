"""Where tables come from: text, spreadsheets, documents of word processors, Markdown, HTML.

A module a carrier; each yields `Table`s. `importers/tables/reader.py` makes records of their rows.
"""
