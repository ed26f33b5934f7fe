"""Generates asked-as phrases with a language model, for entries that have none.

Every phrase goes into a review file first; nothing is stored. After a review,
`review.apply_review` stores the accepted phrases as live edits. An interrupted run resumes from the
file: entries that have a line in it are done.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from semsearch.core.entries import Entry
from semsearch.core.errors import ChatFailed, ChatRefused, GlossaryNotFound, InvalidQuestion
from semsearch.core.progress import Progress
from semsearch.importers.fields import shorten
from semsearch.importers.records_to_entries import clean_phrases, reason_against_phrases
from semsearch.ingest.editor import Editor
from semsearch.ingest.review import ReviewFile, ReviewLine
from semsearch.models.chat import ChatServer
from semsearch.text.name_in_phrase import name_said
from semsearch.text.normalise import fold
from semsearch.text.passages import phrases_of

FAILURES = 3
"""Entries in a row for which the server fails until it is not asked any more."""
MAX_DEFINITION = 2_000
"""Characters of a definition that the model reads."""

_SYSTEM = (
    "You help people find a term in a glossary when they do not know its name. You are given a term and its definition. "
    "Write the phrases that people would type who look for it and cannot name it. Write in the language of the definition. Mix "
    "the kinds: descriptions in everyday words, questions, problems somebody has, and bare keywords. Never use the term "
    "itself, its other names or forms of them. Do not repeat the definition. Each phrase must fit this term and no similar "
    "one, and has at most 25 words. Answer with a JSON list of strings and nothing else."
)
_MARK = re.compile(r"^\s*(?:[-*\u2022]|\d+[.)])\s+")


FirstHit = Callable[[str, str], Entry | None]
"""Asks a question in a glossary and returns the first entry that is found; raises
`InvalidQuestion`."""


@dataclass(frozen=True, slots=True)
class EnrichOptions:
    """How phrases are written.

    `phrases` are wanted for each entry, `at_once` requests are under way at the same time, and
    `limit` bounds the entries of a run; None takes all.
    """

    phrases: int = 8
    at_once: int = 4
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class EnrichReport:
    """Entries with phrases, numbers of accepted and refused phrases, and entries that failed."""

    entries: int
    kept: int
    refused: int
    failed: tuple[str, ...]
    """The messages, each with the id of its entry."""


def enrich(
    wanted: EntriesWithoutPhrases,
    server: ChatServer,
    first_hit: FirstHit,
    file: Path,
    options: EnrichOptions,
    progress: Progress,
) -> EnrichReport:
    """Have a server write phrases for entries, and append what it writes to a review file.

    Args:
        wanted: the entries; those that the file has already are left out.
        server: what writes.
        first_hit: asks a phrase.
        file: the review file; an existing one is continued.
        options: how many phrases, requests and entries.
        progress: told about each entry.

    Raises:
        ChatRefused: the server will not answer at all.
        ChatFailed: it failed for several entries in a row; what was written until then is kept.
        InvalidSetting: the file is no review file, or cannot be written.
    """
    with ReviewFile.open(file) as review:
        entries = [entry for entry in wanted.entries if entry.id not in review.ids]
        entries = entries[: options.limit]
        progress.start("writing phrases", len(entries))
        known = wanted.known | review.phrases
        made = kept = refused = in_a_row = 0
        failed: list[str] = []
        for entry, answer in _answers(entries, server, options):
            if isinstance(answer, ChatFailed):
                failed.append(f"{entry.id}: {answer}")
                in_a_row += 1
                if in_a_row == FAILURES or isinstance(answer, ChatRefused):
                    raise answer
            else:
                in_a_row = 0
                lines = list(_judged(first_hit, entry, answer, known))
                review.append(lines)
                made += 1
                kept += sum(line.kept for line in lines)
                refused += sum(not line.kept for line in lines)
            progress.advance(1)
    return EnrichReport(made, kept, refused, tuple(failed))


def _answers(
    entries: Sequence[Entry], server: ChatServer, options: EnrichOptions
) -> Iterator[tuple[Entry, str | ChatFailed]]:
    """Ask about each entry, a few at the same time, and yield what comes as it comes."""
    left = iter(entries)
    under_way: dict[Future[str], Entry] = {}
    with ThreadPoolExecutor(options.at_once) as threads:
        try:
            while True:
                while len(under_way) < options.at_once and (entry := next(left, None)) is not None:
                    prompt = question_about(entry, options.phrases)
                    asked = threads.submit(server.complete, _SYSTEM, prompt)
                    under_way[asked] = entry
                if not under_way:
                    return
                for done in wait(under_way, return_when=FIRST_COMPLETED).done:
                    entry = under_way.pop(done)
                    error = done.exception()
                    if error is not None and not isinstance(error, ChatFailed):
                        raise error
                    yield entry, error if error is not None else done.result()
        finally:
            threads.shutdown(wait=False, cancel_futures=True)


def question_about(entry: Entry, phrases: int) -> str:
    """Return what the model is asked about an entry."""
    names = f"\nOther names: {'; '.join(entry.aliases)}" if entry.aliases else ""
    definition = entry.definition[:MAX_DEFINITION]
    return f"Term: {entry.term}{names}\nDefinition: {definition}\n\nWrite {phrases} phrases."


def phrases_in(answer: str) -> tuple[str, ...]:
    """Return the phrases of an answer: of a JSON list, wherever it stands, or its lines."""
    begin, end = answer.find("["), answer.rfind("]")
    if 0 <= begin < end:
        try:
            listed = json.loads(answer[begin : end + 1])
        except (ValueError, RecursionError):
            listed = None
        if isinstance(listed, list):
            return clean_phrases(one for one in listed if isinstance(one, str))
    lines = (_MARK.sub("", line).strip().strip("\"'`,") for line in answer.splitlines())
    return clean_phrases(line for line in lines if line and not line.endswith(":"))


def _judged(
    first_hit: FirstHit, entry: Entry, answer: str, known: dict[str, str]
) -> Iterator[ReviewLine]:
    """Yield each phrase of an answer, kept or with the reason against it.

    Args:
        first_hit: asks one.
        entry: that they are for.
        answer: of the model.
        known: the phrases of all entries, folded, with the terms they are for; the new ones are
            added.
    """
    found = phrases_in(answer)
    if not found:
        yield ReviewLine(
            entry.id, entry.term, "", False, f"the answer has no phrase: {shorten(answer)!r}"
        )
    for phrase in found:
        reason = _reason(first_hit, entry, phrase, known)
        if reason is None:
            known[fold(phrase)] = entry.term
        yield ReviewLine(entry.id, entry.term, phrase, reason is None, reason or "")


def _reason(first_hit: FirstHit, entry: Entry, phrase: str, known: dict[str, str]) -> str | None:
    """Say why a phrase is refused; None if it is not."""
    if (name := name_said(entry, phrase)) is not None:
        return f"it says the name {name!r}"
    if fold(phrase) in known:
        return f"{known[fold(phrase)]!r} is asked for so already"
    if (too_long := reason_against_phrases(entry.term, [phrase])) is not None:
        return too_long
    try:
        found = first_hit(phrase, entry.glossary)
    except InvalidQuestion as error:
        return str(error)
    if found is None or found.id != entry.id:
        return f"it finds {found.term!r} first" if found else "it finds nothing"
    return None


@dataclass(frozen=True, slots=True)
class EntriesWithoutPhrases:
    """The entries without phrases, and the folded phrases of all others with their terms."""

    entries: list[Entry]
    known: dict[str, str]


def entries_without_phrases(editor: Editor, glossary: str | None) -> EntriesWithoutPhrases:
    """Return the entries, of one glossary or of all, that have no phrases.

    Raises:
        GlossaryNotFound: there is no such glossary.
    """
    every = [change.entry for change in editor.changes_since(0) if change.entry is not None]
    names = {entry.glossary for entry in every}
    if glossary is not None and glossary not in names:
        raise GlossaryNotFound.among(glossary, names)
    known = {fold(phrase): entry.term for entry in every for phrase in phrases_of(entry)}
    mine = (entry for entry in every if glossary in (None, entry.glossary))
    return EntriesWithoutPhrases([entry for entry in mine if not phrases_of(entry)], known)
