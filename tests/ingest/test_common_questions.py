"""An index whose entries have common questions: builds, edits, publishing, other versions.

Covers `index/embedded_questions` and `ingest/build_choices`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from semsearch.core.answers import Hit
from semsearch.core.checksums import text_hash
from semsearch.core.entries import Details, Entry
from semsearch.core.progress import Silent
from semsearch.index.backup import back_up
from semsearch.index.manifest import FORMAT, Manifest, publish, read_manifest
from semsearch.index.restore import restore_backup
from semsearch.index.verify import verify
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.ingest.drafts import Draft
from semsearch.ingest.publish import publish_edits
from semsearch.ingest.purge import purge
from semsearch.ingest.upgrade import upgrade, upgrade_restored
from semsearch.search.glossary import Glossary
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.layout import IndexLayout
from semsearch.text import common_questions

KNEADING = {
    "term": "kneading",
    "aliases": [],
    "definition": "Working dough with the hands until gluten makes it smooth and elastic.",
    "questions": ["why must I push and fold the stuff for ten minutes?", "push fold stretch dough"],
}
SCORING = {
    "term": "scoring",
    "aliases": ["slashing"],
    "definition": "Cutting the surface of a loaf before it goes into the oven.",
    "questions": ["what keeps my bread from bursting at its side?", "razor blade pattern on top"],
}
ENTRIES = [
    Entry("bakery:kneading", "Kneading", "Working dough until it is smooth and elastic.", "bakery"),
    Entry("bakery:crumb", "Crumb", "The inside of a loaf, open or dense.", "bakery"),
]
SLASHED = "Cutting the surface of a loaf with a razor before it is baked in the oven."


@pytest.fixture(autouse=True)
def _known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Bring the questions of two concepts only, so that the tests know them."""
    file = tmp_path / "concepts.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in (KNEADING, SCORING)))
    common_questions.write_places(tmp_path)
    monkeypatch.setattr(common_questions, "FOLDER", tmp_path)
    bundled = common_questions.bundled
    bundled.cache_clear()
    yield
    bundled.cache_clear()


def build(
    index: Path, entries: list[Entry] = ENTRIES, *, common_questions: bool | None = None
) -> Path:
    """Build an index of entries without a model."""
    build_index(entries, index, model="hashed", common_questions=common_questions)
    return index


def manifest(index: Path) -> Manifest:
    """Return the manifest of the current generation."""
    return read_manifest(IndexLayout(index))[0]


def first(index: Path, question: str) -> Hit:
    """Return the first hit."""
    with Glossary.open(index) as glossary:
        return glossary.ask(question).hits[0]


def test_an_entry_is_found_by_them(tmp_path: Path) -> None:
    """The evidence says so, the entry itself has no phrases of its own, and all is in order."""
    index = build(tmp_path / "index")
    for question in KNEADING["questions"]:
        hit = first(index, str(question))
        assert hit.entry == ENTRIES[0]
        assert (hit.evidence.phrase, hit.evidence.common_question) == (None, question)
    assert manifest(index).phrases == 2
    verify(index, deep=True)


def test_a_build_may_leave_them_out(tmp_path: Path) -> None:
    """Changing one's mind publishes a generation, and nothing else does."""
    index = build(tmp_path / "index", common_questions=False)
    assert (manifest(index).phrases, manifest(index).common_questions) == (0, "")
    question = str(KNEADING["questions"][0])
    assert first(index, question).evidence.common_question is None
    report = build_index(ENTRIES, index, model="hashed", common_questions=True)
    assert (report.published, report.commonly_asked, report.embedded) == (True, 1, 2)
    assert not build_index(ENTRIES, index, model="hashed").published
    assert build_index(ENTRIES, index, model="hashed", common_questions=False).published


def test_an_index_remembers_that_they_are_left_out(tmp_path: Path) -> None:
    """Builds, edits, publishing, a purge, an upgrade and a backup leave them out as well."""
    index = build(tmp_path / "index", common_questions=False)
    with Editor(index) as editor:
        editor.add("bakery", Draft("Slashing", SLASHED))
        editor.add("bakery", Draft("Oven", "A hot box."))
    publish_edits(IndexLayout(index), Silent())
    purge(index, ["bakery:oven"])
    make_format(index, 8)
    assert upgrade(index).format == FORMAT
    back_up(index, tmp_path / "backup.tar")
    restored = tmp_path / "restored"
    restore_backup(
        tmp_path / "backup.tar", restored, upgrade=partial(upgrade_restored, progress=Silent())
    )
    for one in (index, restored):
        report = build_index(ENTRIES, one, model="hashed")
        assert (report.has_common_questions, report.commonly_asked) == (False, 0)
        assert (manifest(one).phrases, manifest(one).declines_common_questions) == (0, True)


def test_an_index_says_how_many_entries_have_some(tmp_path: Path) -> None:
    """Of the generation and of edits, without what was deleted."""
    index = build(tmp_path / "index")
    with Editor(index) as editor:
        assert commonly_asked(index) == 1
        editor.add("bakery", Draft("Slashing", SLASHED))
        assert commonly_asked(index) == 2
        editor.delete("bakery:kneading")
        assert commonly_asked(index) == 1
    assert commonly_asked(build(tmp_path / "none", common_questions=False)) == 0


def commonly_asked(index: Path) -> int:
    """Return how many entries have common questions."""
    with Glossary.open(index) as glossary:
        return glossary.info().common_questions.entries


def make_format(index: Path, number: int) -> None:
    """Let an index be of an earlier format."""
    current = json.loads((index / "CURRENT").read_text())
    (index / "CURRENT").write_text(json.dumps({**current, "format": number}))


def test_phrases_of_its_author_come_before_them(tmp_path: Path) -> None:
    """Numbers of phrases go on with the common questions."""
    own = Details.of({"asked_as": ["making it stretchy"]})
    entry = Entry("b:k", "Kneading", ENTRIES[0].definition, "b", details=own)
    index = build(tmp_path / "index", [entry])
    assert first(index, "making it stretchy").evidence.phrase == "making it stretchy"
    hit = first(index, "push fold stretch dough")
    assert (hit.evidence.phrase, hit.evidence.common_question) == (None, "push fold stretch dough")


def test_edits_have_them_at_once(tmp_path: Path) -> None:
    """An added entry gets those of its concept, and loses them with its sense."""
    index, question = build(tmp_path / "index"), str(SCORING["questions"][0])
    with Editor(index) as editor:
        editor.add("bakery", Draft("Slashing", SLASHED))
        assert first(index, question).evidence.common_question == question
        publish_edits(IndexLayout(index), Silent())
        assert first(index, question).evidence.common_question == question
        assert manifest(index).phrases == 4
        editor.change("bakery:slashing", definition="A heavy fall of rain.")
        assert first(index, question).evidence.common_question is None
    verify(index, deep=True)


@pytest.fixture
def other_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return what changes the version: it knows one question less and another one."""
    other = tmp_path / "other"
    other.mkdir()
    changed = {**KNEADING, "questions": [KNEADING["questions"][0], "turn and press by hand"]}
    lines = (json.dumps(one) + "\n" for one in (changed, SCORING))
    (other / "concepts.jsonl").write_text("".join(lines))
    common_questions.write_places(other)

    def change() -> None:
        monkeypatch.setattr(common_questions, "FOLDER", other)
        common_questions.bundled.cache_clear()

    return change


def test_an_index_of_another_version_keeps_what_it_can(
    tmp_path: Path, other_version: Callable[[], None]
) -> None:
    """It answers by what it was built with, is published with what both know, and built anew."""
    index, question = build(tmp_path / "index"), str(KNEADING["questions"][1])
    other_version()
    assert first(index, question).evidence.common_question == question
    with Editor(index) as editor:
        editor.add("bakery", Draft("Oven", "A hot box."))
    verify(index, deep=True)
    publish_edits(IndexLayout(index), Silent())
    verify(index, deep=True)
    assert manifest(index).phrases == 1
    kept = str(KNEADING["questions"][0])
    assert first(index, kept).evidence.common_question == kept
    report = build_index(ENTRIES, index, model="hashed")
    assert (report.published, manifest(index).phrases) == (True, 2)


def test_an_edit_by_another_version_is_found(
    tmp_path: Path, other_version: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service that knows other questions shows it, with those of both that have a vector."""
    index = build(tmp_path / "index")
    other_version()
    with Editor(index) as editor:
        editor.change("bakery:kneading", definition="Working dough by hand, smooth and elastic.")
    monkeypatch.setattr(common_questions, "FOLDER", tmp_path)
    common_questions.bundled.cache_clear()
    for question in KNEADING["questions"]:
        assert first(index, str(question)).entry.definition.startswith("Working dough by hand")
    publish_edits(IndexLayout(index), Silent())
    verify(index, deep=True)


def test_another_rule_breaks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry that would have more questions than at build has those that were embedded."""
    slashing = Entry("bakery:slashing", "Slashing", SLASHED, "bakery")
    with monkeypatch.context() as stricter:
        stricter.setattr(common_questions, "MIN_PROBABILITY", 1.1)
        index = build(tmp_path / "index", [*ENTRIES, slashing])
    assert manifest(index).phrases == 0
    with Editor(index) as editor:
        editor.add("bakery", Draft("Oven", "A hot box."))
    publish_edits(IndexLayout(index), Silent())
    verify(index, deep=True)
    purge(index, ["bakery:slashing"])
    verify(index, deep=True)


def test_an_upgrade_adds_none(tmp_path: Path) -> None:
    """Answers stay what they were; the next build adds them, since nobody declined them."""
    layout = IndexLayout(build(tmp_path / "index", common_questions=False))
    made, files = read_manifest(layout)
    earlier = replace(made, declines_common_questions=False)
    files.manifest.write_bytes(earlier.to_bytes())
    publish(layout, earlier)
    make_format(layout.root, 8)
    assert upgrade(layout.root).embedded == 0
    assert manifest(layout.root).common_questions == ""
    assert build_index(ENTRIES, layout.root, model="hashed").commonly_asked == 1


def test_vectors_of_questions_go_with_their_entry(tmp_path: Path) -> None:
    """Nobody needs them after a purge; those of other entries stay."""
    scoring = Entry("bakery:scoring", "Scoring", SLASHED, "bakery")
    index = build(tmp_path / "index", [*ENTRIES, scoring])
    purge(index, ["bakery:scoring"])
    verify(index, deep=True)
    hashes = {str(q): text_hash(str(q)) for one in (KNEADING, SCORING) for q in one["questions"]}
    with closing(EntryReader(IndexLayout(index).store)) as store:
        gone = store.texts.unknown(hashes.values(), manifest(index).embedded_by, ())
    assert gone == {hashes[str(question)] for question in SCORING["questions"]}
