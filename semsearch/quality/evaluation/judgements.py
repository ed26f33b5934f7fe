"""Reads judged questions: what people ask, and which terms are right.

A file is JSON Lines: `{"query": "...", "terms": ["...", ...]}`, where every term is right. A line
without terms is a question that the glossary cannot answer. Optional fields are `glossary`, by
default the file's name, and `kind`, by which results are grouped. An answerable question may be of
any kind; an unanswerable one is `near` (the right subject, but a missing term) or `far`.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from semsearch.core.entries import Source
from semsearch.core.errors import ImportFailed, InvalidQuestion, InvalidSetting
from semsearch.text.questions import check_question

ANSWERABLE = "answerable"
NEAR, FAR, UNANSWERABLE = "near", "far", "unanswerable"
UNANSWERABLE_KINDS = (NEAR, FAR, UNANSWERABLE)
"""Kinds of unanswerable questions; the last is the default."""

FIELDS = ("query", "terms", "glossary", "kind")
EXAMPLE = '{"query": "...", "terms": ["..."]}'


@dataclass(frozen=True, slots=True)
class Judgement:
    """A question, the glossary it is asked of, and the right terms.

    `is_named` tells whether the line itself, not only the file, names the glossary.
    """

    query: str
    glossary: str
    terms: tuple[str, ...]
    kind: str
    source: Source
    is_named: bool


class Half(StrEnum):
    """Which half of the questions is asked; tuning on some must be reported on the others."""

    TUNING = "tuning"
    REPORTING = "reporting"
    ALL = "all"


def half_named(name: str) -> Half:
    """Return a half by name.

    Raises:
        InvalidSetting: there is no such half.
    """
    try:
        return Half(name)
    except ValueError as error:
        raise InvalidSetting(f"there is no half {name!r}; name {', '.join(Half)}") from error


def is_tuning(question: str) -> bool:
    """Return whether a question is in the tuning half: its SHA-256 begins with an even byte."""
    return hashlib.sha256(question.encode()).digest()[0] % 2 == 0


def in_half(judgements: Iterable[Judgement], half: Half) -> list[Judgement]:
    """Return the questions of one half, or all."""
    return [
        j for j in judgements if half is Half.ALL or is_tuning(j.query) == (half is Half.TUNING)
    ]


def read_judgements(*paths: Path) -> list[Judgement]:
    """Read files of questions; repeated questions are returned repeatedly.

    Raises:
        ImportFailed: a file cannot be read or has no question, or a line is not a judged question;
            the message has the line.
    """
    return [judgement for path in paths for judgement in _read(path)]


def _read(path: Path) -> list[Judgement]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ImportFailed(f"cannot be read ({error.strerror})", path) from error
    except UnicodeDecodeError as error:
        raise ImportFailed(f"is not UTF-8 text ({error}); save it as UTF-8", path) from error
    found = list(
        _judgements(path, text.split("\n"))
    )  # not splitlines: texts may contain other line separators
    if not found:
        raise ImportFailed(f"holds no questions; a line reads {EXAMPLE}", path)
    return found


def _judgements(path: Path, lines: Iterable[str]) -> Iterator[Judgement]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _judgement(json.loads(line), Source(str(path), number), path.stem)
        except json.JSONDecodeError as error:
            reason = f"not JSON ({error.msg} at character {error.pos + 1}); a line reads {EXAMPLE}"
            raise ImportFailed(reason, path, number) from error
        except RecursionError as error:
            raise ImportFailed("not a judged question: too many brackets", path, number) from error
        except (_InvalidLine, InvalidQuestion) as error:
            raise ImportFailed(f"not a judged question: {error}", path, number) from error


class _InvalidLine(Exception):
    """What is wrong with a line."""


def _judgement(line: Any, source: Source, stem: str) -> Judgement:  # noqa: ANN401 - any JSON
    if not isinstance(line, dict):
        raise _InvalidLine(f"a line reads {EXAMPLE}")
    _check_fields(line)
    terms = line.get("terms") or []
    if not isinstance(terms, list):
        raise _InvalidLine(f'"terms" is a list of texts, not {json.dumps(terms)}')
    glossary = line.get("glossary")
    return Judgement(
        query=_checked(line.get("query"), "query"),
        glossary=stem if glossary is None else _checked(glossary, "glossary"),
        terms=tuple(dict.fromkeys(_checked(term, "terms") for term in terms)),
        kind=_kind(line.get("kind"), answerable=bool(terms)),
        source=source,
        is_named=glossary is not None,
    )


def _check_fields(line: dict[str, Any]) -> None:
    """Refuse a misspelt field; it could turn an answerable question into an unanswerable one."""
    for field in line.keys() - set(FIELDS):
        if near := difflib.get_close_matches(field, FIELDS, n=1, cutoff=0.7):
            raise _InvalidLine(f'there is no field "{field}"; did you mean "{near[0]}"?')
    if "query" not in line:
        raise _InvalidLine(f'it has no "query"; a line reads {EXAMPLE}')


def _checked(value: Any, field: str) -> str:  # noqa: ANN401 - any JSON
    if not isinstance(value, str):
        raise _InvalidLine(f'"{field}" holds {json.dumps(value)}, which is not a text')
    try:
        check_question(value)
    except InvalidQuestion as error:
        reason = str(error) if field == "query" else f"{value!r} is not the name of anything"
        raise _InvalidLine(reason if field == "query" else f'"{field}": {reason}') from error
    return value


def _kind(line: Any, *, answerable: bool) -> str:  # noqa: ANN401 - any JSON
    if line is None:
        return ANSWERABLE if answerable else UNANSWERABLE
    kind = _checked(line, "kind")
    if answerable and kind in UNANSWERABLE_KINDS:
        raise _InvalidLine(f'it has terms, so it is answerable, but its kind is "{kind}"')
    if not answerable and kind not in UNANSWERABLE_KINDS:
        raise _InvalidLine(
            f'it has no terms, so its kind is one of {", ".join(UNANSWERABLE_KINDS)}, not "{kind}"'
        )
    return kind
