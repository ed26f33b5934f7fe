"""Reader of TBX: ISO 30042 of 2019, both styles (DCT and DCA), and of 2008 (martif).

A concept has one definition for all languages, or one in each language or beside a term. Each
language with a definition becomes an entry. Its headword is the preferred term, else an admitted
one, else the first; the others are aliases. Deprecated and superseded terms are hidden labels. Both
styles are read alike: the name of a DCT element is the `type` of a DCA element.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from lxml import etree

from semsearch.core.entries import Details, Field, Source
from semsearch.core.errors import ImportFailed
from semsearch.importers.files.text_files import read_text
from semsearch.importers.name_languages import tagged
from semsearch.importers.parse_errors import xml_reason
from semsearch.importers.records import Item, ReadOptions, Record
from semsearch.importers.xml_safety import check_xml, line_of, without_declaration

_CONCEPTS = ("conceptEntry", "termEntry")
_LANGUAGES = ("langSec", "langSet")
_TERMS = ("termSec", "tig", "ntig")
_TYPED = ("descrip", "admin", "termNote", "ref", "xref", "transac", "note")
"""DCA elements whose `type` says what they contain."""
_STATUS = (
    "administrativestatus", "normativeauthorization", "termstatus", "usagestatus", "status",
    "evaluation",
)  # fmt: skip
"""Kinds that hold the status of a term; the first that has a known word counts."""
_PREFERRED, _ADMITTED = "preferredTerm", "admittedTerm"
_STATUS_WORDS = {
    word: status
    for status, words in {
        _PREFERRED: "preferred recommended standardized standard",
        _ADMITTED: "admitted admissible allowed permitted acceptable accepted",
        "deprecatedTerm": "deprecated notrecommended nonrecommended forbidden prohibited rejected "
        "notapproved notallowed disallowed donotuse avoid banned",
        "supersededTerm": "superseded obsolete outdated replaced",
    }.items()
    for word in words.split()
}
"""The statuses of ISO 30042 by the words in use, in lower-case letters without "term"."""
_RANKS = {_PREFERRED: 0, _ADMITTED: 1, "deprecatedTerm": 3, "supersededTerm": 3}
"""Order of terms: the first of a language is its headword. A term without a known status has 2."""
_DEFINITION = ("definition", "explanation")
_CATEGORY = ("subjectfield",)
_EXAMPLES = ("example", "context", "samplesentence")
_SOURCES = ("source",)
_SEE_ALSO = ("crossreference", "seealso")
_BROADER = (
    "superordinateconcept", "superordinateconceptgeneric", "superordinateconceptpartitive",
)  # fmt: skip
_NARROWER = (
    "subordinateconcept", "subordinateconceptgeneric", "subordinateconceptpartitive",
)  # fmt: skip
_RELATED = ("relatedconcept", "associatedconcept")
_HELD = {
    *_STATUS, *_DEFINITION, *_CATEGORY, *_EXAMPLES, *_SOURCES, *_SEE_ALSO, *_BROADER, *_NARROWER,
    *_RELATED,
}  # fmt: skip
_XML = "{http://www.w3.org/XML/1998/namespace}"


@dataclass(slots=True)
class _Properties:
    """The texts and targets of a concept, a language or a term, by kind in lower-case letters."""

    parts: dict[str, list[str]] = field(default_factory=dict)
    targets: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """The kinds as written."""
    language: str = ""
    """That a definition states by itself."""

    def add(self, kind: str, text: str, target: str) -> None:
        key = _letters(kind)
        if text:
            self.parts.setdefault(key, []).append(text)
        if target or text:
            self.targets.setdefault(key, []).append(target.removeprefix("#") or text)
            self.names.setdefault(key, kind)

    def of(self, *kinds: str) -> tuple[str, ...]:
        return tuple(text for kind in kinds for text in self.parts.get(kind, ()))

    def to(self, *kinds: str) -> tuple[str, ...]:
        return tuple(to for kind in kinds for to in self.targets.get(kind, ()))

    def unheld(self) -> Iterator[Field]:
        """Yield the kinds that entries cannot hold, each with its first value."""
        for key, name in self.names.items():
            if key not in _HELD:
                yield name, self.targets[key][0]

    def definitions(self) -> tuple[str, ...]:
        """Return the definitions, or explanations if there are none."""
        return next(filter(None, (self.of(kind) for kind in _DEFINITION)), ())


@dataclass(slots=True)
class _Term:
    name: str
    properties: _Properties

    @property
    def status(self) -> str:
        """Its status in the word of the standard; an unknown one as written."""
        words = self.properties.of(*_STATUS)
        known = (
            _STATUS_WORDS.get(_letters(w).removesuffix("admnsts").removesuffix("term"))
            for w in words
        )
        return next(filter(None, known), words[0] if words else "")

    @property
    def rank(self) -> int:
        return _RANKS.get(self.status, 2)

    @property
    def is_former(self) -> bool:
        return self.rank > 2


@dataclass(slots=True)
class _LanguageSection:
    """A concept in one language: its terms by rank, and its definitions."""

    language: str
    properties: _Properties
    terms: list[_Term]
    definitions: tuple[str, ...]


def read(path: Path, _: ReadOptions) -> Iterator[Item]:
    """Read a TBX file, concept by concept."""
    text = read_text(path)
    check_xml(text, path)
    data = BytesIO(without_declaration(text).encode())
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
    sections = [_section(part) for part in concept if _name(part) in _LANGUAGES]
    named = [section for section in sections if section.terms]
    if named and common.definitions():
        owner = _owner(named, common.language or _language(concept.getroottree().getroot()))
        owner.definitions = tuple(dict.fromkeys((*common.definitions(), *owner.definitions)))
    defined = [section for section in named if section.definitions]
    if not defined:
        name = named[0].terms[0].name if named else concept.get("id", "")
        yield Record(name, "", source)
        return
    others = [section for section in named if not section.definitions]
    for place, section in enumerate(defined):
        more = () if place else others
        yield _record(concept.get("id", ""), section, common, more, source, is_main=not place)


def _owner(sections: list[_LanguageSection], language: str) -> _LanguageSection:
    """Return the section in whose language a definition of the concept is: the first by default."""
    main = language.partition("-")[0].lower()
    same = (one for one in sections if one.language.partition("-")[0].lower() == main)
    return next(same, sections[0])


def _section(part: etree._Element) -> _LanguageSection:
    properties, terms = _properties_of(part), sorted(_terms(part), key=lambda term: term.rank)
    own = (text for term in terms for text in term.properties.definitions())
    definitions = tuple(dict.fromkeys((*properties.definitions(), *own)))
    return _LanguageSection(_language(part), properties, terms, definitions)


def _record(
    id_: str,
    section: _LanguageSection,
    common: _Properties,
    others: Iterable[_LanguageSection],
    source: Source,
    *,
    is_main: bool,
) -> Record:
    """Make the record of a concept in a language; `others` have names only."""
    levels = [section.properties, common, *(term.properties for term in section.terms)]

    def of(*kinds: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(text for one in levels for text in one.of(*kinds)))

    def to(*kinds: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(target for one in levels for target in one.to(*kinds)))

    headword, *rest = section.terms
    sections = [section, *others]
    rest += [term for one in sections[1:] for term in one.terms]
    below = (p for one in sections for p in (one.properties, *(t.properties for t in one.terms)))
    unheld = {name: text for one in (common, *below) for name, text in one.unheld()}
    return Record(
        headword.name,
        "\n\n".join(section.definitions),
        source,
        tuple(term.name for term in rest if not term.is_former),
        language=section.language,
        see_also=to(*_SEE_ALSO),
        details=Details(
            category="; ".join(of(*_CATEGORY)),
            status=headword.status,
            examples=of(*_EXAMPLES),
            sources=of(*_SOURCES),
            broader=to(*_BROADER),
            narrower=to(*_NARROWER),
            related=to(*_RELATED),
            hidden_labels=tuple(term.name for term in rest if term.is_former),
            name_languages=tagged((t.name, one.language) for one in sections for t in one.terms),
        ),
        key=id_,
        hint=id_ if is_main or not id_ else f"{id_}-{section.language}",
        left_out=tuple(sorted(unheld.items())),
    )


def _terms(section: etree._Element) -> Iterator[_Term]:
    for part in section.iter():
        if _name(part) in _TERMS:
            name = next((_words(one) for one in part.iter() if _name(one) == "term"), "")
            if name:
                yield _Term(name, _properties_of(part))


def _properties_of(element: etree._Element) -> _Properties:
    """Collect the texts of one level, including groups but not deeper levels."""
    properties = _Properties()
    stack = [part for part in reversed(element) if _name(part) not in (*_LANGUAGES, *_TERMS)]
    while stack:
        part = stack.pop()
        name = _name(part)
        if name.endswith("Grp"):
            stack += list(reversed(part))
        elif name and name != "term":
            kind = part.get("type", "") if name in _TYPED and part.get("type") else name
            properties.add(kind, _words(part), part.get("target", ""))
            if _letters(kind) in _DEFINITION and part.get(f"{_XML}lang"):
                properties.language = part.get(f"{_XML}lang", "")
    return properties


def _language(section: etree._Element) -> str:
    return section.get(f"{_XML}lang") or section.get("lang") or "en"


def _words(element: etree._Element) -> str:
    text = etree.tostring(element, method="text", encoding="unicode", with_tail=False)
    return " ".join(text.split())


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _name(element: etree._Element) -> str:
    """Return the local name, also after an undeclared prefix; empty for comments and entities."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""
