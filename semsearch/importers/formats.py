"""The table of formats: which reader reads which file.

A suffix selects candidates; the first candidate that recognises the file's beginning reads it. The
last candidate of a suffix accepts any file, so that its messages say what is wrong. A file with
another suffix is read if the user names it and a format recognises it. A format that the user names
is not checked. Readers are imported when the first file needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from semsearch.core.entries import Note
from semsearch.core.errors import MissingExtra, UnknownFormat
from semsearch.importers import detection as known
from semsearch.importers.own_formats import own_formats
from semsearch.importers.records import Item, Reader, ReadOptions
from semsearch.importers.text_files import begins, has_front_matter
from semsearch.importers.trees.row import TreeFormat
from semsearch.importers.trees.rows import TREES
from semsearch.importers.xml_roots import reason_against_xml


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


def _lazy(module: str, function: str = "read") -> Reader:
    def read(path: Path, options: ReadOptions) -> Iterator[Item | Note]:
        try:
            reader: Reader = getattr(import_module(f"semsearch.importers.{module}"), function)
        except ModuleNotFoundError as error:
            if (error.name or "").startswith("semsearch"):
                raise
            raise MissingExtra(error.name or "a library", f"reading {path}") from error
        return reader(path, options)

    return read


def _tree(row: TreeFormat) -> Format:
    def read(path: Path, options: ReadOptions) -> Iterator[Item | Note]:
        from semsearch.importers.trees.reader import read as read_tree  # noqa: PLC0415 - lxml

        return read_tree(row, path, options)

    return Format(row.name, row.about, row.suffixes, known.tree(row), read)


_MARKDOWN = (".md", ".markdown")
_JSON = (".json", ".jsonld")
_XML = (".xml", ".rdf", ".owl", ".tbx")
_HTML = (".html", ".htm", ".xhtml")
_TABLE = (".csv", ".tsv")
_YAML = (".yaml", ".yml")

_TREES = tuple(map(_tree, TREES))
_FORMATS = (
    Format(
        "mediawiki",
        "MediaWiki: dumps of pages (XML), and definition lists (`;term` and `:text`)",
        (".xml", ".wiki", ".mediawiki", ".wikitext"),
        known.mediawiki,
        _lazy("markup.mediawiki"),
    ),
    Format(
        "asciidoc",
        "AsciiDoc: description lists, such as those of [glossary]",
        (".adoc", ".asciidoc", ".asc"),
        known.asciidoc,
        _lazy("markup.asciidoc"),
    ),
    Format(
        "latex",
        r"LaTeX: \newglossaryentry, \newacronym and \newabbreviation",
        (".tex", ".ltx"),
        known.latex,
        _lazy("markup.latex"),
    ),
    *_TREES,
    Format(
        "obsidian",
        "notes of Obsidian: a note an entry, [[links]], aliases in front matter",
        _MARKDOWN,
        known.obsidian,
        _lazy("markdown.obsidian"),
        is_page=True,
    ),
    Format(
        "page",
        "Markdown with front matter, a page an entry: MDN, Kubernetes, Hugo, CNCF",
        _MARKDOWN,
        known.page,
        _lazy("markdown.page_per_term"),
        is_page=True,
    ),
    Format(
        "ezglossary",
        "Markdown of mkdocs-ezglossary: definition lists with `section:term`",
        _MARKDOWN,
        known.ezglossary,
        _lazy("markdown.ezglossary"),
    ),
    Format(
        "myst",
        "MyST: Markdown with {glossary} directives",
        _MARKDOWN,
        known.myst,
        _lazy("markdown.myst"),
    ),
    Format(
        "markdown-table",
        "tables in Markdown, as Google Docs writes them",
        _MARKDOWN,
        known.markdown_table,
        _lazy("table", "read_markdown"),
    ),
    Format(
        "markdown",
        "Markdown of many terms: headings or definition lists",
        _MARKDOWN,
        known.anything,
        _lazy("markdown.reader"),
    ),
    Format(
        "sphinx",
        "reStructuredText: glossary directives of Sphinx, definition lists",
        (".rst", ".rest", ".txt"),
        known.sphinx,
        _lazy("sphinx.reader"),
    ),
    Format(
        "openmetadata",
        "the CSV layout of OpenMetadata",
        (".csv",),
        known.openmetadata,
        _lazy("openmetadata"),
    ),
    Format(
        "table",
        "CSV and TSV of any program: Excel, Anki, Notion, memoQ, MultiTerm, IATE, pyglossary",
        _TABLE,
        known.anything,
        _lazy("table"),
    ),
    Format(
        "text-table",
        "tables in .txt: Unicode text of Excel, text exports of Anki",
        (".txt",),
        known.text_table,
        _lazy("table"),
    ),
    Format(
        "spreadsheet",
        "workbooks of Excel and OpenDocument: all visible sheets",
        (".xlsx", ".xlsm", ".ods"),
        known.anything,
        _lazy("table", "read_spreadsheet"),
    ),
    Format(
        "document",
        "Word and OpenDocument text: tables, or headings with paragraphs",
        (".docx", ".odt"),
        known.anything,
        _lazy("tables.documents"),
    ),
    Format(
        "defined-terms",
        "schema.org DefinedTerm and DefinedTermSet as JSON-LD, also inside of HTML",
        (*_JSON, *_HTML, ".txt"),
        known.defined_terms,
        _lazy("defined_terms"),
    ),
    Format(
        "json-ld",
        "SKOS or OWL as JSON-LD",
        _JSON,
        known.json_ld,
        _lazy("rdf.skos", "read_json_ld"),
    ),
    Format(
        "json",
        "JSON: a list or a mapping of entries",
        _JSON,
        known.anything,
        _lazy("json_records"),
    ),
    Format(
        "jsonl",
        "JSON Lines: an entry a line",
        (".jsonl", ".ndjson"),
        known.anything,
        _lazy("json_records", "read_lines"),
    ),
    Format(
        "turtle",
        "SKOS or OWL as Turtle",
        (".ttl", ".turtle", ".nt"),
        known.turtle,
        _lazy("rdf.skos", "read_turtle"),
    ),
    Format(
        "tbx",
        "TBX: ISO 30042 of 2019 (DCT and DCA) and of 2008 (martif)",
        _XML,
        known.tbx,
        _lazy("tbx"),
    ),
    Format(
        "rdf-xml",
        "SKOS or OWL as RDF/XML",
        _XML,
        known.rdf_xml,
        _lazy("rdf.skos", "read_rdf_xml"),
    ),
    Format(
        "html-table",
        "tables in HTML",
        _HTML,
        known.html_table,
        _lazy("table", "read_html"),
    ),
    Format(
        "html",
        "definition lists in HTML",
        _HTML,
        known.html,
        _lazy("html"),
    ),
    Format(
        "datahub",
        "business glossaries of DataHub, YAML",
        _YAML,
        known.datahub,
        _lazy("datahub"),
    ),
    Format(
        "yaml",
        "YAML: a list or a mapping of entries, also with a block for each language",
        _YAML,
        known.anything,
        _lazy("json_records", "read_yaml"),
    ),
    Format(
        "dictd",
        "dictionaries of dictd: NAME.index beside NAME.dict or NAME.dict.dz",
        (".index",),
        known.dictd,
        _lazy("dictd"),
    ),
    Format(
        "stardict",
        "dictionaries of StarDict: NAME.ifo beside .idx, .dict and .syn",
        (".ifo",),
        known.stardict,
        _lazy("stardict"),
    ),
    Format(
        "wordnet",
        "the database files of WordNet: data.noun, data.verb, data.adj, data.adv",
        (".noun", ".verb", ".adj", ".adv"),
        known.wordnet,
        _lazy("wordnet"),
        in_parts=True,
    ),
    Format(
        "text",
        "plain text: a term, a blank line, its definition",
        (".txt",),
        known.anything,
        _lazy("plain"),
    ),
)

FORMATS: dict[str, Format] = {one.name: one for one in _FORMATS}
"""Formats by name; of those with the same suffix the first that recognises a file reads it."""
SUFFIXES: tuple[str, ...] = tuple(dict.fromkeys(s for one in _FORMATS for s in one.suffixes))
"""Suffixes of readable files, in lower case."""
SHARED_SUFFIXES = frozenset(
    {
        *_YAML,
        *_HTML,
        ".xml",
        ".index",
        ".rst",
        ".rest",
        ".tex",
        ".ltx",
        ".adoc",
        ".asciidoc",
        ".asc",
    }
)
"""Suffixes with many other uses; from a folder such files are read only if they contain a
glossary."""

VOCABULARIES = ("turtle", "rdf-xml", "json-ld")
"""Formats that describe concepts, with or without definitions; see `rdf/concepts.py`."""


def named(name: str, path: Path) -> Format:
    """Return the format of a file or folder by name; users may describe some for a folder.

    Raises:
        UnknownFormat: there is none.
    """
    if name in FORMATS:
        return FORMATS[name]
    own = {one.name: one for one in own_formats(path)}
    if name not in own:
        names = ", ".join((*FORMATS, *own))
        raise UnknownFormat(f"no format is called {name!r}; there are {names}", path)
    return _tree(own[name])


def is_wanted(path: Path, format_: str | None = None) -> bool:
    """Return whether a file in a folder is read.

    Args:
        path: the file.
        format_: the name of the format of all files, if the user named one.
    """
    suffix = path.suffix.lower()
    if format_ is not None:
        return suffix in named(format_, path).suffixes
    if any(one.knows(path, begins(path)) for one in _own(path, suffix)):
        return True
    if suffix in SHARED_SUFFIXES:
        return path.is_file() and known.is_glossary(path, begins(path))
    return suffix in SUFFIXES


def _own(path: Path, suffix: str) -> list[Format]:
    """Return the formats that the user described for files like this one."""
    return [_tree(row) for row in own_formats(path) if suffix in row.suffixes]


def is_page(path: Path) -> bool:
    """Return whether a file is one entry of a glossary: Markdown with front matter, or a note."""
    if path.suffix.lower() not in _MARKDOWN:
        return False
    return has_front_matter(path) or known.in_vault(path)


def is_part(path: Path) -> bool:
    """Return whether a file is one of several that form a glossary."""
    return any(one.in_parts and path.suffix.lower() in one.suffixes for one in _FORMATS)


def format_of(path: Path) -> Format:
    """Detect the format of a file.

    Args:
        path: the file, as the user named it.

    Raises:
        UnknownFormat: no reader reads files of this suffix, and none recognises this one.
        ImportFailed: it cannot be read at all.
    """
    suffix = path.suffix.lower()
    start = begins(path)
    own = next((one for one in _own(path, suffix) if one.knows(path, start)), None)
    if own is not None:
        return own
    candidates = [one for one in _FORMATS if suffix in one.suffixes]
    for one in candidates or _FORMATS:
        if (candidates or one.knows is not known.anything) and one.knows(path, start):
            return one
    if candidates:
        if suffix in _XML and (reason := reason_against_xml(start)):
            raise UnknownFormat(reason, path)
        return candidates[-1]
    shown = path.suffix or "files without a suffix"
    hint = suggestion(path)
    raise UnknownFormat(
        f"no reader for {shown}; readers exist for {', '.join(SUFFIXES)}; "
        f"{hint or '`semsearch formats` lists them, and --format names one'}",
        path,
    )


def suggestion(path: Path, used: str = "") -> str:
    """Return a hint at another format that recognises a file; empty if none does.

    Args:
        path: the file.
        used: the format in which it was read.
    """
    start = begins(path)
    for one in _FORMATS:
        if one.name != used and one.knows is not known.anything and one.knows(path, start):
            return f"it looks like {one.name}: --format {one.name}"
    is_text = used != "text" and known.text(start)
    return "it looks like terms and paragraphs: --format text" if is_text else ""


def format_name(path: Path, format_: str | None = None) -> str:
    """Return the name of the format in which a file is read; see `reader_for`."""
    return (format_of(path) if format_ is None else named(format_, path)).name


def reader_for(path: Path, format_: str | None = None) -> Reader:
    """Return the reader of a file.

    Args:
        path: the file, as the user named it.
        format_: the name of its format, if the user named one.

    Raises:
        UnknownFormat: no reader reads such files, or there is no such format.
        ImportFailed: it cannot be read at all.
    """
    return (format_of(path) if format_ is None else named(format_, path)).read
