"""Interview questions and answers from `theory.md` of alexeygrigorev/data-science-interviews.

A question is a line in bold; its answer follows until the next question. Only questions for the
meaning of a single term are used ("What is gradient descent? How does it work?").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from semsearch.core.errors import ImportFailed

_QUESTION = re.compile(r"^\*\*(.+?)\*\*\s*$", re.MULTILINE)
_TERM = re.compile(
    r"^What(?:\s+is|\s+are|['\u2019]s)\s+(?:a\s+|an\s+|the\s+)?[\"“]?([^?\"”]+?)[\"”]?\s*\?",
    re.IGNORECASE,
)
_CODE = re.compile(r"```.*?```", re.DOTALL)
_MARKUP = re.compile(r"<[^<>]*>|!?\[[^\]]*\]\([^)]*\)|[*`$_]")
_ASIDE = re.compile(r"\s*[(\u2013\u2014].*$")
"""An addition to a term: "AUC (AU ROC)", "SGD — stochastic gradient descent"."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A term, and the first paragraph of the answer that defines it."""

    term: str
    answer: str


def read_theory(file: Path) -> list[Explained]:
    """Read the terms of the questions, with their answers.

    Raises:
        ImportFailed: the file cannot be read or has no such question.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ImportFailed(f"cannot be read ({error})", file) from error
    found = list(_explained(text))
    if not found:
        raise ImportFailed("has no question such as **What is regression?**", file)
    return found


def _explained(text: str) -> Iterator[Explained]:
    questions = [*_QUESTION.finditer(text)]
    ends = [*(match.start() for match in questions[1:]), len(text)]
    for match, end in zip(questions, ends, strict=True):
        term = _TERM.match(match[1])
        answer = _first_paragraph(text[match.end() : end])
        if term and answer:
            yield Explained(_ASIDE.sub("", term[1]).strip(), answer)


def _first_paragraph(answer: str) -> str:
    plain = _MARKUP.sub("", _CODE.sub("", answer))
    paragraphs = (" ".join(one.split()) for one in re.split(r"\n\s*\n", plain))
    return next((one for one in paragraphs if one), "")
