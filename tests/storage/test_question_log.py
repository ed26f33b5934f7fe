"""`storage/feedback/question_log`: bounded, private to its owner, and forgettable.

Covers `storage/feedback/question_file`.
"""

from __future__ import annotations

import multiprocessing
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from semsearch.core.errors import IndexDamaged
from semsearch.storage.database import open_for_writing
from semsearch.storage.feedback import question_log
from semsearch.storage.feedback.question_file import MIGRATIONS
from semsearch.storage.feedback.question_log import (
    OpenedHit,
    RecordedQuestion,
    erase_entries,
    forget,
    ignore,
    read,
    record,
)
from semsearch.storage.feedback.recorded_text import recorded_text, typed_digests

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
KEEP = timedelta(days=90)
LOAD = "0123456789abcdef"


def question(
    text: str, *, s: float = 0, load: str = "", glossary: str = "", source: str = "page"
) -> RecordedQuestion:
    """Return a question asked some seconds after `NOW`, which found two entries."""
    return RecordedQuestion(
        NOW + timedelta(seconds=s),
        text,
        glossary,
        source,
        "possible",
        0.4,
        ("kitchen:whisk", "kitchen:ladle"),
        0.02,
        page_load=load,
        typed=typed_digests(text, load),
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where the questions are to be."""
    return tmp_path / "questions.db"


def texts(file: Path) -> list[str]:
    """Return the recorded texts in their order."""
    return [one.text for one in read(file)]


def test_what_is_recorded_is_read_back(file: Path) -> None:
    """Every member comes back, and only the owner of the file may read it."""
    asked = RecordedQuestion(
        NOW, "a wisk", "kitchen", "page", "strong", 0.9, ("kitchen:whisk",), None, "a whisk"
    )
    assert read(file) == []
    record(file, [asked], NOW, KEEP)
    assert read(file) == [asked]
    assert file.stat().st_mode & 0o777 == 0o600


def test_of_what_is_typed_the_whole_question_stays(file: Path) -> None:
    """Pauses while one types, and what is left while one deletes, are no questions."""
    typed = ["what", "what beats", "what beats air into eggs?", "what beats"]
    record(file, [question(text, s=i, load=LOAD) for i, text in enumerate(typed)], NOW, KEEP)
    assert texts(file) == ["what beats air into eggs?"]
    record(file, [question("what beats air", s=6, load="f" * 16)], NOW, KEEP)
    assert texts(file) == ["what beats air into eggs?", "what beats air"], "another page"


def test_the_same_question_of_a_page_load_counts_once(file: Path) -> None:
    """Of another page load, or of none, it counts again; a later longer one is a new question."""
    record(
        file,
        [
            question("recall", load=LOAD),
            question("recall", s=600, load=LOAD),
            question("recall at k", s=700, load=LOAD),
            question("recall"),
            question("recall"),
            question("recall", load="f" * 16),
        ],
        NOW,
        KEEP,
    )
    assert texts(file) == [*["recall"] * 4, "recall at k"]


def test_a_page_load_is_known_for_an_hour(file: Path) -> None:
    """Later nothing connects the questions of one page."""
    record(file, [question("recall", load=LOAD)], NOW, KEEP)
    assert read(file)[0].page_load == LOAD
    digests = typed_digests("recall", LOAD)
    assert digests in file.read_bytes()
    record(file, [], NOW + timedelta(seconds=3601), KEEP)
    assert read(file)[0].page_load == ""
    assert digests not in file.read_bytes()


def opened(text: str, id_: str, *, s: float = 5, load: str = LOAD, glossary: str = "") -> OpenedHit:
    """Return a hit that was opened."""
    return OpenedHit(NOW + timedelta(seconds=s), text, glossary, load, id_)


def test_opened_hits_join_their_question(file: Path) -> None:
    """Once each and in order, with the question of their page load, or else with the latest."""
    record(file, [question("stir", load=LOAD), question("stir")], NOW, KEEP)
    record(
        file,
        [
            opened("stir", "kitchen:ladle"),
            opened("stir", "kitchen:whisk"),
            opened("stir", "kitchen:ladle"),
            opened("stir", "kitchen:ladle", load="f" * 16),
        ],
        NOW,
        KEEP,
    )
    assert [one.opened for one in read(file)] == [
        ("kitchen:ladle", "kitchen:whisk"),
        ("kitchen:ladle",),
    ]


@pytest.mark.parametrize(
    "hit",
    [
        opened("stir", "kitchen:elsewhere"),
        opened("another question", "kitchen:whisk"),
        opened("stir", "kitchen:whisk", glossary="kitchen"),
        opened("stir", "kitchen:whisk", s=3700),
    ],
    ids=["no hit", "not asked", "other glossary", "long ago"],
)
def test_nothing_else_joins_a_question(file: Path, hit: OpenedHit) -> None:
    """So nothing can be written into the file that was not in an answer."""
    unmatched = record(file, [question("stir", load=LOAD), hit], NOW, KEEP)
    assert unmatched == ([] if hit.id == "kitchen:elsewhere" else [hit])
    assert [(one.text, one.opened) for one in read(file)] == [("stir", ())]


def test_api_questions_have_no_opened_hits(file: Path) -> None:
    """A program opens nothing."""
    record(file, [question("stir", source="api"), opened("stir", "kitchen:whisk")], NOW, KEEP)
    assert read(file)[0].opened == ()


def test_old_questions_go(file: Path) -> None:
    """With the next batch, when they are older than the retention."""
    record(file, [question("old")], NOW, KEEP)
    record(file, [question("new", s=91 * 86400)], NOW + timedelta(days=91), KEEP)
    assert texts(file) == ["new"]
    assert b"old" not in file.read_bytes()


def test_the_oldest_go_when_there_are_too_many(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is bounded."""
    monkeypatch.setattr(question_log, "MAX_QUESTIONS", 3)
    record(file, [question(f"question {n}") for n in "abcde"], NOW, KEEP)
    assert texts(file) == ["question c", "question d", "question e"]


def test_since(file: Path) -> None:
    """Questions from a time on, that time included."""
    record(file, [question("a"), question("b", s=10)], NOW, KEEP)
    assert [one.text for one in read(file, NOW + timedelta(seconds=10))] == ["b"]


def test_forgotten_questions_leave_nothing(file: Path) -> None:
    """One text in any case, or all; no byte of them stays in the file."""
    assert forget(file) == 0
    record(
        file, [question("Where is Jane?"), question("stir"), question("where is jane?")], NOW, KEEP
    )
    ignore(file, [("Where is Jane?", "")])
    assert forget(file, "where is JANE?") == 2
    assert texts(file) == ["stir"]
    assert b"ane?" not in file.read_bytes()
    assert forget(file) == 1
    assert b"stir" not in file.read_bytes()


def test_a_redacted_question_is_forgotten_as_it_was_asked(file: Path) -> None:
    """So is one that was cut."""
    long = "why " * 100
    record(file, [question("mail [e-mail]"), question(recorded_text(long))], NOW, KEEP)
    assert forget(file, "Mail  ann@example.org") == 1
    assert forget(file, long) == 1
    assert texts(file) == []


def test_ignored_questions_are_read_no_more(file: Path) -> None:
    """Of the glossary that was asked, now and later."""
    record(file, [question("stir"), question("stir", glossary="kitchen")], NOW, KEEP)
    assert ignore(file, [("stir", "")]) == []
    record(file, [question("stir", s=9)], NOW, KEEP)
    assert [one.glossary for one in read(file)] == ["kitchen"]


def test_only_recorded_questions_are_ignored(file: Path) -> None:
    """By their redacted text, all or none; no other text gets into the file."""
    assert ignore(file, [("stir", "")]) == [("stir", "")]
    assert not file.exists()
    record(file, [question("mail [e-mail]"), question("stir")], NOW, KEEP)
    unknown = ("where is Jane?", "")
    assert ignore(file, [("stir", ""), unknown]) == [unknown]
    assert texts(file) == ["mail [e-mail]", "stir"]
    assert ignore(file, [("mail ann@example.org", "")]) == []
    assert texts(file) == ["stir"]
    assert not any(one in file.read_bytes() for one in (b"Jane", b"ann@"))


def test_ignored_questions_are_kept_no_longer_than_recorded_ones(file: Path) -> None:
    """Their texts leave the file with the last question of this text."""
    record(file, [question("stir")], NOW, KEEP)
    ignore(file, [("stir", "")])
    later = 50 * 86400
    record(file, [question("stir", s=later)], NOW + timedelta(seconds=later), KEEP)
    record(file, [], NOW + timedelta(days=100), KEEP)
    assert texts(file) == [], "it is asked again and again"
    record(file, [], NOW + timedelta(days=141), KEEP)
    assert b"stir" not in file.read_bytes()


def test_purged_entries_leave(file: Path) -> None:
    """Their ids are in no question any more."""
    erase_entries(file, ["kitchen:whisk"])
    assert not file.exists()
    record(file, [question("stir", load=LOAD), opened("stir", "kitchen:whisk")], NOW, KEEP)
    erase_entries(file, ["kitchen:whisk"])
    (one,) = read(file)
    assert (one.hits, one.opened) == (("kitchen:ladle",), ())
    assert b"whisk" not in file.read_bytes()


def test_a_damaged_file_is_named(file: Path) -> None:
    """The message says which."""
    file.write_bytes(b"no database" * 500)
    with pytest.raises(IndexDamaged, match=r"questions\.db"):
        read(file)
    with pytest.raises(IndexDamaged, match=r"questions\.db"):
        record(file, [question("stir")], NOW, KEEP)


def test_a_file_of_an_earlier_version_is_migrated(file: Path) -> None:
    """Its questions stay, whoever opens it first."""
    with closing(open_for_writing(file, MIGRATIONS[:1])) as connection:
        connection.execute(
            "INSERT INTO question VALUES (1, ?, 'stir', '', 'page', 'possible', 0.4, '[]', NULL, "
            "'', '[]', '')",
            (NOW.isoformat(timespec="seconds"),),
        )
    assert texts(file) == ["stir"]


def _write_many(file: Path, name: str) -> None:
    for n in range(20):
        record(file, [question(f"{name} {n}")], NOW, KEEP)


@pytest.mark.process
def test_several_processes_write_one_file(file: Path) -> None:
    """No question is lost between the processes of a service."""
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_write_many, args=(file, name)) for name in "ab"]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert sorted(texts(file)) == sorted(f"{name} {n}" for name in "ab" for n in range(20))
