"""Phrases that a chat server writes.

Judged, kept in a file for somebody to look through, and stored when that is done.

Covers `ingest/review`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.entries import Details, Entry
from semsearch.core.errors import ChatFailed, ChatRefused, GlossaryNotFound, InvalidSetting
from semsearch.core.progress import Silent
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.ingest.enrich import (
    EnrichOptions,
    EnrichReport,
    enrich,
    entries_without_phrases,
    phrases_in,
    question_about,
)
from semsearch.ingest.review import apply_review, read_review
from semsearch.models.chat import ChatServer
from semsearch.search.glossary import Glossary
from tests.chat_server import Reply, Server, answering
from tests.conftest import ENTRIES

LEAVEN, CRUMB, OVEN, *_ = ENTRIES
ASKED = replace(CRUMB, details=Details.of({"asked_as": ("what is between crusts",)}))


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Build an index in which one of three entries has a phrase."""
    build_index([LEAVEN, ASKED, OVEN], tmp_path / "index", model="hashed")
    return tmp_path / "index"


@pytest.fixture
def editor(index: Path) -> Iterator[Editor]:
    """Open it for editing."""
    with Editor(index, who="ann") as opened:
        yield opened


def write(index: Path, editor: Editor, server: Server, file: Path, **more: int) -> EnrichReport:
    """Have a server write phrases for what has none."""

    def first_hit(question: str, within: str) -> Entry | None:
        hits = glossary.ask(question, k=1, glossary=within).hits
        return hits[0].entry if hits else None

    options = EnrichOptions(**{"phrases": 4, "at_once": 2, **more})
    with Glossary.open(index) as glossary:
        client = ChatServer(server.url, "m", first_pause_s=0.01, attempts=2)
        entries = entries_without_phrases(editor, None)
        return enrich(entries, client, first_hit, file, options, Silent())


def of(said: str, **answers: list[str]) -> Reply:
    """Answer with the phrases for the term that is asked about."""
    (term,) = (name for name in answers if f"Term: {name.replace('_', ' ')}\n" in said)
    return Reply.saying(json.dumps(answers[term]))


def test_phrases_are_judged_and_wait_for_somebody(
    index: Path, editor: Editor, tmp_path: Path
) -> None:
    """What says the name, is there already or finds another entry first is refused with the reason.

    Nothing is stored.
    """
    file = tmp_path / "review.jsonl"
    answers = {
        "Leaven": [
            "fermented dough that makes dough rise",
            "Fermented dough, that makes dough rise!",
            "how to feed a leaven",
            "What is between crusts?",
            "a heavy pot with a lid",
            "x" * 301,
        ],
        "Dutch_Oven": ["heavy pot with a lid", "fermented dough that makes dough rise"],
    }
    with answering(lambda said, _: of(said, **answers)) as server:
        made = write(index, editor, server, file, at_once=1)
    assert made == EnrichReport(entries=2, kept=2, refused=5, failed=())
    assert [(line.term, line.kept, line.reason) for line in read_review(file)] == [
        ("Leaven", True, ""),
        ("Leaven", False, "it says the name 'Leaven'"),
        ("Leaven", False, "'Crumb' is asked for so already"),
        ("Leaven", False, "it finds 'Dutch Oven' first"),
        (
            "Leaven",
            False,
            f"a phrase by which 'Leaven' is asked for is longer than 300 characters: '{'x' * 57}...'; shorten it",
        ),
        ("Dutch Oven", True, ""),
        ("Dutch Oven", False, "'Leaven' is asked for so already"),
    ]
    assert editor.entry(LEAVEN.id).entry == LEAVEN
    assert [request["messages"][1]["content"] for request in server.requests] == [
        question_about(entry, 4) for entry in (LEAVEN, OVEN)
    ]


def test_what_is_kept_is_stored_as_live_edits(index: Path, editor: Editor, tmp_path: Path) -> None:
    """Behind the phrases that are there, an edit for each entry, in the history.

    Done twice it changes nothing more.
    """
    file = tmp_path / "review.jsonl"
    lines = [
        {"id": LEAVEN.id, "phrase": "what makes it rise", "kept": True},
        {"id": LEAVEN.id, "phrase": "not this", "kept": False, "reason": "dull"},
        {"id": CRUMB.id, "phrase": "the soft inside", "kept": True},
        {"id": CRUMB.id, "phrase": "What is between crusts?", "kept": True},
        {"id": "bakery:gone", "phrase": "nothing", "kept": True},
    ]
    file.write_text("\n".join(map(json.dumps, lines)))
    applied = apply_review(editor, file, Silent())
    assert (applied.entries, applied.phrases, applied.missing) == (2, 2, ("bakery:gone",))
    assert editor.entry(LEAVEN.id).entry.details.asked_as == ("what makes it rise",)
    assert editor.entry(CRUMB.id).entry.details.asked_as == (
        "what is between crusts",
        "the soft inside",
    )
    assert [version.who for version in editor.history(LEAVEN.id)] == ["build", "ann"]
    again = apply_review(editor, file, Silent())
    assert (again.entries, again.phrases) == (0, 0)
    with Glossary.open(index) as glossary:
        assert glossary.ask("what makes it rise?").hits[0].evidence.phrase == "what makes it rise"
    build_index([LEAVEN, ASKED, OVEN], index, model="hashed")
    assert editor.entry(LEAVEN.id).entry.details.asked_as == ("what makes it rise",)


def test_an_entry_gets_no_more_phrases_than_it_can_have(editor: Editor, tmp_path: Path) -> None:
    """The others are counted."""
    file = tmp_path / "review.jsonl"
    lines = [{"id": CRUMB.id, "phrase": f"number {n}", "kept": True} for n in range(70)]
    file.write_text("\n".join(map(json.dumps, lines)))
    applied = apply_review(editor, file, Silent())
    assert (applied.phrases, applied.left_out) == (63, 7)
    assert len(editor.entry(CRUMB.id).entry.details.asked_as) == 64


def test_a_run_that_was_ended_is_gone_on_with(index: Path, editor: Editor, tmp_path: Path) -> None:
    """What the file has is not asked for again.

    A line that was not written to its end is dropped.
    """
    file = tmp_path / "review.jsonl"
    whole = json.dumps({"id": LEAVEN.id, "term": "Leaven", "phrase": "heavy lid", "kept": True})
    file.write_text(f'{whole}\n{{"id": "{OVEN.id}", "phr')
    with answering(lambda *_: Reply.saying('["heavy lid", "heavy pot with a lid"]')) as server:
        made = write(index, editor, server, file)
        assert len(server.requests) == 1
        assert write(index, editor, server, file).entries == 0
        assert len(server.requests) == 1
    assert (made.entries, made.kept, made.refused) == (1, 1, 1)
    assert [line.id for line in read_review(file)] == [LEAVEN.id, OVEN.id, OVEN.id]


def test_a_run_takes_as_many_entries_as_are_wanted(
    index: Path, editor: Editor, tmp_path: Path
) -> None:
    """Those that are left, not those that the file has."""
    file = tmp_path / "review.jsonl"
    with answering(lambda *_: Reply.saying('["fed with flour"]')) as server:
        assert [write(index, editor, server, file, limit=1).entries for _ in range(3)] == [1, 1, 0]
    assert {line.id for line in read_review(file)} == {LEAVEN.id, OVEN.id}


def test_several_are_asked_at_the_same_time_and_no_more(tmp_path: Path) -> None:
    """The number of parallel requests is the stated one."""
    many = [
        replace(LEAVEN, id=f"bakery:n{n}", term=f"Name {n}", definition=f"It is {n}.")
        for n in range(12)
    ]
    build_index(many, tmp_path / "many", model="hashed")
    full = threading.Barrier(
        4, timeout=20
    )  # broken, and so failing, unless four are there together

    def reply(*_: object) -> Reply:
        full.wait()
        return Reply.saying("[]")

    with Editor(tmp_path / "many") as editor, answering(reply) as server:
        made = write(tmp_path / "many", editor, server, tmp_path / "r.jsonl", at_once=4)
    assert (made.entries, server.most_under_way) == (12, 4)


def test_a_failure_costs_its_entry_alone(index: Path, editor: Editor, tmp_path: Path) -> None:
    """It has no line, so that the next run asks for it again."""
    file = tmp_path / "review.jsonl"

    def reply(said: str, _: int) -> Reply:
        return (
            Reply.error(500, "oops")
            if "Term: Leaven" in said
            else Reply.saying('["heavy pot with a lid"]')
        )

    with answering(reply) as server:
        made = write(index, editor, server, file)
    assert made.entries == 1
    (failed,) = made.failed
    assert failed.startswith(
        f"{LEAVEN.id}: the chat server {server.url} answers with status 500: oops"
    )
    assert [line.id for line in read_review(file)] == [OVEN.id]


def test_a_server_that_fails_again_and_again_is_asked_no_more(tmp_path: Path) -> None:
    """A refusal stops at once; phrases written until then are kept."""
    many = [
        replace(LEAVEN, id=f"bakery:n{n}", term=f"Name {n}", definition=f"It is {n}.")
        for n in range(12)
    ]
    build_index(many, tmp_path / "many", model="hashed")
    file = tmp_path / "r.jsonl"
    with Editor(tmp_path / "many") as editor:
        with answering(
            lambda _, n: Reply.error(500, "") if n else Reply.saying('["it is"]')
        ) as server:
            with pytest.raises(ChatFailed):
                write(tmp_path / "many", editor, server, file, at_once=1)
            assert len(server.requests) == 1 + 3 * 2
        assert len(list(read_review(file))) == 1
        with answering(lambda *_: Reply.error(404, "no such model")) as server:
            with pytest.raises(ChatRefused, match="no such model"):
                write(tmp_path / "many", editor, server, file, at_once=1)
            assert len(server.requests) == 1


def test_phrases_are_found_in_whatever_a_model_says() -> None:
    """A list, fenced or with words around it, or lines with marks in front.

    What is no phrase is left out.
    """
    assert phrases_in('["a b", 3, "A b!", " c\\nd "]') == ("a b", "c d")
    assert phrases_in('Sure:\n```json\n["a [b]", "c"]\n```\nBye') == ("a [b]", "c")
    assert phrases_in('Here they are:\n- "a b"\n* c\n2) d\n\n') == ("a b", "c", "d")
    assert phrases_in("[broken") == ("[broken",)
    assert phrases_in("") == ()


def test_an_answer_without_a_phrase_is_a_line_too(
    index: Path, editor: Editor, tmp_path: Path
) -> None:
    """Its entry is done, and somebody sees why."""
    file = tmp_path / "review.jsonl"
    with answering(lambda *_: Reply.saying("[]")) as server:
        made = write(index, editor, server, file)
    assert (made.entries, made.kept) == (2, 0)
    assert {line.reason for line in read_review(file)} == {"the answer has no phrase: '[]'"}


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "{}",
        '{"id": "a", "phrase": "b", "kept": "yes"}',
        '{"id": 1, "phrase": "b", "kept": true}',
    ],
)
def test_another_file_is_no_review(tmp_path: Path, editor: Editor, index: Path, line: str) -> None:
    """Such a file is neither stored nor resumed; the message names the line."""
    file = tmp_path / "other.jsonl"
    file.write_text(f"\n{line}\n")
    with pytest.raises(InvalidSetting, match=f"{file}:2: no line of a review file"):
        apply_review(editor, file, Silent())
    with answering(lambda *_: Reply.saying("[]")) as server, pytest.raises(InvalidSetting):
        write(index, editor, server, file)
    assert server.requests == []


def test_a_glossary_that_there_is_not_is_refused(editor: Editor) -> None:
    """The error lists the glossaries of the index."""
    assert [entry.id for entry in entries_without_phrases(editor, "bakery").entries] == [
        LEAVEN.id,
        OVEN.id,
    ]
    with pytest.raises(
        GlossaryNotFound, match="there is no glossary 'x' in this index; there are bakery"
    ):
        entries_without_phrases(editor, "x")
