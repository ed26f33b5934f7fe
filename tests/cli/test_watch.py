"""`serve --watch`: the index is built again whenever the corpus changes.

Covers `cli/serve`.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import webbrowser
from collections.abc import Callable
from pathlib import Path

import pytest

from semsearch.cli import watch as watching
from semsearch.cli.watch import CorpusWatch
from semsearch.core.errors import SemsearchError
from semsearch.search.glossary import Glossary
from semsearch.server.workers.process import Listening
from tests.cli.running import run


def _until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not true():
        assert time.monotonic() < until
        time.sleep(0.1)


def _terms(index: Path) -> set[str]:
    try:
        with Glossary.open(index) as glossary:
            return {entry.term for entry in glossary.definitions()[0]}
    except SemsearchError:
        return set()


@pytest.mark.process
def test_a_change_is_built_and_a_fault_waits_for_the_next(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The first build is waited for; files that cannot be read leave the index as it is."""
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    (corpus / "bakery.md").write_text("# Leaven\n\nIt raises dough.\n")
    with CorpusWatch(
        [str(corpus)], ["--index", str(index), "--model", "hashed"], look_s=0.1
    ) as watch:
        watch.build()
        assert _terms(index) == {"Leaven"}
        watch.start()
        (corpus / "bakery.md").write_text("# Leaven\n\nIt raises.\n\n# Crumb\n\nThe inside.\n")
        _until(lambda: _terms(index) == {"Leaven", "Crumb"})
        (corpus / "bakery.md").write_bytes(b"# Leaven\n\n\xff\xfe\x00")
        said = ""
        until = time.monotonic() + 120
        while "bakery.md" not in said:
            assert time.monotonic() < until
            time.sleep(0.1)
            said += capfd.readouterr().err
        assert _terms(index) == {"Leaven", "Crumb"}
        (corpus / "bakery.md").write_text("# Hull\n\nThe body of a ship.\n")
        _until(lambda: _terms(index) == {"Hull"})


@pytest.mark.process
def test_closing_ends_a_build_that_is_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that does not listen; no process is left behind."""
    pid = tmp_path / "pid"
    deaf = (
        "import os, signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    )
    monkeypatch.setattr(watching, "own_command", lambda *_: [sys.executable, "-c", deaf])
    monkeypatch.setattr(watching, "PATIENCE_S", 0.5)
    watch = CorpusWatch([str(tmp_path)], [])
    building = threading.Thread(target=watch.build)
    building.start()
    _until(lambda: pid.exists() and pid.read_text() != "")
    watch.close()
    building.join(60)
    assert not building.is_alive()
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_nothing_is_watched_unless_it_is_wanted(tmp_path: Path) -> None:
    """And closing is no error."""
    with CorpusWatch([], ["--index", str(tmp_path / "index")]) as watch:
        watch.build()
        watch.start()
    assert not (tmp_path / "index").exists()


def test_the_page_is_opened_in_a_browser(
    hashed_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the service answers; without a browser the address is said."""
    opened: list[str] = []

    def opens(url: str) -> bool:
        opened.append(url)
        return len(opened) == 1

    monkeypatch.setattr(webbrowser, "open", opens)
    with Glossary.open(hashed_index) as glossary:
        listening = Listening("http://127.0.0.1:8000", "leaven", glossary.info())

    def served(_settings: object, ready: Callable[[Listening], None]) -> None:
        ready(listening)

    monkeypatch.setattr("semsearch.server.workers.serve.serve", served)
    assert run("serve", "-i", str(hashed_index), "--open").stderr == b""
    done = run("serve", "-i", str(hashed_index), "--open")
    assert b"no browser could be started; open http://127.0.0.1:8000 yourself" in done.stderr
    assert opened == [listening.url] * 2
    assert run("serve", "-i", str(hashed_index)).returncode == 0
    assert len(opened) == 2
