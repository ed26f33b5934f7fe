"""Says by its root element why XML is not read, and what to do instead."""

from __future__ import annotations

from semsearch.importers.formats.detection import root_element

EXPORT = "export it as CSV, Markdown, TBX or SKOS"
"""What to do with a file that no reader reads."""
NAME_FORMAT = "name its format with --format; `semsearch formats` lists them"
"""What to do with a file that no format recognises."""
_ROOTS = {
    "tmx": ("a translation memory", "it has no definitions; export the termbase as TBX"),
    "xliff": ("a file to translate", "export the termbase as TBX"),
    "Workbook": ("a workbook of Excel 2003", "save it as .xlsx"),
    "wordDocument": ("a document of Word 2003", "save it as .docx"),
    "package": ("a document of Word as one file", "save it as .docx"),
    "document": ("an office document as one file", "save it as .odt, .ods or .docx"),
    "rss": ("a news feed", "export the pages as Markdown"),
    "feed": ("a news feed", "export the pages as Markdown"),
    "svg": ("an image", "it has no terms"),
    "project": ("settings of a program", "it has no terms"),
    "plist": ("settings of a program", "it has no terms"),
}
"""Root elements of XML that is no glossary: what it is, and what to do."""


def reason_against_xml(start: str) -> str | None:
    """Return why XML of no known format is not read, by its root element; None if it has none."""
    root = root_element(start)
    if not root or not start.lstrip().startswith("<"):
        return None
    if root in _ROOTS:
        what, way_out = _ROOTS[root]
        return f"the root element <{root}> ({what}) is of no format that is read; {way_out}"
    return f"the root element <{root}> is of no format that is read; {EXPORT}, or {NAME_FORMAT}"
