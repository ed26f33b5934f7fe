"""Links out of a folder of glossaries, devices and pipes are not read."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from semsearch.core.errors import ImportFailed
from semsearch.importers import read_corpus
from tests.cli.running import run

TERM = "## Leaven\n\nA piece of fermented dough.\n"
PRIVATE = "## Password\n\nA secret of this machine.\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Give a folder with a glossary, beside a file that is not for the public."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "bakery.md").write_text(TERM, encoding="utf-8")
    (tmp_path / "secret.md").write_text(PRIVATE, encoding="utf-8")
    return folder


def _terms(folder: Path, *, follow_links: bool = False) -> list[str]:
    return [entry.term for entry in read_corpus([folder], follow_links=follow_links).entries]


def test_a_link_out_of_the_folder_is_named_and_not_read(corpus: Path, tmp_path: Path) -> None:
    """Unless that is asked for."""
    (corpus / "words.md").symlink_to(tmp_path / "secret.md")
    read = read_corpus([corpus])
    assert [entry.term for entry in read.entries] == ["Leaven"]
    [unread] = read.unread
    assert unread.file == str(corpus / "words.md")
    assert unread.reason == (
        f"it is a link out of the folder, to {tmp_path / 'secret.md'}; "
        "name the file itself, or give --follow-links"
    )
    with pytest.raises(ImportFailed, match="is a link out of the folder"):
        read.check_complete()
    assert _terms(corpus, follow_links=True) == ["Leaven", "Password"]
    assert [entry.term for entry in read_corpus([corpus / "words.md"]).entries] == ["Password"]


def test_a_link_to_a_folder_elsewhere_is_named(corpus: Path, tmp_path: Path) -> None:
    """With --follow-links it is read once, and a loop ends."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "words.md").write_text(PRIVATE, encoding="utf-8")
    (elsewhere / "up").symlink_to(corpus, target_is_directory=True)
    (corpus / "more").symlink_to(elsewhere, target_is_directory=True)
    [unread] = read_corpus([corpus]).unread
    assert (unread.file, _terms(corpus)) == (str(corpus / "more"), ["Leaven"])
    assert _terms(corpus, follow_links=True) == ["Leaven", "Password"]


def test_a_link_within_the_folder_is_read(corpus: Path, tmp_path: Path) -> None:
    """And the folder itself may be a link."""
    (corpus / "again.md").symlink_to("bakery.md")
    (tmp_path / "named").symlink_to(corpus, target_is_directory=True)
    assert _terms(corpus) == _terms(tmp_path / "named") == ["Leaven", "Leaven"]


def test_no_part_of_a_dictionary_may_lead_elsewhere(corpus: Path, tmp_path: Path) -> None:
    """Named itself or found in a folder: the file of articles is a link to another file."""
    (corpus / "words.index").write_text("password\tA\tm\n", encoding="utf-8")
    (corpus / "words.dict").symlink_to(tmp_path / "secret.md")
    assert _terms(corpus) == ["Leaven"]
    reason = r"words\.dict is a link out of the folder"
    with pytest.raises(ImportFailed, match=reason):
        read_corpus([corpus / "words.index"])
    assert [e.term for e in read_corpus([corpus / "words.index"], follow_links=True).entries]


def test_pipes_and_devices_are_named(corpus: Path) -> None:
    """At once: opening a pipe would wait for somebody to write into it."""
    os.mkfifo(corpus / "words.md")
    (corpus / "zero.md").symlink_to("/dev/zero")
    os.mkfifo(corpus / "bakery.asked.jsonl")
    began = time.monotonic()
    read = read_corpus([corpus])
    reasons = {Path(one.file).name: one.reason.partition(";")[0] for one in read.unread}
    assert reasons == {
        "words.md": "not a regular file",
        "bakery.asked.jsonl": "not a regular file",
        "zero.md": "it is a link out of the folder, to /dev/zero",
    }
    for file in (corpus / "words.md", corpus / "zero.md"):
        with pytest.raises(ImportFailed, match="not a regular file"):
            read_corpus([file], follow_links=True)
    assert time.monotonic() - began < 10


@pytest.mark.process
def test_the_command_line_says_what_was_not_read(corpus: Path, tmp_path: Path) -> None:
    """And has the option that the message names."""
    (corpus / "words.md").symlink_to(tmp_path / "secret.md")
    command = ("build", "--dry-run", str(corpus))
    assert b"1 entry" in (refused := run(*command)).stdout
    assert b"words.md" in refused.stdout + refused.stderr
    assert b"2 entries" in run(*command, "--follow-links").stdout
    assert run("lint", "--follow-links", "--select", "link-nowhere", str(corpus)).returncode in (
        0,
        1,
        2,
    )
