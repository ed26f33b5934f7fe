"""Where tables come from: text, spreadsheets, documents of word processors, Markdown, HTML.

Each kind of file has a module, which yields `Table`s. `importers/tables/reader.py` makes records of
their rows.
"""
