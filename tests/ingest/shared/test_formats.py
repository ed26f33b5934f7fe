"""Generations of another format in a shared store, and indexes of one that are copied there.

Covers `ingest/shared/local_copy`, `ingest/shared/moves`, `ingest/shared/publication`.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from semsearch.core.errors import FormatTooNew, FormatTooOld, IndexDamaged
from semsearch.core.progress import Silent
from semsearch.index import generation, manifest, manifest_of_any_format
from semsearch.index.manifest import FORMAT
from semsearch.ingest import Editor, build
from semsearch.ingest.build import build_index
from semsearch.ingest.publish import publish_edits
from semsearch.ingest.shared.local_copy import catch_up, database_of, join_store, opened
from semsearch.ingest.shared.moves import copy_into_folder, copy_into_store
from semsearch.search.glossary import Glossary
from semsearch.storage.files.layout import IndexLayout
from tests.conftest import ENTRIES, entry
from tests.ingest.shared.test_local_copy import SCORING, first_hit

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase

    NewServer = Callable[[str], IndexLayout]


SCORED = entry("Lame", "A blade with which bakers cut the surface of dough.")


def _of_format(database: SharedDatabase, written: int) -> None:
    """Make the newest generation one of another format, as another version would write it."""
    with opened(database) as shared:
        ((pointer,),) = shared.connection.execute("SELECT pointer FROM generation").fetchall()
        stated = {**json.loads(bytes(pointer)), "format": written}
        values = (json.dumps(stated).encode(),)
        shared.connection.execute("UPDATE generation SET number = number + 1, pointer = ?", values)


def test_a_generation_of_a_newer_version_does_not_replace_one_that_can_be_read(
    new_server: NewServer, url: str, database: SharedDatabase, tmp_path: Path
) -> None:
    """As while servers are upgraded one by one: the others answer on, and take edits."""
    one, other = new_server("one"), IndexLayout(tmp_path / "other")
    before = one.current.read_bytes()
    _of_format(database, FORMAT + 1)
    refused = f"has format {FORMAT + 1}, this version reads {FORMAT}; upgrade semsearch"
    for use in (
        lambda: catch_up(one, database, Silent()),
        lambda: publish_edits(one, Silent()),
        lambda: build_index(list(ENTRIES), one.root, model="hashed"),
        lambda: copy_into_folder(other, database, Silent()),
        lambda: join_store(other, url, Silent()),
    ):
        with pytest.raises(FormatTooNew, match=refused):
            use()
    assert not other.root.exists()
    join_store(one, url, Silent())
    assert one.current.read_bytes() == before
    with Editor(one.root) as editor:
        editor.add("bakery", SCORING)
    assert first_hit(one, "cutting the surface of dough") == "Scoring"


def test_a_generation_that_is_weighed_otherwise_does_not_replace_one_that_can_be_read(
    new_server: NewServer, database: SharedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has the same format, and other weights; it is not fetched, or it would fill the disk."""
    one, other = new_server("one"), new_server("other")
    before = one.current.read_bytes()
    with monkeypatch.context() as newer:
        for module in (generation, manifest, manifest_of_any_format):
            newer.setattr(module, "weights_as_dict", lambda _: {"words": 1.0})
        build_index([*ENTRIES, SCORED], other.root, model="hashed")
    number = other.next_number() - 1
    assert other.generation(number).root.exists()
    monkeypatch.setattr(build._Build, "run", lambda _: pytest.fail("the work would be in vain"))
    for use in (
        lambda: catch_up(one, database, Silent()),
        lambda: publish_edits(one, Silent()),
        lambda: build_index(list(ENTRIES), one.root, model="hashed"),
        lambda: catch_up(one, database, Silent()),
    ):
        with pytest.raises(FormatTooNew, match=r"weighs scores otherwise.*run one version"):
            use()
        assert not one.generation(number).root.exists()
    assert one.current.read_bytes() == before
    with Editor(one.root) as editor:
        editor.add("bakery", SCORING)
    assert first_hit(one, "cutting the surface of dough") == "Scoring"


@pytest.mark.parametrize(("version", "is_newer"), [("99.0.0", True), ("0.0.1", False)])
def test_an_empty_folder_takes_no_weights_of_a_newer_version(
    new_server: NewServer,
    url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    is_newer: bool,
) -> None:
    """A server that starts anew during an upgrade builds nothing over it; a newer one may."""
    other = new_server("other")
    with monkeypatch.context() as another:
        another.setattr(generation, "__version__", version)
        for module in (generation, manifest, manifest_of_any_format):
            another.setattr(module, "weights_as_dict", lambda _: {"words": 1.0})
        build_index([*ENTRIES, SCORED], other.root, model="hashed")
    layout = IndexLayout(tmp_path / "empty")
    if not is_newer:
        join_store(layout, url, Silent())
        build_index([*ENTRIES, SCORED], layout.root, model="hashed")
        assert first_hit(layout, "the inside of a loaf") == "Crumb"
        return
    with pytest.raises(FormatTooNew, match=rf"built by semsearch {version}.*run one version"):
        join_store(layout, url, Silent())
    with pytest.raises(FormatTooNew, match="run one version"):
        build_index([*ENTRIES, SCORED], layout.root, model="hashed")
    assert not layout.current.exists()


def test_a_generation_of_an_earlier_version_is_replaced_by_a_build(
    new_server: NewServer, url: str, database: SharedDatabase, tmp_path: Path
) -> None:
    """A server of this version says so, and that is no upgrade of one folder."""
    new_server("one")
    _of_format(database, FORMAT - 1)
    layout = IndexLayout(tmp_path / "new")
    join_store(layout, url, Silent())
    with pytest.raises(FormatTooOld, match=rf"has format {FORMAT - 1}.*semsearch build PATHS"):
        Glossary.open(layout.root)
    build_index(list(ENTRIES), layout.root, model="hashed")
    assert first_hit(layout, "the inside of a loaf") == "Crumb"


def test_only_an_index_that_this_version_reads_goes_into_a_store(
    url: str, hashed_index: Path, tmp_path: Path
) -> None:
    """One of an earlier or newer format is told, and one whose generation is ahead of its store."""
    database = database_of(url)
    for written, error, way_out in (
        (FORMAT - 1, FormatTooOld, "semsearch upgrade"),
        (FORMAT + 1, FormatTooNew, "upgrade semsearch"),
    ):
        own = IndexLayout(Path(shutil.copytree(hashed_index, tmp_path / f"format-{written}")))
        pointer = json.loads(own.current.read_bytes())
        own.current.write_text(json.dumps({**pointer, "format": written}), encoding="utf-8")
        with pytest.raises(error, match=way_out):
            copy_into_store(own, database, Silent())
    own = IndexLayout(Path(shutil.copytree(hashed_index, tmp_path / "ahead")))
    with closing(sqlite3.connect(own.store)) as store:
        store.execute("UPDATE store SET revision = 3")
        store.commit()
    with pytest.raises(IndexDamaged, match=r"shows revision 7, and .* has only 3"):
        copy_into_store(own, database, Silent())
    with opened(database) as shared:
        assert shared.revision[1] == 0, "nothing was written"
