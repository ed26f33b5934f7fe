"""Detects a file's format from its first 64 kB and its name."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from semsearch.core.errors import ImportFailed
from semsearch.importers.fields import names_terms
from semsearch.importers.files.text_files import front_matter_lines, opens_front_matter
from semsearch.importers.markdown.many_terms import (
    fields_of,
    has_many_terms,
    is_called_glossary,
    is_glossary_title,
)
from semsearch.importers.tables.table import SEARCHED
from semsearch.importers.trees.known_formats import TREES
from semsearch.importers.trees.tree_format import TreeFormat

STARDICT = "StarDict's dict ifo file"
"""Begins the description of a StarDict dictionary."""
_LINK = re.compile(r"\[\[[^\[\]\n]+\]\]")
_DIRECTIVE = re.compile(r"^(?:`{3,}|~{3,}|:{3,})\s*\{glossary\}", re.MULTILINE)
_RST = re.compile(r"^[ \t]*\.\. [\w:-]+::|^\.\. _[^\n]+:[ \t]*$", re.MULTILINE)
_ELEMENT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_TURTLE = re.compile(
    r"^\s*(?:@?prefix\s+[\w.-]*:\s*<|@?base\s+<)|^<[^>\s]+>\s+(?:a|<[^>\s]+>)\s", re.M | re.I
)
_HEADING = re.compile(r"^#{1,6}[ \t]+([^\n]+)", re.MULTILINE)
_TITLE = re.compile(r"<(?:title|h1)\b[^<>]{0,300}>([^<]{1,300})", re.IGNORECASE)
_HTML_HEADING = re.compile(r"<h([2-6])\b[^<>]{0,300}>\s*([^<]{1,200})", re.IGNORECASE)
_MIN_SORTED = 6
"""Headings of one level in alphabetical order from which a page is a list of terms."""
_NODES = re.compile(r"^(?:nodes|terms):", re.MULTILINE)
_DATAHUB = re.compile(
    r"^(?:nodes|owners|source):|^[ -]*(?:contains|custom_properties|inherits|knowledge_links|"
    r"related_terms|source_ref|source_url|term_source|values):",
    re.MULTILINE,
)
"""What only the glossaries of DataHub have; a list `terms` alone may be any."""
_YAML_TERM = re.compile(r"^[ -]*[\"']?(?:term|definition|def)[\"']?:", re.MULTILINE)
_YAML_TERMS = re.compile(
    r"^[ -]*[\"']?(?:term|name)[\"']?:[^\n]*\n(?:[^\n]*\n){0,20}?[ -]*[\"']?(?:def|definition|description)[\"']?:",
    re.MULTILINE,
)
_LATEX = re.compile(
    r"\\(?:(?:long)?new(?:glossaryentry|acronym|abbreviation)|DeclareAcronym|newacro|acrodef)\b|\\begin\{acronym\}"
)
_ASCIIDOC = re.compile(r"^\[glossary[\],%]", re.MULTILINE)
_ADOC_TITLE = re.compile(r"^={1,3}[ \t]+(\S[^\n]*)", re.MULTILINE)
_ADOC = (".adoc", ".asciidoc", ".asc")
_MARKUP = {".tex": _LATEX, ".ltx": _LATEX} | dict.fromkeys(_ADOC, _ASCIIDOC)
"""What marks a glossary in files of these suffixes, which have many other uses."""
_SECTIONED = re.compile(r"^[\w-]+:[^\s:/][^:\n]*\n(?:[ \t]*\n)?:[ \t]", re.MULTILINE)
_DICTD = re.compile(r"[^\t\n]*\t[A-Za-z0-9+/]+\t[A-Za-z0-9+/]+(?:\t|\n|$)")
_PAGE_ID = re.compile(r"(?<=\S) [0-9a-f]{32}(?:_all)?\Z")
"""What Notion puts behind the names of pages, and of tables and folders of pages."""
_SYNSET = re.compile(r"^\d{8} \d\d [nvasr] [0-9a-f]{2} ", re.MULTILINE)


def anything(_: Path, __: str) -> bool:
    """Accept any file; the last format of a suffix uses this."""
    return True


def in_vault(path: Path) -> bool:
    """Return whether a file lies in a vault of Obsidian, which has a folder of settings."""
    return any((folder / ".obsidian").is_dir() for folder in path.resolve().parents[:8])


def obsidian(path: Path, start: str) -> bool:
    """Accept notes of a vault, and front matter without a title above [[links]]."""
    if in_vault(path):
        return True
    lines = start.split("\n")
    if not opens_front_matter(lines):
        return False
    has_title = "title" in fields_of(start)
    body = "\n".join(lines[front_matter_lines(lines) :])
    return not has_title and _LINK.search(body) is not None


def notion(path: Path, start: str) -> bool:
    """Accept a heading in a file whose name ends with the id of a page of Notion."""
    return without_page_id(path.stem) != path.stem and start.lstrip().startswith("# ")


def without_page_id(name: str) -> str:
    """Return the name of a file or folder of Notion without the id of its page."""
    return _PAGE_ID.sub("", name)


def page(path: Path, start: str) -> bool:
    """Accept front matter, unless the file holds many terms, or tables and is called a glossary."""
    if not opens_front_matter(start.split("\n", 2)) or has_many_terms(path, start):
        return False
    return not (markdown_table(path, start) and is_called_glossary(path, start))


def myst(_: Path, start: str) -> bool:
    """Accept a fenced glossary directive."""
    return _DIRECTIVE.search(start) is not None


def sphinx(path: Path, start: str) -> bool:
    """Accept any directive or target of reStructuredText; a file of its suffix needs none."""
    return path.suffix.lower() in (".rst", ".rest") or _RST.search(start) is not None


def openmetadata(_: Path, start: str) -> bool:
    """Accept the header row of OpenMetadata's export."""
    columns = {c.strip(' "').rstrip("*").casefold() for c in start.split("\n", 1)[0].split(",")}
    return {"parent", "name", "description"} <= columns and bool(
        columns & {"displayname", "synonyms", "relatedterms", "glossarystatus"}
    )


def text_table(_: Path, start: str) -> bool:
    """Accept directives of Anki, or a row with separators that names a term and a definition."""
    if opens_anki(start):
        return True
    if _TURTLE.search(start):  # its semicolons separate statements
        return False
    lines = start.split("\n", SEARCHED)[:SEARCHED]
    rows = (re.split(sign, line) for line in lines for sign in ("\t", ";", r"\|") if line)
    return any(names_terms([cell.strip('"') for cell in row]) for row in rows)


def opens_anki(start: str) -> bool:
    """Return whether a text begins with the directives of an export of Anki."""
    return start.startswith(("#separator:", "#html:"))


def markdown_table(_: Path, start: str) -> bool:
    """Accept tables of terms with more rows than the text has headings."""
    rows, is_table, before = 0, False, ""
    for line in start.split("\n"):
        if "|" in line and "-" in line and not line.strip("|-: \t"):
            is_table = names_terms([cell.strip(" *_`") for cell in before.strip("| ").split("|")])
        elif "|" in line:
            rows += is_table
        else:
            is_table = False
        before = line
    return rows > sum(len(found[1]) > 1 for found in _HEADING.finditer(start))


def html_table(path: Path, start: str) -> bool:
    """Accept a page with a table of terms and without definition lists."""
    lower = start.lower()
    if "<table" not in lower or "<dl" in lower or not html(path, start):
        return False
    from semsearch.importers.tables.html_tables import tables_in  # noqa: PLC0415

    try:
        every = tables_in(start, path)
    except ImportFailed:  # the reader says so if the file is named
        return False
    return any(names_terms(row.cells) for _, rows in every for row in rows[:SEARCHED])


def _has_html_headings(start: str) -> bool:
    """Return whether a page with headings says that it is a glossary, or has them in order."""
    headings = _HTML_HEADING.findall(start)
    if any(map(is_glossary_title, _TITLE.findall(start))):
        return len(headings) > 1
    names: dict[str, list[str]] = {}
    for level, name in headings:
        if len(name.strip()) > 1:
            names.setdefault(level, []).append(name.strip().casefold())
    most = max(names.values(), key=len, default=[])
    return len(most) >= _MIN_SORTED and most == sorted(most)


def defined_terms(path: Path, start: str) -> bool:
    """Accept schema.org's type, in JSON or in a script of a page."""
    if "DefinedTerm" not in start:
        return False
    if path.suffix.lower() in (".json", ".jsonld"):
        return "schema.org" in start
    return "application/ld+json" in start


def json_ld(path: Path, start: str) -> bool:
    """Accept a context, or ids together with the vocabulary of SKOS."""
    if path.suffix.lower() == ".jsonld":
        return True
    return '"@context"' in start or ('"@id"' in start and "skos/core#" in start)


def turtle(path: Path, start: str) -> bool:
    """Accept prefixes, or a triple on the first line; a file of its suffix needs neither."""
    return path.suffix.lower() in (".ttl", ".turtle", ".nt") or _TURTLE.search(start) is not None


def obo(path: Path, start: str) -> bool:
    """Accept the first line of a header; a file of its suffix needs none."""
    return path.suffix.lower() == ".obo" or start.startswith("format-version:")


def tbx(_: Path, start: str) -> bool:
    """Accept TBX's root elements."""
    return _root(start) in ("tbx", "martif")


def rdf_xml(_: Path, start: str) -> bool:
    """Accept RDF's root element or namespace."""
    return _root(start) == "rdf" or "22-rdf-syntax-ns#" in start


def html(path: Path, start: str) -> bool:
    """Accept a page; a file of its suffix needs no root element."""
    return path.suffix.lower() in (".html", ".htm", ".xhtml") or _root(start) == "html"


def datahub(_: Path, start: str) -> bool:
    """Accept `nodes` or `terms` with keys of DataHub, and terms by `name` and not by `term`."""
    is_own = _NODES.search(start) is not None and _DATAHUB.search(start) is not None
    return is_own and _YAML_TERM.search(start) is None


def dictd(path: Path, start: str) -> bool:
    """Accept headword, offset and length, if the file with the text exists."""
    has_text = any(path.with_suffix(s).exists() for s in (".dict", ".dict.dz"))
    return path.suffix == ".index" and has_text and _DICTD.match(start) is not None


def stardict(_: Path, start: str) -> bool:
    """Accept StarDict's first line."""
    return start.startswith(STARDICT)


def mediawiki(path: Path, start: str) -> bool:
    """Accept a dump of pages; a file of wikitext needs nothing."""
    is_text = path.suffix.lower() in (".wiki", ".mediawiki", ".wikitext")
    return is_text or root_element(start) == "mediawiki"


def asciidoc(path: Path, start: str) -> bool:
    """Accept a glossary block; a file of its suffix needs none."""
    return path.suffix.lower() in _ADOC or _ASCIIDOC.search(start) is not None


def latex(_: Path, start: str) -> bool:
    """Accept a command that defines an entry."""
    return _LATEX.search(start) is not None


def ezglossary(_: Path, start: str) -> bool:
    """Accept definition lists in which terms have sections, `linux:kernel`."""
    return len(_SECTIONED.findall(start)) > 1 or (
        _SECTIONED.search(start) is not None and "<glossary::" in start
    )


def term_lines(path: Path, start: str) -> bool:
    """Accept a text of which most lines are a term and its definition."""
    from semsearch.importers.plain_text.term_lines import is_term_lines  # noqa: PLC0415 - of text files only

    return path.suffix.lower() == ".txt" and is_term_lines(start)


def text(start: str) -> bool:
    """Accept plain text in which terms and definitions take turns."""
    from semsearch.importers.plain_text.plain import is_text_glossary  # noqa: PLC0415 - only for messages

    return is_text_glossary(start)


def tree(row: TreeFormat) -> Callable[[Path, str], bool]:
    """Return the function that accepts the root element and the texts that a row states."""

    def knows(_: Path, start: str) -> bool:
        is_root = not row.roots or root_element(start) in row.roots
        return is_root and bool(row.roots or row.holds) and all(one in start for one in row.holds)

    return knows


def is_glossary(path: Path, start: str) -> bool:
    """Return whether a file is a glossary although its suffix has many other uses.

    Folders also contain settings and pages.
    """
    suffix = path.suffix.lower()
    if any(suffix in row.suffixes and tree(row)(path, start) for row in TREES):
        return True
    if suffix in _MARKUP:
        rows = (line.strip("| ").split("|") for line in start.split("\n") if line[:1] == "|")
        is_titled = suffix in _ADOC and is_glossary_title("".join(_ADOC_TITLE.findall(start)[:1]))
        return is_titled or bool(_MARKUP[suffix].search(start)) or any(map(names_terms, rows))
    if suffix in (".yaml", ".yml"):
        return _NODES.search(start) is not None or _YAML_TERMS.search(start) is not None
    if suffix in (".html", ".htm", ".xhtml"):
        is_list = "<dl" in start.lower() or defined_terms(path, start)
        return is_list or _has_html_headings(start) or html_table(path, start)
    if suffix == ".xml":
        return tbx(path, start) or rdf_xml(path, start) or mediawiki(path, start)
    return dictd(path, start) if suffix == ".index" else ".. glossary::" in start


def wordnet(_: Path, start: str) -> bool:
    """Accept a synset after the licence."""
    return _SYNSET.search(start) is not None


def _root(start: str) -> str:
    return root_element(start).lower()


def root_element(start: str) -> str:
    """Return the local name of the first XML or HTML element, or an empty text."""
    at = _skip_space(start, 0)
    while start.startswith(("<?", "<!"), at):
        at = _skip_space(start, _after_declaration(start, at))
    found = _ELEMENT.match(start, at)
    return found[1] if found else ""


def _after_declaration(start: str, at: int) -> int:
    """Return the end of a comment, an instruction or a document type.

    A failed search ends the file, so this is linear.
    """
    end = "-->" if start.startswith("<!--", at) else "?>" if start.startswith("<?", at) else ">"
    subset = start.find("[", at, start.find(">", at)) if end == ">" else -1
    found = start.find("]", subset) if subset >= 0 else at
    found = start.find(end, found) if found >= 0 else -1
    return len(start) if found < 0 else found + len(end)


def _skip_space(start: str, at: int) -> int:
    return len(start) - len(start[at:].lstrip()) if start[at : at + 1].isspace() else at
