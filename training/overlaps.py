"""Finds training texts that share a run of words with the texts of the evaluation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from semsearch.importers.corpus import read_corpus
from semsearch.importers.dictionaries.dictd import Article
from semsearch.text.names import names_of
from semsearch.text.normalise import fold

RUN = 8
"""Words in a row that two texts share only if one was copied or quoted."""
_MARKUP = re.compile(r"\{\{.*?\}\}|<[^<>]*>|\]\([^()]*\)|[\[\]*`_]")
_MACRO = re.compile(
    r'\{\{\s*\w+\(\s*"([^"]*)"(?:\s*,\s*"([^"]*)")?[^{}]*\}\}|\{\{<[^{}]*text="([^"]*)"[^{}]*\}\}'
)

_CORPUS = Path(__file__).parents[1] / "corpus"


class Overlaps:
    """Runs of words of texts, to find in other texts; a shorter text is one run."""

    def __init__(self) -> None:
        self._runs: set[int] = set()

    def __len__(self) -> int:
        return len(self._runs)

    def add(self, texts: Iterable[str]) -> None:
        """Add the runs of some texts."""
        for text in texts:
            self._runs.update(_runs(text))

    def has(self, text: str) -> bool:
        """Whether a text shares a run with one that was added."""
        return any(run in self._runs for run in _runs(text))


def _runs(text: str) -> Iterator[int]:
    words = fold(text).split()
    for start in range(max(1, len(words) - RUN + 1)):
        yield hash(" ".join(words[start : start + RUN]))


def evaluation_texts(shared: Path) -> Iterator[str]:
    """Yield the questions and all files of the glossaries, as written and without markup."""
    for file in sorted((shared / "questions").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)["query"]
    folders = (shared / "glossaries", _CORPUS)
    for file in sorted(path for one in folders for path in one.rglob("*") if path.is_file()):
        text = file.read_text(encoding="utf-8", errors="replace")
        yield text
        yield _MARKUP.sub(" ", _MACRO.sub(_said, text))
        yield _MARKUP.sub("", _MACRO.sub(_said, text))


def _said(macro: re.Match[str]) -> str:
    return macro[2] or macro[1] or macro[3] or ""


def asked_articles(articles: Iterable[Article], glossary: Path) -> Iterator[str]:
    """Yield the articles that define a term of a glossary, by any of its names."""
    names = {name.key for entry in read_corpus([glossary]).entries for name in names_of(entry)}
    for article in articles:
        if any(fold(word) in names for word in article.headwords):
            yield article.text
