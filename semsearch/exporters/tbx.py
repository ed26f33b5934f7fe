"""Writes TBX-Basic in DCT style: ISO 30042:2019 with the modules `min` and `basic`.

See https://www.tbxinfo.net.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from semsearch.core.entries import Entry, slug_of
from semsearch.exporters.context import LANGUAGE, ExportContext, name_of, parts_of, several
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
    {"id", "term", "definition", "aliases", "language", "see_also", "category", "status",
     "examples", "sources", "hidden_labels", "name_languages", "iri"}
)  # fmt: skip


def write(context: ExportContext) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the file."""
    yield ".tbx", _pieces(context)


def _pieces(context: ExportContext) -> Iterator[bytes]:
    yield _HEAD.format(title=escape(context.glossary)).encode()
    for entry in context.entries():
        members = context.concepts.members(entry)
        if members[0].id == entry.id:
            yield _concept(members, context).encode()
    yield _TAIL


def _concept(entries: list[Entry], context: ExportContext) -> str:
    """Return a concept with the entries that define it, that in the main language first."""
    main = entries[0]
    category = main.details.category
    subject = _part("min:subjectField", category) if category else ""
    links = "".join(
        _part("basic:crossReference", name, f" target={quoteattr(f'#{_xml_id(id_)}')}")
        for name, id_ in _targets(main, context)
    )
    sections = "".join(_sections(entry) for entry in entries)
    return (
        f"    <conceptEntry id={quoteattr(_xml_id(main.id))}>{subject}{links}\n"
        f"{sections}    </conceptEntry>\n"
    )


def _sections(entry: Entry) -> str:
    """Return an entry in its language, then its names in other languages."""
    details = entry.details
    stated = details.languages()
    order = {name: place for place, name in enumerate(stated)}
    own = {name: [entry.language] for name in (*entry.aliases, *details.hidden_labels)} | stated
    terms: dict[str, list[str]] = {entry.language or LANGUAGE: []}
    for names, status in (entry.aliases, ""), (details.hidden_labels, "deprecatedTerm"):
        ordered = sorted(names, key=lambda name: order.get(name, len(order)))
        for name in ordered:
            for tag in own[name]:
                terms.setdefault(tag, []).append(_term(name, status))
    for tag in stated.get(entry.term, ()):
        if tag != entry.language:
            terms.setdefault(tag, []).insert(0, _term(entry.term))
    status = details.status if details.status in _STATUSES else ""
    sources = "".join(_part("basic:source", source) for source in details.sources)
    definition = f"<descripGrp>{_part('basic:definition', entry.definition)}{sources}</descripGrp>"
    head = f"        {definition}\n{_term(entry.term, status, details.examples)}"
    return "".join(
        f"      <langSec xml:lang={quoteattr(tag)}>\n{head if not place else ''}{''.join(several)}"
        "      </langSec>\n"
        for place, (tag, several) in enumerate(terms.items())
    )


def _term(name: str, status: str = "", examples: tuple[str, ...] = ()) -> str:
    status_note = _part("min:administrativeStatus", f"{status}-admn-sts") if status else ""
    contexts = "".join(_part("basic:context", example) for example in examples)
    return f"        <termSec>{_part('term', name)}{status_note}{contexts}</termSec>\n"


def _part(name: str, text: str, attributes: str = "") -> str:
    return f"<{name}{attributes}>{escape(xml_text(text))}</{name}>"


def _xml_id(id_: str) -> str:
    """Return an id that XML allows: it may not begin with a digit or a symbol."""
    name = slug_of(id_)
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
    if entry.language not in entry.languages_of(entry.term):
        yield "name_languages"
    yield from _lost_of_concept(entry, context)


def _lost_of_concept(entry: Entry, context: ExportContext) -> Iterator[str]:
    """Yield IRIs, which TBX lacks, and what moves between the entries of a concept."""
    members = context.concepts.members(entry)
    main = members[0]
    if entry.details.iri not in ("", name_of(main)):
        yield "iri"
    if main.id != entry.id and name_of(entry) != f"{name_of(main)}-{entry.language.lower()}":
        yield "id"
    if context.concepts.is_mixed(entry):
        yield from ("term", *parts_of(entry))


def _is_held(text: str) -> bool:
    return is_xml(text) and " ".join(text.split()) == text
