"""Reader of TBX: ISO 30042 of 2019, both styles (DCT and DCA), and of 2008 (martif).

A concept has one definition for all languages or one for each, and terms in each language. The
first term of a language that is not deprecated is the entry's, the others are aliases; superseded
and deprecated terms are hidden labels. Both styles are read alike: the name of a DCT element is the
`type` of a DCA element.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from lxml import etree

from semsearch.core.entries import Details, Refusal, Source
from semsearch.core.errors import ImportFailed
from semsearch.importers.fields import shorten
from semsearch.importers.parse_errors import xml_reason
from semsearch.importers.records import Item, ReadOptions, Record
from semsearch.importers.text_files import read_text
from semsearch.importers.xml_safety import check_xml, line_of

_CONCEPTS = ("conceptEntry", "termEntry")
_LANGUAGES = ("langSec", "langSet")
_TERMS = ("termSec", "tig", "ntig")
_TYPED = ("descrip", "admin", "termNote", "ref", "xref", "transac", "note")
"""DCA elements whose `type` says what they contain."""
_STATUS = ("administrativeStatus", "normativeAuthorization")
_EXAMPLES = ("example", "context", "sampleSentence")
_FORMER = ("deprecatedTerm", "supersededTerm", "obsoleteTerm")
_XML = "{http://www.w3.org/XML/1998/namespace}"


@dataclass(slots=True)
class _Term:
    name: str
    status: str = ""
    examples: tuple[str, ...] = ()

    @property
    def is_former(self) -> bool:
        return self.status.startswith(_FORMER)


@dataclass(slots=True)
class _Properties:
    """The texts and targets of a concept, or of one language of it, by kind."""

    parts: dict[str, list[str]] = field(default_factory=dict)
    targets: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, text: str, target: str) -> None:
        if text:
            self.parts.setdefault(kind, []).append(text)
        if target or text:
            self.targets.setdefault(kind, []).append(target.removeprefix("#") or text)

    def of(self, *kinds: str) -> tuple[str, ...]:
        return tuple(text for kind in kinds for text in self.parts.get(kind, ()))

    def to(self, *kinds: str) -> tuple[str, ...]:
        return tuple(to for kind in kinds for to in self.targets.get(kind, ()))


def read(path: Path, options: ReadOptions) -> Iterator[Item]:
    """Read a TBX file, concept by concept.

    Args:
        path: the file.
        options: not used.

    Yields:
        Item: a record for each concept in each language with terms and a definition, a refusal for
        each concept without any.

    Raises:
        ImportFailed: it is not well-formed XML, or its entities are dangerous.
    """
    del options
    text = read_text(path)
    check_xml(text, path)
    start = text.find("<", text.find("?>") + 2) if text.lstrip().startswith("<?xml") else 0
    padding = "\n" * text.count("\n", 0, max(start, 0))
    data = BytesIO((padding + text[max(start, 0) :]).encode())
    events = etree.iterparse(
        data,
        events=("end",),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        for _, element in events:
            if _name(element) in _CONCEPTS:
                yield from _items(element, str(path))
                element.clear()
                while (
                    element.getprevious() is not None
                ):  # free the memory of concepts that were read
                    del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise ImportFailed(xml_reason(error.msg), path, error.lineno or None) from error


def _items(concept: etree._Element, file: str) -> Iterator[Item]:
    source = Source(file, line_of(concept))
    common = _properties_of(concept)
    sections = [part for part in concept if _name(part) in _LANGUAGES]
    read = [(_language(section), _properties_of(section), _terms(section)) for section in sections]
    defined = [
        one for one in read if one[2] and (one[1].of("definition") or common.of("definition"))
    ]
    by_language = [one for one in defined if one[1].of("definition")]
    if not defined:
        name = next((terms[0].name for _, _, terms in read if terms), concept.get("id", ""))
        yield Refusal(source, f"no definition of {shorten(name)!r}" if name else "no term")
        return
    # a definition for all languages makes one entry, since its language is not stated
    chosen = by_language or defined[:1]
    undefined = [term for one in read if one not in chosen for term in one[2]]
    for place, (language, properties, terms) in enumerate(chosen):
        more = () if place else undefined
        yield _record(
            concept.get("id", ""),
            language,
            (properties, common),
            terms,
            more,
            source,
            is_main=not place,
        )


def _record(
    id_: str,
    language: str,
    properties: tuple[_Properties, _Properties],
    terms: list[_Term],
    undefined: Iterable[_Term],
    source: Source,
    *,
    is_main: bool,
) -> Record:
    def of(*kinds: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(text for one in properties for text in one.of(*kinds)))

    def to(*kinds: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(target for one in properties for target in one.to(*kinds)))

    first = next((term for term in terms if not term.is_former), terms[0])
    others = [term for term in (*terms, *undefined) if term is not first]
    definition = properties[0].of("definition") or properties[1].of("definition")
    status = first.status.removesuffix("-admn-sts")
    return Record(
        first.name,
        "\n\n".join(definition),
        source,
        tuple(term.name for term in others if not term.is_former),
        language=language,
        see_also=to("crossReference", "seeAlso"),
        details=Details(
            category="; ".join(of("subjectField")),
            status=status,
            examples=(*of(*_EXAMPLES), *(text for term in terms for text in term.examples)),
            sources=of("source"),
            broader=to(
                "superordinateConcept",
                "superordinateConceptGeneric",
                "superordinateConceptPartitive",
            ),
            narrower=to(
                "subordinateConcept", "subordinateConceptGeneric", "subordinateConceptPartitive"
            ),
            related=to("relatedConcept", "associatedConcept"),
            hidden_labels=tuple(term.name for term in others if term.is_former),
        ),
        key=id_,
        hint=id_ if is_main or not id_ else f"{id_}-{language}",
    )


def _terms(section: etree._Element) -> list[_Term]:
    terms = []
    for part in section.iter():
        if _name(part) in _TERMS:
            name = next((_words(one) for one in part.iter() if _name(one) == "term"), "")
            properties = _Properties()
            _collect(part, properties)
            status = next(iter(properties.of(*_STATUS)), "")
            terms += [_Term(name, status, properties.of(*_EXAMPLES))] if name else []
    return terms


def _properties_of(element: etree._Element) -> _Properties:
    """Collect the texts of one level, including groups but not deeper levels."""
    properties = _Properties()
    _collect(element, properties)
    return properties


def _collect(element: etree._Element, properties: _Properties) -> None:
    stack = [
        part for part in reversed(element) if _name(part) not in (*_LANGUAGES, *_TERMS, "term")
    ]
    while stack:
        part = stack.pop()
        name = _name(part)
        if name.endswith("Grp"):
            stack += list(reversed(part))
        elif name:
            kind = part.get("type", "") if name in _TYPED and part.get("type") else name
            properties.add(kind, _words(part), part.get("target", ""))


def _language(section: etree._Element) -> str:
    return section.get(f"{_XML}lang") or section.get("lang") or "en"


def _words(element: etree._Element) -> str:
    text = etree.tostring(element, method="text", encoding="unicode", with_tail=False)
    return " ".join(text.split())


def _name(element: etree._Element) -> str:
    """Return the local name, also after an undeclared prefix; empty for comments and entities."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""
