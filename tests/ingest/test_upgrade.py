"""`upgrade`: indexes that earlier versions built, kept in `tests/data/indexes`, one each format.

Covers `ingest/build_publication` and `index/manifest_of_any_format`.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import AbstractContextManager, closing
from functools import partial
from pathlib import Path

import pytest

from benchmarks.torture.faults import StepRecorder
from benchmarks.torture.publish_steps import STEPS
from semsearch.core.checksums import sha256_of
from semsearch.core.errors import (
    FormatTooNew,
    FormatTooOld,
    IndexDamaged,
    InvalidSetting,
)
from semsearch.core.progress import Silent
from semsearch.importers.corpus_file import FILE
from semsearch.index.backup import back_up_any_format
from semsearch.index.backup_contents import info_of
from semsearch.index.manifest import FORMAT, current_generation, read_manifest
from semsearch.index.manifest_of_any_format import read_manifest_of_any_format
from semsearch.index.restore import restore_backup
from semsearch.index.verify import verify
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.ingest.corpus_build import build
from semsearch.ingest.drafts import Draft
from semsearch.ingest.upgrade import upgrade, upgrade_restored
from semsearch.ranking.weights import DEFAULT, weights_as_dict
from semsearch.search.glossary import Glossary
from semsearch.server.auth.key_store import KeyStore
from semsearch.storage.files.atomic_files import file_lock
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.migrations import MIGRATIONS
from tests.archives import extract
from tests.conftest import ENTRIES, PROJECT
from tests.ingest.killed_upgrade import upgrade_and_die

INDEXES = PROJECT / "tests" / "data" / "indexes"
FORMATS = (5, 6, 7, 8)


def unpacked(number: int, folder: Path) -> Path:
    """Unpack the index of a format, and return its folder."""
    index = folder / "index"
    extract(INDEXES / f"format-{number}.tar.gz", index)
    return index


def _set_format(index: Path, number: int) -> None:
    current = index / "CURRENT"
    current.write_text(json.dumps({**json.loads(current.read_text()), "format": number}))


def _alter_manifest(index: Path, **values: object) -> None:
    current = index / "CURRENT"
    pointer = json.loads(current.read_text())
    manifest = IndexLayout(index).generation(pointer["generation"]).manifest
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), **values}))
    current.write_text(json.dumps({**pointer, "manifest_sha256": sha256_of(manifest)}))


def _check(index: Path) -> None:
    """Check what each of the kept indexes has: answers, history, edits and keys."""
    verify(index, deep=True)
    with Glossary.open(index) as glossary:
        assert {entry.id for entry in glossary.definitions()[0]} == {
            "bakery:crumb",
            "bakery:kneading",
            "bakery:leaven",
            "bakery:scoring",
            "kitchen:ladle",
            "kitchen:whisk",
        }
        answer = glossary.ask("which tool of bent wires beats air into eggs?")
        assert (answer.hits[0].entry.id, answer.verdict) == ("kitchen:whisk", "strong")
        assert glossary.ask("a deep spoon for soup").hits[0].entry.id == "kitchen:ladle"
        assert glossary.ask("egg beater").verdict == "exact"
    with Editor(index, who="bob") as editor:
        kinds = [str(version.kind) for version in editor.history("kitchen:whisk")]
        assert kinds == ["added", "changed"]
        assert [str(one.kind) for one in editor.history("kitchen:sieve")] == ["added", "deleted"]
    assert [key.name for key in KeyStore(index / "keys.db").all()] == ["ann"]


@pytest.mark.parametrize("number", FORMATS)
def test_an_index_of_each_format_is_upgraded(number: int, tmp_path: Path) -> None:
    """Entries, history, live edits, deletions and keys stay; only names are embedded."""
    index = unpacked(number, tmp_path)
    done = upgrade(index)
    backup = tmp_path / f"index-format-{number}.tar"
    assert (done.from_format, done.format, done.entries) == (number, FORMAT, 6)
    assert (done.embedded, done.backup) == (8 if number == 5 else 0, str(backup))
    _check(index)
    with Editor(index, who="bob") as editor:
        assert editor.add("kitchen", Draft("Oven", "A hot box.")).revision == 10
    build_index(ENTRIES, index, model="hashed")
    with Glossary.open(index) as glossary:
        live = {"kitchen:ladle", "kitchen:oven"}
        assert live <= {entry.id for entry in glossary.definitions()[0]}


def test_an_index_of_this_version_is_left_alone(tmp_path: Path) -> None:
    """Nothing is written, not even a backup."""
    build_index(ENTRIES, tmp_path / "index", model="hashed")
    before = current_generation(IndexLayout(tmp_path / "index"))
    assert upgrade(tmp_path / "index").backup is None
    assert current_generation(IndexLayout(tmp_path / "index")) == before
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_an_index_whose_scores_were_weighed_otherwise(tmp_path: Path) -> None:
    """Its baselines are measured again; texts, colours and logo of its owner stay."""
    index, corpus = tmp_path / "index", tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "words.csv").write_text("term,definition\nWhisk,Bent wires.\n")
    (corpus / FILE).write_text(
        'title = "Words"\n[colours]\naccent = "#8a3324"\n[glossaries.words]\nlicence = "CC0"\n'
    )
    build([corpus], index, model="hashed")
    shown = read_manifest(IndexLayout(index))[0].presentation
    assert shown.title == "Words"
    _alter_manifest(index, weights={**weights_as_dict(DEFAULT), "words": 0.5})
    with pytest.raises(FormatTooOld, match=r"semsearch upgrade --index"):
        Glossary.open(index)
    assert upgrade(index).embedded == 0
    Glossary.open(index).close()
    assert read_manifest(IndexLayout(index))[0].presentation == shown


def test_the_backup_is_the_state_before(tmp_path: Path) -> None:
    """Its store has the tables of the earlier version, which can restore it."""
    index = unpacked(6, tmp_path)
    upgrade(index, tmp_path / "before.tar")
    assert (tmp_path / "before.tar").stat().st_mode & 0o777 == 0o600
    extract(tmp_path / "before.tar", tmp_path / "before")
    assert json.loads((tmp_path / "before" / "CURRENT").read_text())["format"] == 6
    with closing(sqlite3.connect(tmp_path / "before" / "store.db")) as store:
        assert store.execute("PRAGMA user_version").fetchone()[0] < len(MIGRATIONS)


def test_a_backup_of_an_earlier_format_is_restored(tmp_path: Path) -> None:
    """It is upgraded before it appears."""
    upgrade(unpacked(5, tmp_path), tmp_path / "before.tar")
    upgrading = partial(upgrade_restored, progress=Silent())
    restore_backup(tmp_path / "before.tar", tmp_path / "new", upgrade=upgrading)
    _check(tmp_path / "new")


def test_no_other_backup_is_overwritten(tmp_path: Path) -> None:
    """A file of another state, or one that is no backup, stays, and so does the index."""
    index = unpacked(6, tmp_path)
    file = tmp_path / "before.tar"
    file.write_bytes(b"holiday pictures")
    with pytest.raises(IndexDamaged, match="is not a complete backup"):
        upgrade(index, file)
    assert file.read_bytes() == b"holiday pictures"
    with pytest.raises(InvalidSetting, match="name a file in a folder that exists"):
        upgrade(index, tmp_path / "missing" / "before.tar")
    other = tmp_path / "other"
    other.mkdir()
    upgrade(unpacked(5, other))
    upgrade(index, tmp_path / "fine.tar")
    before = sha256_of(tmp_path / "fine.tar")
    _set_format(index, 6)  # generation 2 now
    assert upgrade(index, tmp_path / "fine.tar").backup == str(tmp_path / "fine-2.tar")
    assert sha256_of(tmp_path / "fine.tar") == before


def _edit_as_before(index: Path) -> int:
    """Make an edit as the earlier version did, and return the revision."""
    with closing(sqlite3.connect(index / "store.db")) as store, store:
        store.execute("UPDATE store SET revision = revision + 1")
        return int(store.execute("SELECT revision FROM store").fetchone()[0])


def test_a_backup_before_later_edits_is_not_the_state_before(tmp_path: Path) -> None:
    """An upgrade was killed after it, and the earlier version took edits: another is written."""
    index, file = unpacked(6, tmp_path), tmp_path / "before.tar"
    layout = IndexLayout(index)
    back_up_any_format(layout, read_manifest_of_any_format(layout), file)
    first = sha256_of(file)
    revision = _edit_as_before(index)
    assert upgrade(index, file).backup == str(tmp_path / "before-2.tar")
    assert sha256_of(file) == first
    assert info_of(tmp_path / "before-2.tar").revision == revision


def test_a_backup_of_another_index_is_not_the_state_before(tmp_path: Path) -> None:
    """Even if generation and revision have the same numbers."""
    index, file = unpacked(6, tmp_path), tmp_path / "before.tar"
    layout = IndexLayout(index)
    back_up_any_format(layout, read_manifest_of_any_format(layout), file)
    manifest = read_manifest_of_any_format(layout)
    _alter_manifest(index, store="other")
    with closing(sqlite3.connect(index / "store.db")) as store, store:
        store.execute("UPDATE store SET identity = 'other'")
    assert upgrade(index, file).backup == str(tmp_path / "before-2.tar")
    assert info_of(tmp_path / "before-2.tar").generation == manifest.generation


def test_two_upgrades_at_once_are_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one waits for the lock, sees what the first one published, and leaves it alone."""
    index = unpacked(6, tmp_path)

    def lock_after_another_upgrade(lock: Path) -> AbstractContextManager[None]:
        monkeypatch.undo()
        upgrade(index)
        return file_lock(lock)

    monkeypatch.setattr("semsearch.ingest.upgrade.file_lock", lock_after_another_upgrade)
    done = upgrade(index)
    assert (done.generation, done.backup) == (2, None)
    assert [path.name for path in tmp_path.glob("*.tar")] == ["index-format-6.tar"]


def test_a_store_of_another_index_is_refused(tmp_path: Path) -> None:
    """Nothing is written."""
    index = unpacked(6, tmp_path)
    with closing(sqlite3.connect(index / "store.db")) as store, store:
        store.execute("UPDATE store SET identity = 'other'")
    with pytest.raises(IndexDamaged, match="is not the store that the index was made from"):
        upgrade(index)
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_what_cannot_be_upgraded_says_so(tmp_path: Path) -> None:
    """Formats before 5 ask for a build, later ones for a newer version, damage is named."""
    index = unpacked(5, tmp_path)
    _set_format(index, 4)
    with pytest.raises(FormatTooOld, match=r"upgraded from 5 on; run `semsearch build PATHS"):
        upgrade(index)
    _set_format(index, FORMAT + 1)
    with pytest.raises(FormatTooNew, match="upgrade semsearch"):
        upgrade(index)
    _set_format(index, 5)
    manifest = IndexLayout(index).generation(1).manifest
    manifest.write_text("{}")
    with pytest.raises(IndexDamaged, match=r"MANIFEST\.json is altered"):
        read_manifest_of_any_format(IndexLayout(index))
    pointer = json.loads((index / "CURRENT").read_text())
    (index / "CURRENT").write_text(json.dumps({**pointer, "manifest_sha256": sha256_of(manifest)}))
    with pytest.raises(IndexDamaged, match="is incomplete"):
        upgrade(index)


def test_an_upgrade_tells_its_steps(tmp_path: Path) -> None:
    """Those of a publish, and embedding."""
    recorder = StepRecorder()
    upgrade(unpacked(5, tmp_path), progress=recorder)
    assert recorder.steps == [STEPS[0], "embedding", *STEPS[1:]]


@pytest.mark.process
@pytest.mark.parametrize(
    ("step", "place"),
    [
        ("preparing", "begin"),
        ("embedding", "begin"),
        ("embedding", "end"),
        ("vectors", "begin"),
        ("checksums", "end"),
        ("publishing", "begin"),
        ("publishing", "end"),
    ],
)
def test_a_killed_upgrade_loses_nothing(step: str, place: str, tmp_path: Path) -> None:
    """The backup is that of the first try, and the next upgrade completes."""
    index = unpacked(5, tmp_path)
    assert upgrade_and_die(index, step, place) == -9
    backup = tmp_path / "index-format-5.tar"
    first = sha256_of(backup)
    done = upgrade(index)
    was_published = (step, place) == ("publishing", "end")
    assert done.backup == (None if was_published else str(backup))
    assert sha256_of(backup) == first
    _check(index)
    assert not list((index / "generations").glob(".tmp-*"))


@pytest.mark.model
def test_an_upgrade_needs_no_torch(seed_index: Path, tmp_path: Path) -> None:
    """Names without vectors are embedded by the exported encoder of the index."""
    index = tmp_path / "index"
    subprocess.run(["cp", "-r", str(seed_index), str(index)], check=True)  # noqa: S607
    _set_format(index, 6)
    with closing(sqlite3.connect(index / "store.db")) as store, store:
        store.execute("DELETE FROM embedding WHERE NOT kept")
    code = (
        "import sys; sys.modules['torch'] = sys.modules['sentence_transformers'] = None\n"
        "from semsearch.ingest.upgrade import upgrade\n"
        "print(upgrade(sys.argv[1]).embedded)"
    )
    command = [sys.executable, "-c", code, str(index)]
    done = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True)
    assert int(done.stdout) > 20
    with Glossary.open(index) as glossary, Glossary.open(seed_index) as before:
        question = "one full pass over the training data"
        assert glossary.ask(question).hits == before.ask(question).hits
