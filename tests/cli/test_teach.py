"""Teaching on the command line: what somebody asked finds its entry from then on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.running import run

QUESTION = "wobbly jelly grandmother zebra"


@pytest.fixture
def index(own_hashed_index: Path) -> str:
    """Give an index that a test may edit."""
    return str(own_hashed_index)


def test_a_question_is_taught_and_found(index: str) -> None:
    """A taught question finds its entry; the entry was named by its term.

    The answer says that somebody asked so, and the history who taught it.
    """
    done = run("teach", QUESTION, "banneton", "-i", index)
    assert (done.returncode, done.stdout) == (0, b"taught bakery:proofing-basket (revision 8)\n")
    assert done.stderr == b""
    (hit, *_) = json.loads(run("ask", f"{QUESTION}?", "--json", "-i", index).stdout)["hits"]
    assert (hit["id"], hit["matched_phrase"]) == ("bakery:proofing-basket", QUESTION)
    shown = run("ask", QUESTION, "-i", index).stdout.decode()
    assert f"someone asked: {QUESTION}" in " ".join(shown.split())
    why = run("ask", QUESTION, "--why", "-i", index).stdout.decode()
    assert f"Someone asked {QUESTION}" in " ".join(why.split())
    history = run("history", "bakery:proofing-basket", "-i", index).stdout.decode()
    assert f"asked_as: {QUESTION}" in " ".join(history.split())


def test_a_question_that_says_the_name_is_remarked_upon(index: str) -> None:
    """It is taught all the same."""
    done = run("teach", "how do I feed leavens", "bakery:leaven", "--json", "-i", index)
    assert done.returncode == 0
    assert json.loads(done.stdout)["entry"]["asked_as"] == ["how do I feed leavens"]
    assert "the question contains the name 'Leaven', which already finds bakery:leaven" in " ".join(
        done.stderr.decode().split()
    )


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("What RISES?", b"'Leaven' is asked for as 'what rises' already"),
        ("x" * 301, b"is longer than 300 characters"),
        (" \n", b"the question is empty; give the words that people ask with"),
    ],
)
def test_what_is_no_new_phrase_is_refused(index: str, question: str, reason: bytes) -> None:
    """The error has the reason, and nothing is changed."""
    assert run("teach", "what rises", "Leaven", "-i", index).returncode == 0
    done = run("teach", question, "Leaven", "-i", index)
    assert done.returncode == 2
    assert reason in done.stderr
    assert run("history", "bakery:leaven", "-i", index).stdout.count(b"asked_as") == 1


def test_an_entry_has_a_phrase_too_many(index: str) -> None:
    """The 65th is refused with the number of those that are possible."""
    phrases = [word for n in range(64) for word in ("--asked-as", f"phrase number {n}")]
    assert run("change", "bakery:leaven", *phrases, "-i", index).returncode == 0
    done = run("teach", "one more", "Leaven", "-i", index)
    assert (done.returncode, b"at most 64 are possible" in done.stderr) == (2, True)


def test_an_unknown_term_is_refused(index: str) -> None:
    """The message may suggest another."""
    done = run("teach", "what rises", "Leavn", "-i", index)
    assert done.returncode == 2
    assert b"there is no entry with the id or name 'Leavn'; did you mean 'Leaven'?" in done.stderr
