"""Shared by the tests of exporters: random entries, and the import of exported files."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

from hypothesis import assume
from hypothesis import strategies as st

from semsearch.core.entries import DETAILS, NO_DETAILS, Details, Entry, Source
from semsearch.exporters import ExportContext, GlossaryExport, target_named
from semsearch.exporters.context import name_of
from semsearch.importers import read_corpus
from semsearch.importers.markdown_writer.from_markdown import kept_markdown, text_in_markdown
from semsearch.importers.records import Record
from semsearch.importers.records_to_entries import make_entries
from semsearch.text.links import Links
from semsearch.text.normalise import in_markdown

ADDRESS = "https://glossary.example/"
_SOURCE = Source("hand", 1)
_WORDS = st.text(
    st.one_of(
        st.sampled_from(
            "ab cdeAB-_.,:;|/\\'\"<>&{}()[]#*`~=+@!?$%^01\n\té\u00a0漢字ßдא\u0301€\ufffe"
        ),
        st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"], max_codepoint=0x2FFFF),
    ),
    min_size=1,
    max_size=30,
)
_NAMES = st.one_of(
    st.sampled_from(
        [
            *("Whisk", "C++", "TCP/IP", "-webkit-", "Foo, bar", "a;b", "<br>", "&nbsp;", "&amp;"),
            *("R&amp;D", "Input / output", "A; B,two", "yes, no", "'@' sign", "salt, pepper"),
        ]
    ),
    _WORDS,
)
_SENTENCES = st.one_of(
    st.sampled_from(
        [
            "A bowl.\n\n- round\n- deep\n  - very deep",
            "The <head> of a page & its {{macro}}.",
            "One line\nand another.",
            "# no heading",
            "1. no list",
            "- ",
            "see http://example.org/x",
            "=SUM(A1)",
            "Aliases: none, really",
            "a  b",
            "Text between <b> and </b> is bold.",
            "Use <br> to break.",
            "The <em> element (closed by </em>) & the &nbsp; entity.",
            "<title> and </title> enclose the title.",
            "<p>A block &amp; <b>more</b>.</p>",
            '<a href="https://example.org/">a link</a>',
            "[captures](params){ body } in [0,1](closed)",
            "See `[a](#b)`, [c](#d), **e** and [f](https://example.org/).",
            "'-ing' ends it",
            "-a' b",
            "a (a%20b)",
        ]
    ),
    _WORDS,
    st.lists(_WORDS, min_size=2, max_size=4).map(" ".join),
)
_IRIS = ["https://a.example/x", "https://b.example/b#whisk", "urn:isbn:1", "no iri", ":x"]
_LANGUAGES = st.sampled_from(["en", "en", "de", "zh-Hans", "pt-BR", "de-CH-1996"])


_FIELD_NAMES = st.one_of(st.sampled_from(["Owner", "Text", "a: b", "id", "=x"]), _NAMES)


@st.composite
def _records(draw: st.DrawFn, names: list[str]) -> Record:
    term, aliases = draw(_NAMES), draw(st.lists(_NAMES, max_size=3).map(tuple))
    own = st.sampled_from([term, *aliases])
    tagged = st.builds("{}@{}".format, own, st.sampled_from(["fr", "it", "sr-Latn"]))
    some = st.lists(_NAMES, max_size=3).map(tuple)
    linked = st.lists(st.sampled_from([*names, "nowhere", "https://example.org/x"]), max_size=3)
    relations = linked.map(tuple)
    definition = draw(_SENTENCES)
    marked = (f"**{in_markdown(definition)}**", f"1. {text_in_markdown(definition)}")
    details = Details(
        category=draw(st.one_of(st.just(""), _SENTENCES)),
        notation=draw(st.one_of(st.just(""), _NAMES)),
        iri=draw(st.sampled_from(["", "", *_IRIS, *names])),
        status=draw(st.sampled_from(["", "preferredTerm", "deprecated", "a\nb"])),
        examples=draw(st.lists(_SENTENCES, max_size=2).map(tuple)),
        sources=draw(
            st.lists(st.one_of(st.just("https://example.org/a b"), _SENTENCES), max_size=2).map(
                tuple
            )
        ),
        broader=draw(relations),
        narrower=draw(relations),
        related=draw(relations),
        hidden_labels=draw(some),
        name_languages=draw(st.lists(tagged, max_size=4).map(tuple)),
        markdown=draw(st.sampled_from(["", *map(kept_markdown, marked)])),
        asked_as=draw(st.lists(_SENTENCES, max_size=3).map(tuple)),
        extra=draw(st.lists(st.tuples(_FIELD_NAMES, _SENTENCES), max_size=3).map(tuple)),
    )
    return Record(
        term,
        definition,
        _SOURCE,
        aliases,
        draw(st.one_of(st.none(), _NAMES)),
        draw(_LANGUAGES),
        draw(relations),
        draw(st.sampled_from([NO_DETAILS, details])),
    )


@st.composite
def glossaries(draw: st.DrawFn) -> list[Entry]:
    """Draw the entries of a glossary, as an import leaves them."""
    names = draw(st.lists(_NAMES, min_size=1, max_size=3))
    made = make_entries(draw(st.lists(_records(names), min_size=1, max_size=5)), "kitchen")
    assume(made.entries)
    return made.entries


def material_of(entries: list[Entry]) -> ExportContext:
    """Make what is exported of some entries."""
    return ExportContext("kitchen", lambda: iter(entries), ADDRESS)


def export(entries: list[Entry], name: str) -> GlossaryExport:
    """Make an export of some entries."""
    return GlossaryExport(target_named(name), material_of(entries))


def written(entries: list[Entry], name: str, folder: Path) -> dict[str, Entry]:
    """Write entries in a format, read them, and return what came of them by id."""
    files = export(entries, name).save(folder)
    first = next((f for f in files if f.suffix == export(entries, name).target.suffix), files[0])
    corpus = read_corpus([f"kitchen={first}"], format=name)
    return {entry.id: entry for entry in corpus.entries}


def as_said(entries: list[Entry], entry: Entry) -> dict[str, object]:
    """Return the content of an entry without the order of names and the wording of links."""
    links = Links(entries)

    def meant(name: str) -> str:
        at = links.target(name)
        return name if at is None else entries[at].id

    said: dict[str, object] = {
        f.name: getattr(entry, f.name)
        for f in fields(Entry)
        if f.name not in ("source", "details", "id")
    }
    said |= {name: getattr(entry.details, name) for name in DETAILS}
    for name in ("see_also", "broader", "narrower", "related"):
        value = said[name]
        assert isinstance(value, tuple)
        # that an entry leads to itself says nothing
        said[name] = {target for link in value if (target := meant(link)) != entry.id}
    # a new address identifies an entry, and the id of the main entry its translations
    iri = entry.details.iri.removeprefix(f"{ADDRESS}entry/kitchen:")
    said["iri"] = "" if iri == name_of(entry) else iri
    for name in (
        "aliases", "hidden_labels", "name_languages", "examples", "sources", "asked_as", "extra",
    ):  # fmt: skip
        value = said[name]
        assert isinstance(value, tuple)
        said[name] = set(value)
    return said


def without_source(entry: Entry) -> Entry:
    """Return an entry as if it came from nowhere."""
    return replace(entry, source=None)
