"""The table of formats: name, suffixes, how a file is recognised, and its reader.

Readers are imported when the first file needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import cast

from semsearch.core.entries import Note
from semsearch.core.errors import MissingExtra
from semsearch.importers.formats import detection as known
from semsearch.importers.records import Item, Reader, ReadOptions
from semsearch.importers.trees.known_formats import TREES
from semsearch.importers.trees.tree_format import TreeFormat


@dataclass(frozen=True, slots=True)
class Format:
    """A format: name, description, suffixes, and the functions that recognise and read a file.

    `knows` gets the path and the beginning of a file. In a format that `is_page` every file is one
    entry, so a folder is one glossary. A glossary that comes `in_parts` has several files, named
    after their folder.
    """

    name: str
    about: str
    suffixes: tuple[str, ...]
    knows: Callable[[Path, str], bool]
    read: Reader
    is_page: bool = False
    in_parts: bool = False


def _lazy(module: str, *arguments: object) -> Reader:
    """Return the function `read` of a module; it gets the path, the options and these arguments."""

    def read(path: Path, options: ReadOptions) -> Iterator[Item | Note]:
        try:
            found = import_module(f"semsearch.importers.{module}").read(path, options, *arguments)
        except ModuleNotFoundError as error:
            if (error.name or "").startswith("semsearch"):
                raise
            raise MissingExtra(error.name or "a library", f"reading {path}") from error
        return cast("Iterator[Item | Note]", found)

    return read


def _table(kind: str) -> Reader:
    return _lazy("tables.reader", kind)


def tree_format(row: TreeFormat) -> Format:
    """Return the format that a row of trees describes."""
    return Format(row.name, row.about, row.suffixes, known.tree(row), _lazy("trees.reader", row))


MARKDOWN = (".md", ".markdown")
_JSON = (".json", ".jsonld")
XML = (".xml", ".rdf", ".owl", ".tbx")
HTML = (".html", ".htm", ".xhtml")
_TABLE = (".csv", ".tsv")
YAML = (".yaml", ".yml")
ASCIIDOC = (".adoc", ".asciidoc", ".asc")
LATEX = (".tex", ".ltx")

ROWS = (
    Format("mediawiki", "MediaWiki: dumps of pages (XML), and definition lists (`;term` and `:text`)",
           (".xml", ".wiki", ".mediawiki", ".wikitext"), known.mediawiki, _lazy("markup.mediawiki")),
    Format("asciidoc", "AsciiDoc: tables of terms, and description lists, such as those of [glossary]",
           ASCIIDOC, known.asciidoc, _lazy("markup.asciidoc")),
    Format("latex", r"LaTeX: \newglossaryentry, \newacronym, \newabbreviation, \acro, \DeclareAcronym",
           LATEX, known.latex, _lazy("markup.latex")),
    *map(tree_format, TREES),
    Format("obsidian", "notes of Obsidian: a note an entry, [[links]], aliases in front matter",
           MARKDOWN, known.obsidian, _lazy("markdown.obsidian"), is_page=True),
    Format("notion", "pages of Notion: a heading, lines of properties, text; ids in file names",
           MARKDOWN, known.notion, _lazy("markdown.notion"), is_page=True),
    Format("page", "Markdown with front matter, a page an entry: MDN, Kubernetes, Hugo, CNCF",
           MARKDOWN, known.page, _lazy("markdown.page_per_term"), is_page=True),
    Format("ezglossary", "Markdown of mkdocs-ezglossary: definition lists with `section:term`",
           MARKDOWN, known.ezglossary, _lazy("markdown.ezglossary")),
    Format("myst", "MyST: Markdown with {glossary} directives",
           MARKDOWN, known.myst, _lazy("markdown.myst")),
    Format("markdown-table", "tables in Markdown, as Google Docs writes them",
           MARKDOWN, known.markdown_table, _lazy("markdown.reader", "tables")),
    Format("markdown", "Markdown of many terms: headings or definition lists",
           MARKDOWN, known.anything, _lazy("markdown.reader")),
    Format("sphinx", "reStructuredText: glossary directives of Sphinx, definition lists",
           (".rst", ".rest", ".txt"), known.sphinx, _lazy("sphinx.reader")),
    Format("openmetadata", "the CSV layout of OpenMetadata",
           (".csv",), known.openmetadata, _lazy("catalogues.openmetadata")),
    Format("table", "CSV and TSV of any program: Excel, Anki, Notion, memoQ, MultiTerm, IATE, pyglossary",
           _TABLE, known.anything, _table("delimited")),
    Format("text-table", "tables in .txt: Unicode text of Excel, text exports of Anki",
           (".txt",), known.text_table, _table("delimited")),
    Format("spreadsheet", "workbooks of Excel and OpenDocument: all visible sheets",
           (".xlsx", ".xlsm", ".ods"), known.anything, _table("spreadsheets")),
    Format("document", "Word and OpenDocument text: tables, or headings with paragraphs",
           (".docx", ".odt"), known.anything, _lazy("tables.documents")),
    Format("defined-terms", "schema.org DefinedTerm and DefinedTermSet as JSON-LD, also inside of HTML",
           (*_JSON, *HTML, ".txt"), known.defined_terms, _lazy("vocabularies.defined_terms")),
    Format("json-ld", "SKOS or OWL as JSON-LD", _JSON, known.json_ld, _lazy("rdf.skos", "json-ld")),
    Format("json", "JSON: a list or a mapping of entries",
           _JSON, known.anything, _lazy("json_records", "json")),
    Format("jsonl", "JSON Lines: an entry a line",
           (".jsonl", ".ndjson"), known.anything, _lazy("json_records", "jsonl")),
    Format("turtle", "SKOS or OWL as Turtle",
           (".ttl", ".turtle", ".nt"), known.turtle, _lazy("rdf.skos", "turtle")),
    Format("obo", "the OBO flat file format of ontologies",
           (".obo", ".txt"), known.obo, _lazy("vocabularies.obo")),
    Format("tbx", "TBX: ISO 30042 of 2019 (DCT and DCA) and of 2008 (martif)",
           XML, known.tbx, _lazy("vocabularies.tbx")),
    Format("rdf-xml", "SKOS or OWL as RDF/XML", XML, known.rdf_xml, _lazy("rdf.skos", "rdf-xml")),
    Format("html-table", "tables in HTML", HTML, known.html_table, _table("html_tables")),
    Format("html", "HTML: definition lists, or headings with paragraphs",
           HTML, known.html, _lazy("html.reader")),
    Format("datahub", "business glossaries of DataHub, YAML",
           YAML, known.datahub, _lazy("catalogues.datahub")),
    Format("yaml", "YAML: a list or a mapping of entries, also with a block for each language",
           YAML, known.anything, _lazy("json_records", "yaml")),
    Format("dictd", "dictionaries of dictd: NAME.index beside NAME.dict or NAME.dict.dz",
           (".index",), known.dictd, _lazy("dictionaries.dictd")),
    Format("stardict", "dictionaries of StarDict: NAME.ifo beside .idx, .dict and .syn",
           (".ifo",), known.stardict, _lazy("dictionaries.stardict")),
    Format("wordnet", "the database files of WordNet: data.noun, data.verb, data.adj, data.adv",
           (".noun", ".verb", ".adj", ".adv"), known.wordnet, _lazy("dictionaries.wordnet"), in_parts=True),
    Format("term-lines", "plain text: a term and its definition on a line, `term: definition`",
           (".txt",), known.term_lines, _lazy("plain_text.term_lines")),
    Format("text", "plain text: a term, a blank line, its definition",
           (".txt",), known.anything, _lazy("plain_text.plain")),
)  # fmt: skip
"""In order: of the formats of a suffix the first that recognises a file reads it."""
