"""Judged questions: what people ask and which terms would be right.

A questions file is JSONL, one question a line: `{"query": "...", "terms": ["...", ...]}`, every term
named being right. The glossary asked is the line's `"glossary"` or else the name of the file. A line
without terms is a question that nothing in the glossary answers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from semsearch.errors import ImportFailed


@dataclass(frozen=True, slots=True)
class Judgement:
    """One question, the glossary it is put to, and the terms that answer it."""

    query: str
    glossary: str
    terms: tuple[str, ...]


def is_tuning(question: str) -> bool:
    """Whether a question belongs to the half that may be tuned on; the other half is reported."""
    return hashlib.sha256(question.encode()).digest()[0] % 2 == 0


def read_judgements(path: Path) -> list[Judgement]:
    """Read a questions file.

    Raises:
        ImportFailed: the file cannot be read, or a line is not a judged question.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ImportFailed(f"cannot be read as UTF-8 text ({error})", path) from error
    return list(_judgements(path, lines))


def _judgements(path: Path, lines: list[str]) -> Iterator[Judgement]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            stated = json.loads(line)
            query, terms = stated["query"], stated.get("terms", [])
            glossary = stated.get("glossary", path.stem)
            texts = [query, glossary, *terms]
        except (ValueError, KeyError, TypeError, AttributeError):
            texts = [None]
        if not all(isinstance(text, str) for text in texts):
            raise ImportFailed(
                'not a judged question; a line reads {"query": "...", "terms": ["..."]}',
                path,
                number,
            )
        yield Judgement(query, glossary, tuple(terms))
