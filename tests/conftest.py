"""Shared fixtures: a small glossary without a model, and the seed with the real one."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings

from semsearch.ingest.build import build_index
from semsearch.ingest.corpus_build import build
from semsearch.search.glossary import Glossary
from tests import built
from tests.built import cached
from tests.own_indexes import OPTION, OwnIndexes
from tests.postgres_server import TestServer, running_server
from tests.small_glossary import ENTRIES, entry

__all__ = ["ENTRIES", "entry"]  # that most tests import from here

PROJECT = built.PROJECT
CORPUS = PROJECT / "corpus"


def kept_bytes(do: Callable[[], object]) -> int:
    """Return how much memory is still in use after a function, whose result is dropped."""
    tracemalloc.start()
    try:
        do()
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


WITHOUT_HISTORY = """
    DROP INDEX entry_by_revision; DROP INDEX entry_in_order; DROP TABLE history; DROP TABLE written;
    DROP TABLE live_deletion; DROP TABLE request; DROP TABLE purged; DROP TABLE redirect;
    ALTER TABLE entry DROP COLUMN details;
    ALTER TABLE entry DROP COLUMN revision; ALTER TABLE entry DROP COLUMN origin;
    CREATE TABLE vector (
        text BLOB NOT NULL, fingerprint TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (text, fingerprint)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO vector SELECT text, key, vector FROM embedding JOIN encoder ON number = encoder;
    CREATE TABLE tokens (
        text BLOB NOT NULL, fingerprint TEXT NOT NULL, ids BLOB NOT NULL, value BLOB NOT NULL,
        PRIMARY KEY (text, fingerprint)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO tokens SELECT text, key || '-1', ids, tokens
        FROM embedding JOIN encoder ON number = encoder WHERE kept;
    DROP TABLE embedding; DROP TABLE encoder;
    PRAGMA user_version=3;
"""
"""Makes a store what it was before there was live editing."""

SHELVES = tuple(
    entry(f"Shelf {n}", f"Board number {n} to put books and jars on.", "pantry") for n in range(30)
)
"""More entries than a reranker reads."""


OTHER_TIERS = ("model", "process", "browser", "torture", "fuzz", "shared", "packaging", "cluster")
"""Markers of tests that are no unit tests."""

_NEED_A_MODEL = {"cross_encoder", "random_adapter", "reranked_index", "seed_index", "small_model"}
"""Fixtures that load torch to make what they give."""

_started: list[str] = []
"""Programs in Python that started since the current test began."""


def pytest_configure() -> None:
    """Hear of every process that starts, and give drawn examples the time that they need.

    Libraries may ask the system for its processors. Hypothesis would fail an example that takes .2
    s, which any may take on a busy machine; what has to be fast measures processor time itself.
    """
    settings.register_profile("any machine", deadline=None)
    settings.load_profile("any machine")

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        if event == "subprocess.Popen" and str(arguments[0]) == sys.executable:
            _started.append(str(arguments[1]))

    sys.addaudithook(hear)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the tests of indexes run against the other store."""
    parser.addoption(
        OPTION,
        action="store_true",
        help="run the tests of indexes, and no others, against copies of shared stores in PostgreSQL",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With a shared store, leave out what has no index, and skip what is about files of one."""
    if not config.getoption(OPTION):
        return
    others = [item for item in items if "own_indexes" not in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in set(others)]
    for item in items:
        if mark := item.get_closest_marker("embedded_store"):
            item.add_marker(pytest.mark.skip(reason=f"embedded store: {mark.args[0]}"))


@pytest.hookimpl(trylast=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark a test whose fixtures need a model, and one without any other tier as a unit test."""
    if isinstance(item, pytest.Function) and _NEED_A_MODEL.intersection(item.fixturenames):
        item.add_marker("model")
    if isinstance(item, pytest.Function) and "postgres_server" in item.fixturenames:
        item.add_marker("process")
    if not any(item.get_closest_marker(tier) for tier in OTHER_TIERS):
        item.add_marker("unit")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """A unit test starts no process and loads no torch; one that does says so by its marker."""
    is_unit = item.get_closest_marker("unit") is not None
    had_torch = "torch" in sys.modules
    _started.clear()
    yield
    if is_unit and _started:
        pytest.fail(f"a unit test started {_started[0]}: mark it with pytest.mark.process")
    if is_unit and "torch" in sys.modules and not had_torch:
        pytest.fail("a unit test loaded torch: mark it with pytest.mark.model")


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give all tests a cache of their own, so that none finds what an earlier run exported."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("SEMSEARCH_CACHE_FOLDER", str(folder))
        yield folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[TestServer]:
    """Run PostgreSQL; tests that use it are skipped where it is not installed."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def own_indexes(request: pytest.FixtureRequest) -> OwnIndexes:
    """Give what makes indexes that tests may change, on the store that they run against."""
    is_shared = request.config.getoption(OPTION)
    return OwnIndexes(request.getfixturevalue("postgres_server") if is_shared else None)


@pytest.fixture(scope="session")
def hashed_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an index of two small glossaries, built without a model. Only to be read.

    It has no common questions, so that more concepts never change what tests expect.
    """
    return cached(
        "hashed-index",
        [repr(ENTRIES), "no common questions"],
        partial(build_index, ENTRIES, model="hashed", common_questions=False),
        tmp_path_factory.mktemp("hashed") / "index",
    )


@pytest.fixture
def own_hashed_index(hashed_index: Path, own_indexes: OwnIndexes, tmp_path: Path) -> Iterator[Path]:
    """Yield an index of the two small glossaries that a test may change."""
    with own_indexes.copied(hashed_index, tmp_path / "index") as folder:
        yield folder


@pytest.fixture(scope="session")
def glossary(hashed_index: Path) -> Iterator[Glossary]:
    """Give the open small index."""
    with Glossary.open(hashed_index) as opened:
        yield opened


@pytest.fixture(scope="session")
def cross_encoder() -> Path:
    """Give the folder of a small CrossEncoder. Only to be read."""
    from tests.models import small_reranker  # noqa: PLC0415 - uses the entries above

    return (
        cached(
            "cross-encoder",
            [repr(ENTRIES), Path(small_reranker.__file__)],
            small_reranker.make_cross_encoder,
        )
        / "cross"
    )


@pytest.fixture(scope="session")
def reranked_index(cross_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an index of three small glossaries with a reranker and no encoder model."""
    return cached(
        "reranked-index",
        [repr((ENTRIES, SHELVES)), str(cross_encoder)],
        partial(build_index, [*ENTRIES, *SHELVES], model="hashed", reranker=str(cross_encoder)),
        tmp_path_factory.mktemp("reranked") / "index",
    )


@pytest.fixture(scope="session")
def seed_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the index of the seed corpus, built with the packaged model. Only to be read."""
    return cached(
        "seed-index",
        [CORPUS],
        lambda index: build([CORPUS], index),
        tmp_path_factory.mktemp("seed") / "index",
    )


@pytest.fixture(scope="session")
def seed(seed_index: Path) -> Iterator[Glossary]:
    """Give the open seed index."""
    with Glossary.open(seed_index) as opened:
        yield opened
