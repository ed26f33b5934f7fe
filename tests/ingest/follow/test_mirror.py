"""A mirror over HTTP: everything an entry has arrives, and positions and ETags are the same."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.entries import Details, Entry, Source
from semsearch.core.errors import IndexFollows, SourceRefused
from semsearch.core.presentation import Presentation
from semsearch.core.progress import Silent
from semsearch.exporters import TARGETS
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.ingest.drafts import Draft
from semsearch.ingest.follow import mirror as mirror_module
from semsearch.ingest.follow.first_copy import copy_index
from semsearch.ingest.follow.mirror import MirrorIndex
from semsearch.ingest.follow.service import FollowedService
from semsearch.ingest.publish import publish_edits
from semsearch.ingest.purge import purge
from semsearch.search.glossary import Glossary
from semsearch.storage.entry_store import Edit, EntryStore
from semsearch.storage.files.following import follow_info
from semsearch.storage.files.layout import IndexLayout
from semsearch.text import common_questions
from tests.conftest import ENTRIES, entry
from tests.ingest.follow.source_service import SourceService, key_of, serving_source
from tests.server.service_process import comes

FULL = Entry(
    id="bakery:sourdough",
    term="Sourdough",
    definition="Dough that wild yeast raises.\n\nIt is old.",
    glossary="bakery",
    aliases=("levain", "Sauerteig"),
    language="en",
    source=Source("bakery.md", 12),
    see_also=("Leaven", "harbour:hull"),
    details=Details(
        category="dough",
        notation="B-7",
        status="deprecated",
        iri="https://example.org/sourdough",
        examples=("The sourdough is ripe.",),
        sources=("A book, page 3",),
        broader=("Leaven",),
        narrower=("Crumb",),
        related=("Dutch Oven",),
        hidden_labels=("sour dough",),
        name_languages=("Sauerteig@de",),
        asked_as=("what makes bread sour?", "old dough"),
        markdown="Dough that *wild* yeast raises.\n\nIt is old.",
        extra=(("Owner", "Jane Doe"), ("Note", "Ä & 🥖 \u2028 end")),
    ),
)


@pytest.fixture(scope="module")
def built_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an index with an entry that has every field. Only to be read."""
    index = tmp_path_factory.mktemp("built") / "source"
    build_index([*ENTRIES, FULL], index, model="hashed")
    return index


@pytest.fixture
def source(built_source: Path, tmp_path: Path) -> Path:
    """Give a copy of it that a test may edit."""
    return Path(shutil.copytree(built_source, tmp_path / "source"))


@pytest.fixture
def served(source: Path) -> Iterator[SourceService]:
    """Give the service over it."""
    with serving_source(source) as service:
        yield service


@pytest.fixture
def mirror(served: SourceService, tmp_path: Path) -> Iterator[MirrorIndex]:
    """Give a mirror of it that was just copied."""
    with FollowedService(served.url, served.key) as service:
        copy_index(service, tmp_path / "mirror", Silent())
        with MirrorIndex(tmp_path / "mirror", service, page=3) as made:
            yield made


def catch_up(mirror: MirrorIndex) -> int:
    """Follow until the mirror is in step, and return the number of changes."""
    changes = 0
    while not (step := mirror.step()).is_in_step:
        changes += step.changes
    return changes + step.changes


def exports(index: Path) -> dict[str, bytes]:
    """Return all glossaries in all formats."""
    with Glossary.open(index) as glossary:
        return {
            f"{info.name} {format_}": b"".join(glossary.export(info.name, format_).content())
            for info in glossary.info().glossaries
            for format_ in TARGETS
        }


def test_everything_arrives_byte_by_byte(source: Path, mirror: MirrorIndex, tmp_path: Path) -> None:
    """After edits of all kinds and builds, every export of both is the same."""
    copy = tmp_path / "mirror"
    assert exports(copy) == exports(source)
    with Editor(source) as editor:
        editor.add("bakery", Draft("Scoring", "", details=FULL.details))
        editor.change(FULL.id, aliases=["levain"], details={"status": "", "extra": {"Note": None}})
        editor.teach("bakery:crumb", "what is inside a loaf?")
        editor.delete("bakery:leaven", successor="bakery:crumb")
        editor.put("harbour:hull", Draft("Hull", "All of a ship but the masts."))
        editor.delete(FULL.id)
        editor.restore(FULL.id, 8)
        editor.take('{"term": "Rye", "definition": "A grain."}\n', "grains")
        assert catch_up(mirror) > 0
        assert exports(copy) == exports(source)
        assert editor.position() == Editor(copy).position()
        assert [one.revision for one in editor.changes_since(0)] == [
            one.revision for one in Editor(copy).changes_since(0)
        ]
        assert Editor(copy).successor("bakery:leaven") == "bakery:crumb"
    build_index([FULL, *ENTRIES[::-1]], source, model="hashed")
    publish_edits(IndexLayout(source), Silent())
    assert catch_up(mirror) == 0, "only their order has changed"
    publish_edits(IndexLayout(copy), Silent())
    assert exports(copy) == exports(source)
    renamed = replace(FULL, id="bakery:levain", term="Levain", aliases=("Sourdough",))
    build_index([renamed, *ENTRIES], source, model="hashed", overwrite_edits=True)
    catch_up(mirror)
    publish_edits(IndexLayout(copy), Silent())
    assert exports(copy) == exports(source)
    assert Editor(copy).successor(FULL.id) == Editor(source).successor(FULL.id) == renamed.id


def test_a_purge_leaves_nothing(source: Path, mirror: MirrorIndex, tmp_path: Path) -> None:
    """No file of the mirror has the text any more, and the entry does not come back."""
    purge(source, [FULL.id])
    catch_up(mirror)
    copy = tmp_path / "mirror"
    assert exports(copy) == exports(source)
    found = [
        file
        for file in copy.rglob("*")
        if file.is_file() and b"that wild yeast raises" in file.read_bytes()
    ]
    assert found == []
    assert Editor(copy).changes_since(0)[-1].purged


def test_an_interrupted_purge_is_finished(
    source: Path, mirror: MirrorIndex, tmp_path: Path
) -> None:
    """What was purged in the store and not erased yet is erased by the next run."""
    purge(source, [FULL.id])
    store = IndexLayout(tmp_path / "mirror").store
    before = store.read_bytes()
    mirror.erase = lambda: None  # type: ignore[method-assign]
    catch_up(mirror)
    assert b"that wild yeast raises" in before
    assert b"that wild yeast raises" in store.read_bytes()
    del mirror.erase
    mirror.erase()
    assert b"that wild yeast raises" not in store.read_bytes()


def test_a_mirror_takes_no_edits(
    mirror: MirrorIndex, served: SourceService, tmp_path: Path
) -> None:
    """Edits, imports, builds and purges name the service and the way out; nothing is changed."""
    copy = tmp_path / "mirror"
    before = Editor(copy).position()
    said = f"follows {served.url}; edit there, or stop following with `semsearch follow --stop"
    with Editor(copy) as editor:
        with pytest.raises(IndexFollows, match=said):
            editor.delete("bakery:crumb")
        with pytest.raises(IndexFollows, match=said):
            editor.take('{"term": "Rye", "definition": "A grain."}\n', "grains")
    with pytest.raises(IndexFollows, match=said):
        build_index(ENTRIES, copy, model="hashed")
    with pytest.raises(IndexFollows, match=said):
        purge(copy, ["bakery:crumb"])
    assert Editor(copy).position() == before
    assert mirror.step().is_in_step


def test_a_mirror_says_how_it_stands(
    source: Path, mirror: MirrorIndex, served: SourceService, tmp_path: Path
) -> None:
    """What it follows, up to which revision, and since when; an open index says it, too."""
    copy = tmp_path / "mirror"
    with Glossary.open(copy) as glossary:
        never = glossary.info().follows
        assert never is not None
        assert (never.url, never.in_step_ago_s) == (served.url, None)
        with Editor(source) as editor:
            revision = editor.delete("bakery:crumb").revision
        catch_up(mirror)
        state = glossary.info().follows
        assert state is not None
        assert (state.url, state.position, state.problem) == (served.url, revision, "")
        assert state.in_step_ago_s is not None
        mirror.note_problem("it is down")
        noted = follow_info(IndexLayout(copy))
        assert noted is not None
        assert (noted.position, noted.in_step_at) == (revision, state.in_step_at)
        assert noted.problem == "it is down"
    with Glossary.open(source) as glossary:
        assert glossary.info().follows is None


def test_a_question_sees_what_was_followed(
    source: Path, mirror: MirrorIndex, tmp_path: Path
) -> None:
    """An open index shows the changes with the next question, as it shows edits."""
    with Glossary.open(tmp_path / "mirror") as glossary, Editor(source) as editor:
        editor.add("bakery", Draft("Scoring", "Cuts in a loaf."))
        assert glossary.ask("scoring").hits[0].entry.term != "Scoring"
        catch_up(mirror)
        assert glossary.ask("scoring").hits[0].entry.term == "Scoring"


def test_a_store_that_was_replaced_is_refused(
    source: Path, mirror: MirrorIndex, served: SourceService
) -> None:
    """A position of another store is answered with 410; the message says what to do."""
    keys = IndexLayout(source).keys.read_bytes()
    shutil.rmtree(source)
    build_index([*ENTRIES, FULL], source, model="hashed")
    IndexLayout(source).keys.write_bytes(keys)
    with pytest.raises(SourceRefused, match="Move the index folder away, and run this again"):
        mirror.step()


def test_a_key_for_some_glossaries_is_refused(
    source: Path, mirror: MirrorIndex, served: SourceService, tmp_path: Path
) -> None:
    """The feed is filtered for it, so changes would be missing for good; none is applied."""
    copy = tmp_path / "mirror"
    before = Editor(copy).position()
    with Editor(source) as editor:
        editor.change("harbour:hull", definition="All of a ship but the masts.")
        editor.change("bakery:crumb", definition="The inside of a loaf.")
    with (
        FollowedService(served.url, key_of(source, "bakery")) as restricted,
        MirrorIndex(copy, restricted) as narrow,
        pytest.raises(SourceRefused, match=r"shows this key some glossaries only, .*--glossary"),
    ):
        narrow.step()
    assert Editor(copy).position() == before
    catch_up(mirror)
    assert exports(copy) == exports(source)


def test_what_only_a_copy_brings_is_told(source: Path, mirror: MirrorIndex) -> None:
    """Another encoder, other titles; nothing while they are the same."""
    assert mirror.difference() == ""
    build_index([*ENTRIES, FULL], source, model="hashed", presentation=Presentation(title="Bread"))
    assert comes(lambda: "has other titles, colours or logos by now" in mirror.difference())


def test_other_common_questions_are_told(
    source: Path, mirror: MirrorIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the service was built without them, or with those of another version."""

    def build(*, common: bool) -> None:
        build_index([*ENTRIES, FULL], source, model="hashed", common_questions=common)

    build(common=False)
    assert comes(lambda: "was built without common questions by now" in mirror.difference())
    build(common=True)
    assert comes(lambda: mirror.difference() == "")
    with monkeypatch.context() as newer:
        newer.setattr(common_questions, "RULE", common_questions.RULE + 1)
        common_questions.bundled.cache_clear()
        build(common=True)
        assert comes(lambda: "was built with other common questions" in mirror.difference())
    common_questions.bundled.cache_clear()


def test_a_build_appears_at_once(source: Path, mirror: MirrorIndex, tmp_path: Path) -> None:
    """However many pages it has; with the edits that were made since."""
    copy = tmp_path / "mirror"
    others = [entry(f"Thing {n}", f"Number {n}.", glossary="new") for n in range(20)]
    build_index(others, source, model="hashed", overwrite_edits=True)
    with Editor(source) as editor:
        editor.change(others[3].id, definition="Number 3 again.")
        editor.add("new", Draft("Rye", "A grain."))
    step = mirror.step()
    assert step.is_in_step
    assert step.is_built
    assert Editor(copy).places() == Editor(source).places()
    publish_edits(IndexLayout(source), Silent())
    publish_edits(IndexLayout(copy), Silent())
    assert exports(copy) == exports(source)


def test_a_huge_build_comes_page_by_page(
    source: Path, mirror: MirrorIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is held in memory has a bound."""
    monkeypatch.setattr(mirror_module, "MAX_TOGETHER_BYTES", 1)
    others = [entry(f"Thing {n}", f"Number {n}.", glossary="new") for n in range(20)]
    build_index(others, source, model="hashed", overwrite_edits=True)
    assert not mirror.step().is_in_step
    catch_up(mirror)
    publish_edits(IndexLayout(tmp_path / "mirror"), Silent())
    assert exports(tmp_path / "mirror") == exports(source)


@pytest.mark.parametrize("is_purged", [False, True])
def test_a_source_without_entries_is_refused(
    source: Path, mirror: MirrorIndex, tmp_path: Path, *, is_purged: bool
) -> None:
    """At every look, until it has some again; the mirror answers with those of before."""
    copy = tmp_path / "mirror"
    ids = [one.id for one in (*ENTRIES, FULL)]
    with closing(EntryStore(IndexLayout(source).store)) as store:
        if is_purged:
            store.purge(ids, "a")
            store.erase_purged()
        else:
            store.apply([Edit(id_, None) for id_ in ids], "a")
    for _ in range(2):
        with pytest.raises(SourceRefused, match=r"has no entry any more, .* add entries there"):
            catch_up(mirror)
        mirror.erase()
        publish_edits(IndexLayout(copy), Silent())
        with Glossary.open(copy) as glossary:
            assert glossary.info().entries > 0
    with Editor(source) as editor:
        editor.add("new", Draft("Thing", "A new one."))
    catch_up(mirror)
    publish_edits(IndexLayout(copy), Silent())
    assert list(Editor(copy).places()[1]) == list(Editor(source).places()[1])


def test_a_purge_of_a_whole_page_waits_for_entries(
    source: Path, mirror: MirrorIndex, tmp_path: Path
) -> None:
    """An index without entries is not published; what was purged is erased with the next page."""
    with Editor(source) as editor:
        for n in range(4):
            editor.add("new", Draft(f"Thing {n}", f"Number {n}."))
    purge(source, [one.id for one in (*ENTRIES, FULL)])
    with Editor(source) as editor:
        for n in range(4):
            editor.change(f"new:thing-{n}", definition=f"Number {n} again.")
    copy = tmp_path / "mirror"
    catch_up(mirror)
    assert exports(copy) == exports(source)
    assert b"that wild yeast raises" not in IndexLayout(copy).store.read_bytes()


def test_an_emptied_page_is_no_harm(source: Path, mirror: MirrorIndex, tmp_path: Path) -> None:
    """A page may delete all that a mirror has, before the next one adds others."""
    copy = tmp_path / "mirror"
    with Editor(source) as editor:
        for n in range(8):
            editor.add("new", Draft(f"Thing {n}", f"Number {n}."))
        for one in (*ENTRIES, FULL):
            editor.delete(one.id)
        for n in range(8):
            editor.change(f"new:thing-{n}", definition=f"Number {n} again.")
    with Glossary.open(copy) as glossary:
        while not mirror.step().is_in_step:
            glossary.ask("hull")
        assert glossary.ask("thing 3").hits[0].entry.definition == "Number 3 again."
    assert exports(copy) == exports(source)
