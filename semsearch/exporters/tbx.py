"""Writes TBX-Basic in DCT style: ISO 30042:2019 with the modules `min` and `basic`.

See https://www.tbxinfo.net.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from semsearch.core.entries import Entry
from semsearch.exporters.context import LANGUAGE, ExportContext, parts_of, several
from semsearch.exporters.skos import is_xml, xml_text

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<tbx type="TBX-Basic" style="dct" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2" \
xmlns:min="http://www.tbxinfo.net/ns/min" xmlns:basic="http://www.tbxinfo.net/ns/basic">
  <tbxHeader><fileDesc><sourceDesc><p>{title}</p></sourceDesc></fileDesc></tbxHeader>
  <text><body>
"""
_TAIL = b"  </body></text>\n</tbx>\n"
_STATUSES = ("preferredTerm", "admittedTerm")
"""Statuses of terms that may be used; an entry's own term has no other one."""
_HELD = frozenset(
    {"id", "term", "definition", "aliases", "language",
     "see_also", "category", "status", "examples", "sources", "hidden_labels"}
)  # fmt: skip


def write(context: ExportContext) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the file."""
    yield ".tbx", _pieces(context)


def _pieces(context: ExportContext) -> Iterator[bytes]:
    yield _HEAD.format(title=escape(context.glossary)).encode()
    for entry in context.entries():
        yield _concept(entry, context).encode()
    yield _TAIL


def _concept(entry: Entry, context: ExportContext) -> str:
    details = entry.details
    subject = _part("min:subjectField", details.category) if details.category else ""
    sources = "".join(_part("basic:source", source) for source in details.sources)
    links = "".join(
        _part("basic:crossReference", name, f" target={quoteattr(f'#{_xml_id(id_)}')}")
        for name, id_ in _targets(entry, context)
    )
    terms = [
        _term(entry.term, details.status if details.status in _STATUSES else "", details.examples),
        *(_term(alias) for alias in entry.aliases),
        *(_term(label, "deprecatedTerm") for label in details.hidden_labels),
    ]
    return (
        f"    <conceptEntry id={quoteattr(_xml_id(entry.id))}>{subject}{links}\n"
        f"      <langSec xml:lang={quoteattr(entry.language or LANGUAGE)}>\n"
        f"        <descripGrp>{_part('basic:definition', entry.definition)}{sources}</descripGrp>\n"
        f"{''.join(terms)}      </langSec>\n    </conceptEntry>\n"
    )


def _term(name: str, status: str = "", examples: tuple[str, ...] = ()) -> str:
    status_note = _part("min:administrativeStatus", f"{status}-admn-sts") if status else ""
    contexts = "".join(_part("basic:context", example) for example in examples)
    return f"        <termSec>{_part('term', name)}{status_note}{contexts}</termSec>\n"


def _part(name: str, text: str, attributes: str = "") -> str:
    return f"<{name}{attributes}>{escape(xml_text(text))}</{name}>"


def _xml_id(id_: str) -> str:
    """Return an id that XML allows: it may not begin with a digit or a symbol."""
    name = id_.partition(":")[2]
    return name if name[:1].isalpha() else f"_{name}"


def _targets(entry: Entry, context: ExportContext) -> Iterator[tuple[str, str]]:
    for name in entry.see_also:
        id_ = context.id_of(name)
        if id_ is not None:
            yield name, id_


def lost(entry: Entry, context: ExportContext) -> Iterator[str]:
    """Yield the parts without a category in TBX-Basic, and texts whose line breaks are lost."""
    if entry.id in context.repeated:
        yield "entry"
    parts = {"term": entry.term, "definition": entry.definition, **parts_of(entry)}
    for name, value in parts.items():
        if name not in _HELD or not all(map(_is_held, several(value))):
            yield name
    if entry.details.status and entry.details.status not in _STATUSES:
        yield "status"
    if any(context.id_of(name) is None for name in entry.see_also):
        yield "see_also"


def _is_held(text: str) -> bool:
    return is_xml(text) and " ".join(text.split()) == text
