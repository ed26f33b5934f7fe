"""Distinct questions to measure with, from a file or made from the definitions themselves."""

from __future__ import annotations

import json
from collections.abc import Iterable
from math import gcd
from pathlib import Path

WINDOW = 9
"""Words of a made question: about 14 tokens with this encoder, between a few words typed into a
search box (10 or fewer) and a whole sentence (20)."""


class TooFewQuestions(Exception):
    """There are fewer distinct questions than were asked for."""


def from_definitions(definitions: Iterable[str]) -> list[str]:
    """Return every run of nine words of every definition, each once, in their order."""
    windows: dict[str, None] = {}
    for definition in definitions:
        words = definition.split()
        for start in range(max(1, len(words) - WINDOW + 1)):
            windows[" ".join(words[start : start + WINDOW])] = None
    return list(windows)


def from_file(path: Path) -> list[str]:
    """Return the distinct values of "query" in a JSONL file, in their order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return list(dict.fromkeys(str(json.loads(line)["query"]) for line in lines if line.strip()))


def spread(questions: list[str], count: int) -> list[str]:
    """Choose `count` questions, evenly spread, the same ones every time.

    Neighbouring windows share words; the chosen ones are visited with a stride, so that
    questions asked one after the other come from different definitions.

    Raises:
        TooFewQuestions: there are not so many.
    """
    if count > len(questions):
        raise TooFewQuestions(f"only {len(questions)} distinct questions for {count}")
    chosen = [questions[i * len(questions) // count] for i in range(count)]
    stride = next(s for s in range(max(1, count * 3 // 8), count + 2) if gcd(s, count) == 1)
    return [chosen[i * stride % count] for i in range(count)]
