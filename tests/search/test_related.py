"""Related terms: what authors wrote and what is computed, side by side."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.answers import Authored, Reference, Span
from semsearch.core.entries import Details, Entry
from semsearch.core.errors import FormatTooOld
from semsearch.index.manifest import FORMAT
from semsearch.index.relations import RelationCounts
from semsearch.ingest.build import build_index
from semsearch.search.glossary import Glossary
from tests.conftest import WITHOUT_HISTORY, entry

LEAVEN = replace(
    entry("Leaven", "Old dough that makes new dough rise. It is fed with flour and water."),
    see_also=("Loaf", "Nothing", "banneton"),
)
SPONGE = entry("Sponge", "Wet dough that makes new dough rise. It is made of flour and water.")
BASKET = entry(
    "Proofing Basket", "It holds dough while a loaf and its crumb rise.", aliases=("Banneton",)
)
LOAF = entry("Loaf", "Baked bread. A leaven makes it rise.")
CRUMB = entry("Crumb", "The inside of the loaf. See the sponge.")
COPY = entry("Poolish", SPONGE.definition)
ENTRIES = (LEAVEN, SPONGE, BASKET, LOAF, CRUMB, COPY)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an index. Only to be read."""
    folder = tmp_path_factory.mktemp("related") / "index"
    report = build_index(ENTRIES, folder, model="hashed")
    assert report.relations == RelationCounts(links=2, unresolved=1, mentions=5)
    return folder


def test_authored_relations_come_in_their_own_groups(index: Path) -> None:
    """Links in the author's order, names without a link, and who refers back, with the places."""
    with Glossary.open(index) as glossary:
        leaven, loaf = glossary.related("leaven"), glossary.related("loaf")
    assert leaven.entry == LEAVEN
    assert leaven.see_also == (
        Reference(LOAF, None, Authored.SEE_ALSO),
        Reference(BASKET, None, Authored.SEE_ALSO),
    )
    assert leaven.mentions == ()
    assert leaven.mentioned_by == (Reference(LOAF, Span(15, 21, "leaven")),)
    assert loaf.mentions == (Reference(LEAVEN, Span(15, 21, "leaven")),)
    assert loaf.mentioned_by == (
        Reference(LEAVEN, None, Authored.SEE_ALSO),
        Reference(BASKET, Span(23, 27, "loaf")),
        Reference(CRUMB, Span(18, 22, "loaf")),
    )
    for related in (leaven, loaf):
        for reference in related.mentions:
            assert reference.span is not None
            text = related.entry.definition[reference.span.start : reference.span.end]
            assert text == reference.span.text


def test_similar_meaning_says_what_connects(index: Path) -> None:
    """The sentence of either entry and the words of both.

    A copy and a linked term are not shown.
    """
    with Glossary.open(index) as glossary:
        leaven, sponge, loaf = (glossary.related(name) for name in ("leaven", "sponge", "loaf"))
    (similar,) = leaven.similar
    assert (similar.rank, similar.entry) == (1, SPONGE)
    because = similar.because
    assert because.sentence == Span(0, 36, "Old dough that makes new dough rise.")
    assert because.other_sentence.text == "Wet dough that makes new dough rise."
    assert because.words == ("dough", "makes", "new", "rise")
    assert similar.similarity > 0.5
    assert [n.entry for n in sponge.similar] == [LEAVEN]
    assert LEAVEN not in [n.entry for n in loaf.similar]


def test_each_group_is_limited(index: Path) -> None:
    """The first of each, and only fewer."""
    with Glossary.open(index) as glossary:
        all_, one = glossary.related("loaf"), glossary.related("loaf", k=1)
    assert one.mentioned_by == all_.mentioned_by[:1]
    assert one.see_also == all_.see_also[:1]
    assert one.similar == all_.similar[:1]


def test_lists_do_not_connect_where_there_are_sentences(tmp_path: Path) -> None:
    """Lists of links resemble each other and say nothing."""
    links = "\n\nOn the web\n\n- The bread site of the mill\n- More bread"
    one = entry("Rye", f"A dark grain for dark bread.{links}")
    other = entry("Spelt", f"An old grain for light bread.{links}.")
    build_index([one, other, *ENTRIES], tmp_path, model="hashed")
    with Glossary.open(tmp_path) as glossary:
        (similar,) = glossary.related("rye").similar
    assert similar.because.sentence.text == "A dark grain for dark bread."
    assert similar.because.other_sentence.text == "An old grain for light bread."


def test_an_index_from_before_links_says_so_and_is_mended(tmp_path: Path) -> None:
    """Format 1 and schema 1 of the store: refused with the command; only tokens are made anew."""
    index = tmp_path / "index"
    bare = [replace(e, see_also=()) for e in ENTRIES]
    build_index(bare, index, model="hashed")
    _make_old(index)
    with pytest.raises(FormatTooOld, match=f"has format 1, this version reads {FORMAT}; run"):
        Glossary.open(index)
    report = build_index(ENTRIES, index, model="hashed")
    assert (report.embedded, report.published) == (len({e.definition for e in ENTRIES}), True)
    assert report.changes.changed == (LEAVEN.id,)
    assert report.changes.unchanged == len(ENTRIES) - 1
    with Glossary.open(index) as glossary:
        assert glossary.entry("leaven") == LEAVEN
        assert [r.entry for r in glossary.related("leaven").see_also] == [LOAF, BASKET]


def _make_old(index: Path) -> None:
    """Give an index the schema of the store and the pointer of the first format."""
    connection = sqlite3.connect(index / "store.db")
    connection.executescript(WITHOUT_HISTORY)
    connection.executescript(
        "ALTER TABLE entry DROP COLUMN see_also; DROP TABLE tokens; PRAGMA user_version=1;"
    )
    connection.close()
    pointer = json.loads((index / "CURRENT").read_text())
    (index / "CURRENT").write_text(json.dumps(pointer | {"format": 1}))
    shutil.rmtree(index / "generations" / "000001")
    (index / "generations" / "000001").mkdir()


def test_links_that_change_are_published_without_embedding(tmp_path: Path) -> None:
    """Another link is another entry, with the same texts."""
    build_index(ENTRIES, tmp_path, model="hashed")
    relinked: list[Entry] = [replace(LEAVEN, see_also=("crumb",)), *ENTRIES[1:]]
    report = build_index(relinked, tmp_path, model="hashed")
    assert (report.embedded, report.published, report.changes.changed) == (0, True, (LEAVEN.id,))
    with Glossary.open(tmp_path) as glossary:
        assert [r.entry for r in glossary.related("leaven").see_also] == [CRUMB]


def test_authored_relations_say_what_they_are(tmp_path: Path) -> None:
    """Relations may name entries by id or by any name.

    Seen from the other side broader is narrower; what nobody stated is null.
    """
    loaf = replace(LOAF, definition="Baked bread.")
    roll = replace(
        entry("Roll", "A small one, not the sponge."),
        see_also=("Crumb",),
        details=Details(
            broader=("Loaf", "Nothing"), narrower=("bakery:leaven",), related=("banneton",)
        ),
    )
    build_index((loaf, LEAVEN, SPONGE, BASKET, CRUMB, roll), tmp_path / "index", model="hashed")
    with Glossary.open(tmp_path / "index") as glossary:
        related = glossary.related("Roll")
        told = {r.entry.term: r.relation for r in (*related.see_also, *related.mentions)}
        back = {
            name: {r.entry.term: r.relation for r in glossary.related(name).mentioned_by}.get(
                "Roll"
            )
            for name in told
        }
    assert told == {
        "Loaf": "broader",
        "Leaven": "narrower",
        "Proofing Basket": "related",
        "Crumb": "see_also",
        "Sponge": None,
    }
    assert back == told | {"Loaf": "narrower", "Leaven": "broader"}
