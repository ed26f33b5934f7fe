"""Questions that readers asked, in `questions.db` beside the store: bounded, local, forgettable.

The service writes it only if its owner turned that on. No row says who asked. The text is redacted
before it comes here (`text/redaction.py`). Rows older than the retention go at the next write, and
so do the oldest ones beyond `MAX_QUESTIONS`. SQLite overwrites what is deleted.

Several processes write the same file, each a batch in one transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from semsearch.storage.feedback.private_database import reading, writing
from semsearch.storage.feedback.question_file import FORGET_IGNORED, MIGRATIONS
from semsearch.storage.feedback.recorded_text import recorded_text

MAX_QUESTIONS = 100_000
"""Most questions in the file: some 60 MB."""
MAX_HITS = 10
"""First hits that are recorded."""
TYPING_S = 30
"""Seconds in which a longer question replaces a shorter one that it begins with, if both are of the
same page load: people pause while they type."""
SAME_LOAD_S = 3600
"""Seconds for which the number of a page load is kept, in which a repeated question counts once."""


@dataclass(frozen=True, slots=True)
class RecordedQuestion:
    """A question with its answer in short.

    `asked` is UTC to the second. `glossary` is the one that was asked, empty for all. `source` is
    `page` or `api`. `hits` are the ids of the first hits. `lead` is the score of the first hit
    minus that of the second, None if there are not two. `repaired` is the corrected question, if a
    typing error was assumed. `opened` are the ids of the hits that the reader opened. `page_load`
    stands for the page that asked (`recorded_load`), empty for others and after an hour. So are
    `typed`, the digests of its prefixes (`typed_digests`), which `read` leaves out.
    `asked_for` is how many hits were asked for.
    """

    asked: datetime
    text: str
    glossary: str
    source: str
    verdict: str
    confidence: float
    hits: tuple[str, ...]
    lead: float | None = None
    repaired: str = ""
    opened: tuple[str, ...] = ()
    page_load: str = ""
    typed: bytes = b""
    asked_for: int = MAX_HITS

    @property
    def is_short(self) -> bool:
        """Whether fewer hits were asked for than are recorded: a missing one says nothing."""
        return self.asked_for < MAX_HITS


@dataclass(frozen=True, slots=True)
class OpenedHit:
    """A hit that the reader of an answer opened: the question, redacted, and the id."""

    at: datetime
    text: str
    glossary: str
    page_load: str
    id: str


def record(
    file: Path, batch: Sequence[RecordedQuestion | OpenedHit], now: datetime, keep: timedelta
) -> list[OpenedHit]:
    """Write a batch in its order, and delete what is too old or too much.

    Args:
        file: `questions.db`, made if it is missing.
        batch: questions, and hits that were opened.
        now: the time.
        keep: how long questions are kept.

    Returns:
        The opened hits of no recorded question; another process may be about to write it.

    Raises:
        StoredIndexError: the file cannot be written or is damaged.
    """
    unmatched = []
    with writing(file, MIGRATIONS) as connection:
        for one in batch:
            if isinstance(one, RecordedQuestion):
                _add(connection, one)
            elif not _open(connection, one):
                unmatched.append(one)
        connection.execute("DELETE FROM question WHERE asked < ?", (_time(now - keep),))
        connection.execute(
            "DELETE FROM question WHERE number <= (SELECT max(number) FROM question) - ?",
            (MAX_QUESTIONS,),
        )
        connection.execute(FORGET_IGNORED)
        connection.execute(
            "UPDATE question SET page_load = '', typed = x'' WHERE page_load != '' AND asked < ?",
            (_time(now - timedelta(seconds=SAME_LOAD_S)),),
        )
    return unmatched


def read(file: Path, since: datetime | None = None) -> list[RecordedQuestion]:
    """Return the questions asked since a time, oldest first, without those that are ignored.

    Raises:
        StoredIndexError: the file is damaged, or a newer version of semsearch wrote it.
    """
    if not file.exists():
        return []
    with reading(file, MIGRATIONS) as connection:
        rows = connection.execute(
            "SELECT asked, text, glossary, source, verdict, confidence, hits, lead, repaired, "
            "opened, page_load, asked_for FROM question WHERE asked >= ? AND (text, glossary) NOT IN "
            "(SELECT text, glossary FROM ignored) ORDER BY asked, number",
            (_time(since) if since else "",),
        )
        return [_question(row) for row in rows]


def forget(file: Path, text: str | None = None) -> int:
    """Delete all questions, or those that are recorded as a text is; return how many.

    Case does not count. The text is redacted first, as it was when it was recorded.

    Raises:
        StoredIndexError: the file cannot be written or is damaged.
    """
    if not file.exists():
        return 0
    with writing(file, MIGRATIONS) as connection:
        if text is None:
            connection.execute("DELETE FROM ignored")
            return connection.execute("DELETE FROM question").rowcount
        wanted = recorded_text(text).casefold()
        same = [
            (number,)
            for number, asked in connection.execute("SELECT number, text FROM question")
            if asked.casefold() == wanted
        ]
        connection.executemany("DELETE FROM question WHERE number = ?", same)
        connection.execute(FORGET_IGNORED)
        return len(same)


def ignore(file: Path, questions: Collection[tuple[str, str]]) -> list[tuple[str, str]]:
    """Leave recorded questions out of reports, also if they are asked again while recorded.

    Args:
        file: the database.
        questions: each by its text and glossary.

    Returns:
        Those that are not recorded. If there are any, nothing is ignored.

    Raises:
        StoredIndexError: the file cannot be written or is damaged.
    """
    if not file.exists():
        return list(questions)
    with writing(file, MIGRATIONS) as connection:
        unknown, known = [], []
        for text, glossary in questions:
            pair = (recorded_text(text), glossary)
            query = "SELECT 1 FROM question WHERE text = ? AND glossary = ?"
            if connection.execute(query, pair).fetchone():
                known.append(pair)
            else:
                unknown.append((text, glossary))
        if not unknown:
            connection.executemany("INSERT OR IGNORE INTO ignored VALUES (?, ?)", known)
        return unknown


def erase_entries(file: Path, ids: Collection[str]) -> None:
    """Take the ids of purged entries out of all questions.

    Raises:
        StoredIndexError: the file cannot be written or is damaged.
    """
    if not file.exists():
        return
    gone = set(ids)
    with writing(file, MIGRATIONS) as connection:
        changed = [
            (_without(hits, gone), _without(opened, gone), number)
            for number, hits, opened in connection.execute(
                "SELECT number, hits, opened FROM question"
            )
            if not gone.isdisjoint(json.loads(hits) + json.loads(opened))
        ]
        connection.executemany("UPDATE question SET hits = ?, opened = ? WHERE number = ?", changed)


def _add(connection: sqlite3.Connection, question: RecordedQuestion) -> None:
    """Add a question, unless its page load has asked the same or more."""
    for number, asked, text, opened, typed in _of_same_load(connection, question):
        if text == question.text:
            return
        age = question.asked - datetime.fromisoformat(asked)
        if age > timedelta(seconds=TYPING_S) or opened != "[]":
            continue
        if typed.startswith(question.typed):  # what is left while the question is deleted again
            return
        if question.typed.startswith(typed):
            connection.execute("DELETE FROM question WHERE number = ?", (number,))
    connection.execute(
        "INSERT INTO question (asked, text, glossary, source, verdict, confidence, hits, lead, "
        "repaired, opened, page_load, typed, asked_for) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            _time(question.asked),
            question.text,
            question.glossary,
            question.source,
            question.verdict,
            question.confidence,
            json.dumps(question.hits),
            question.lead,
            question.repaired,
            json.dumps(question.opened),
            question.page_load,
            question.typed,
            question.asked_for,
        ),
    )


def _of_same_load(
    connection: sqlite3.Connection, question: RecordedQuestion
) -> list[tuple[int, str, str, str, bytes]]:
    if not question.page_load:
        return []
    return connection.execute(
        "SELECT number, asked, text, opened, typed FROM question "
        "WHERE page_load = ? AND glossary = ?",
        (question.page_load, question.glossary),
    ).fetchall()


def _open(connection: sqlite3.Connection, opened: OpenedHit) -> bool:
    """Add an opened hit to the latest question of its text that a page asked within an hour.

    Only a hit of the answer counts, so that nothing else can be written into the file. Return
    whether there is such a question.
    """
    row = connection.execute(
        "SELECT number, hits, opened FROM question WHERE text = ? AND glossary = ? AND source = 'page' "
        "AND page_load IN (?, '') AND asked >= ? ORDER BY page_load DESC, number DESC LIMIT 1",
        (
            opened.text,
            opened.glossary,
            opened.page_load,
            _time(opened.at - timedelta(seconds=SAME_LOAD_S)),
        ),
    ).fetchone()
    if row is None:
        return False
    number, hits, ids = row[0], json.loads(row[1]), json.loads(row[2])
    if opened.id in hits and opened.id not in ids:
        connection.execute(
            "UPDATE question SET opened = ? WHERE number = ?",
            (json.dumps([*ids, opened.id]), number),
        )
    return True


def _without(ids: str, gone: Collection[str]) -> str:
    return json.dumps([id_ for id_ in json.loads(ids) if id_ not in gone])


def _question(
    row: tuple[str, str, str, str, str, float, str, float | None, str, str, str, int],
) -> RecordedQuestion:
    asked, text, glossary, source, verdict, confidence, hits, lead = row[:8]
    repaired, opened, load, asked_for = row[8:]
    return RecordedQuestion(
        datetime.fromisoformat(asked),
        text,
        glossary,
        source,
        verdict,
        confidence,
        tuple(json.loads(hits)),
        lead,
        repaired,
        tuple(json.loads(opened)),
        load,
        asked_for=asked_for,
    )


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
