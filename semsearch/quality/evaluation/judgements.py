"""Judged questions: what people ask and which terms would be right.

A questions file is JSONL, one question a line: `{"query": "...", "terms": ["...", ...]}`, every term
named being right. A line without terms is a question that nothing in the glossary answers.

Optional fields are `glossary`, the glossary asked, which is otherwise the one the file is named
after; and `kind`, by which scores are broken down. An answerable question may be of any kind, an
unanswerable one is `near` (the right subject, but the glossary lacks the term) or `far`.
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
from semsearch.text.normalise import check_question

ANSWERABLE = "answerable"
NEAR, FAR, UNANSWERABLE = "near", "far", "unanswerable"
HOPELESS = (NEAR, FAR, UNANSWERABLE)
"""The kinds of a question that nothing answers; the last where the line says no more."""

FIELDS = ("query", "terms", "glossary", "kind")
EXAMPLE = '{"query": "...", "terms": ["..."]}'


@dataclass(frozen=True, slots=True)
class Judgement:
    """One question, the glossary it is put to, and the terms that answer it.

    `is_named` says whether the line itself named the glossary, and not only the file.
    """

    query: str
    glossary: str
    terms: tuple[str, ...]
    kind: str
    source: Source
    is_named: bool


class Half(StrEnum):
    """Which questions are asked: what is tuned on some must be reported on the others."""

    TUNING = "tuning"
    REPORTING = "reporting"
    ALL = "all"


def half_named(name: str) -> Half:
    """Return a half by its name.

    Raises:
        InvalidSetting: there is no such half.
    """
    try:
        return Half(name)
    except ValueError as error:
        raise InvalidSetting(f"there is no half {name!r}; name {', '.join(Half)}") from error


def is_tuning(question: str) -> bool:
    """Whether a question belongs to the half that may be tuned on: its SHA-256 begins even."""
    return hashlib.sha256(question.encode()).digest()[0] % 2 == 0


def in_half(judgements: Iterable[Judgement], half: Half) -> list[Judgement]:
    """Return the questions of one half, or all."""
    return [
        j for j in judgements if half is Half.ALL or is_tuning(j.query) == (half is Half.TUNING)
    ]


def read_judgements(*paths: Path) -> list[Judgement]:
    """Read questions files. A question that stands there several times is returned as often.

    Raises:
        ImportFailed: a file cannot be read or holds no question, or a line is not a judged
            question; the message has the line.
    """
    return [judgement for path in paths for judgement in _read(path)]


def _read(path: Path) -> list[Judgement]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ImportFailed(f"cannot be read ({error.strerror})", path) from error
    except UnicodeDecodeError as error:
        raise ImportFailed(f"is not UTF-8 text ({error}); save it as UTF-8", path) from error
    found = list(_judgements(path, text.split("\n")))  # a text may hold other line separators
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
        except (_Unfit, InvalidQuestion) as error:
            raise ImportFailed(f"not a judged question: {error}", path, number) from error


class _Unfit(Exception):
    """What is wrong with a line."""


def _judgement(stated: Any, source: Source, stem: str) -> Judgement:  # noqa: ANN401 - any JSON
    if not isinstance(stated, dict):
        raise _Unfit(f"a line reads {EXAMPLE}")
    _check_fields(stated)
    terms = stated.get("terms") or []
    if not isinstance(terms, list):
        raise _Unfit(f'"terms" is a list of texts, not {json.dumps(terms)}')
    glossary = stated.get("glossary")
    return Judgement(
        query=_checked(stated.get("query"), "query"),
        glossary=stem if glossary is None else _checked(glossary, "glossary"),
        terms=tuple(dict.fromkeys(_checked(term, "terms") for term in terms)),
        kind=_kind(stated.get("kind"), answerable=bool(terms)),
        source=source,
        is_named=glossary is not None,
    )


def _check_fields(stated: dict[str, Any]) -> None:
    """Refuse a misspelt field, which would turn an answerable question into another one."""
    for field in stated.keys() - set(FIELDS):
        if near := difflib.get_close_matches(field, FIELDS, n=1, cutoff=0.7):
            raise _Unfit(f'there is no field "{field}"; did you mean "{near[0]}"?')
    if "query" not in stated:
        raise _Unfit(f'it has no "query"; a line reads {EXAMPLE}')


def _checked(value: Any, field: str) -> str:  # noqa: ANN401 - any JSON
    if not isinstance(value, str):
        raise _Unfit(f'"{field}" holds {json.dumps(value)}, which is not a text')
    try:
        check_question(value)
    except InvalidQuestion as error:
        reason = str(error) if field == "query" else f"{value!r} is not the name of anything"
        raise _Unfit(reason if field == "query" else f'"{field}": {reason}') from error
    return value


def _kind(stated: Any, *, answerable: bool) -> str:  # noqa: ANN401 - any JSON
    if stated is None:
        return ANSWERABLE if answerable else UNANSWERABLE
    kind = _checked(stated, "kind")
    if answerable and kind in HOPELESS:
        raise _Unfit(
            f'it has terms, so nothing but an answer is right, and yet its kind is "{kind}"'
        )
    if not answerable and kind not in HOPELESS:
        raise _Unfit(f'it has no terms, so its kind is one of {", ".join(HOPELESS)}, not "{kind}"')
    return kind
