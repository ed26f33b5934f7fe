"""`semsearch follow`: what it prints, its exit codes, and a service beside it."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from semsearch.core.own_command import own_command
from semsearch.ingest import Editor
from semsearch.ingest.drafts import Draft
from semsearch.storage.files.following import write_followed_url
from semsearch.storage.files.layout import IndexLayout
from tests.cli.running import run
from tests.ingest.follow.source_service import SourceService, serving_source
from tests.server.service_process import comes, serving


@pytest.fixture
def source(hashed_index: Path, tmp_path: Path) -> Path:
    """Give an index of its own."""
    return Path(shutil.copytree(hashed_index, tmp_path / "source"))


@pytest.fixture
def served(source: Path) -> Iterator[SourceService]:
    """Give the service over it."""
    with serving_source(source) as service:
        yield service


def test_once_brings_it_in_step(served: SourceService, source: Path, tmp_path: Path) -> None:
    """The first run says that it copies; later ones need no address."""
    mirror = str(tmp_path / "mirror")
    done = run("follow", served.url, "-i", mirror, "--key", served.key, "--once")
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().splitlines() == [
        f"copying the index of {served.url} into {mirror}",
        f"copied the index of {served.url} into {mirror}",
        f"{mirror} is in step with {served.url}",
    ]
    with Editor(source) as editor:
        editor.add("bakery", Draft("Scoring", "Cuts in a loaf."))
    env = {"SEMSEARCH_SOURCE_KEY": served.key}
    assert run("follow", "-i", mirror, "--once", env=env).returncode == 0
    answer = json.loads(run("ask", "scoring", "-i", mirror, "--json").stdout)
    assert answer["hits"][0]["term"] == "Scoring"
    told = run("info", "-i", mirror).stdout.decode()
    assert f"{served.url}, at revision 8, in step" in told
    assert json.loads(run("info", "-i", mirror, "--json").stdout)["follows"]["position"] == 8


def test_a_mirror_refuses_commands_that_change_it(hashed_index: Path, tmp_path: Path) -> None:
    """Exit code 3, and a line with the way out."""
    mirror = tmp_path / "mirror"
    shutil.copytree(hashed_index, mirror)
    write_followed_url(IndexLayout(mirror), "https://source.example")
    corpus = tmp_path / "words.md"
    corpus.write_text("# Pan\n\nA flat pot.\n", encoding="utf-8")
    for command in (
        ["delete", "bakery:crumb"],
        ["purge", "bakery:crumb"],
        ["build", str(corpus), "-m", "hashed"],
    ):
        done = run(*command, "-i", str(mirror))
        assert done.returncode == 3, command
        said = done.stderr.decode()
        assert "follows https://source.example; edit there, or stop following with" in said
    done = run("follow", "--stop", "-i", str(mirror))
    assert done.returncode == 0, done.stderr
    assert "no longer follows https://source.example and takes edits" in done.stdout.decode()
    assert run("delete", "bakery:crumb", "-i", str(mirror)).returncode == 0
    again = run("follow", "--stop", "-i", str(mirror))
    assert again.returncode == 2
    assert "follows nothing; it takes edits already" in again.stderr.decode()


def test_what_is_refused_has_its_exit_code(
    served: SourceService, hashed_index: Path, tmp_path: Path
) -> None:
    """5 for trouble with the service, 2 for what was given; the folder is not made."""
    mirror = tmp_path / "mirror"
    new = ("-i", str(mirror), "--once")
    for given, code, said in (
        ((served.url, *new), 5, "make a key there"),
        ((served.url, *new, "--key", "semsearch_wrong"), 5, "wants a valid key"),
        (("ftp://x", *new), 2, "is not the address of a service"),
        (new, 2, "follows nothing yet; name the address"),
        ((served.url, *new, "--interval", "0"), 2, "--interval 0.0 is out of range"),
        ((served.url, "--stop"), 2, "--stop takes no address"),
        ((served.url, "-i", str(hashed_index), "--once"), 2, "is no mirror"),
    ):
        done = run("follow", *given)
        assert (done.returncode, done.stderr.count(b"\n")) == (code, 1), done.stderr
        assert said in done.stderr.decode()
    assert not mirror.exists()


@pytest.mark.process
def test_a_service_beside_it_shows_what_is_followed(
    served: SourceService, source: Path, tmp_path: Path
) -> None:
    """Within seconds; it refuses edits, and after a SIGTERM the index is whole."""
    mirror = tmp_path / "mirror"
    assert (
        run("follow", served.url, "-i", str(mirror), "--key", served.key, "--once").returncode == 0
    )
    command = own_command("follow", "-i", str(mirror), "--key", served.key, "--interval", "0.2")
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process,
        serving(mirror, workers=1) as service,
        httpx2.Client(base_url=service.url, trust_env=False) as http,
    ):
        try:
            with Editor(source) as editor:
                added = editor.add("bakery", Draft("Scoring", "Cuts in a loaf."))

            def shown() -> bool:
                found = http.get("/v1/search", params={"q": "scoring"}).json()["hits"]
                return bool(found) and found[0]["id"] == added.id

            assert comes(shown, 60)
            assert http.get("/v1/info").json()["follows"]["position"] == added.revision
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
            assert process.stdout is not None
            assert process.stdout.read().decode().splitlines() == ["applied 1 change", "stopped"]
        finally:
            process.kill()
