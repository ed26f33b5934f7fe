"""Resolves the right terms of judged questions to entries of an index."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from semsearch.core.entries import Entry
from semsearch.core.errors import GlossaryNotFound, ImportFailed
from semsearch.quality.evaluation.judgements import Judgement
from semsearch.search.glossary import Glossary
from semsearch.text.normalise import fold

NEAR_NAME = 60
"""Least similarity, of 100, of a name that is suggested for an unknown one."""


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """One question to ask.

    `terms` are the right terms as stated, `right` their ids; a term that the glossary lacks stands
    for itself and is never found.
    """

    query: str
    glossary: str
    kind: str
    terms: tuple[str, ...]
    right: tuple[str, ...]

    @property
    def key(self) -> str:
        """Identifies the question without its text."""
        return hashlib.sha256(f"{self.glossary}\n{self.query}".encode()).hexdigest()[:16]

    @property
    def is_answerable(self) -> bool:
        """Whether there is a right term."""
        return bool(self.terms)


def prepare(
    glossary: Glossary, judgements: Iterable[Judgement]
) -> tuple[list[JudgedQuestion], list[str]]:
    """Resolve the right terms of questions.

    A term stands for the entries with this term or id, or else for those with this term or alias in
    another case. A question goes to the glossary of its line, or else of its file name, or else to
    the only one.

    Returns:
        The questions, and warnings: terms that the glossary lacks (they count as misses), and
        repeated questions (they count once).

    Raises:
        ImportFailed: the index lacks the glossary of a question, or a question is judged in two
            ways.
    """
    entries, _ = glossary.definitions()
    names = _by_glossary(entries)
    first_asked: dict[tuple[str, str], Judgement] = {}
    questions: list[JudgedQuestion] = []
    warnings: list[str] = []
    for j in judgements:
        name = _glossary_of(j, [*names])
        first = first_asked.setdefault((name, j.query), j)
        if first is not j:
            warnings.append(_repeated(first, j))
            continue
        right, lacking = names[name].resolve(j.terms)
        questions.append(JudgedQuestion(j.query, name, j.kind, j.terms, right))
        warnings += [f"{j.source}: {reason}, so it counts as a miss" for reason in lacking]
    return questions, warnings


class _TermResolver:
    """The names of the entries of one glossary."""

    def __init__(self, glossary: str) -> None:
        self.glossary = glossary
        self._exact: dict[str, list[str]] = {}
        self._folded: dict[str, list[str]] = {}

    def add(self, entry: Entry) -> None:
        """Add one entry."""
        for name in {entry.id, entry.term}:
            self._exact.setdefault(name, []).append(entry.id)
        for name in {fold(name) for name in (entry.term, *entry.aliases)}:
            self._folded.setdefault(name, []).append(entry.id)

    def resolve(self, terms: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
        """Return the ids of all terms, and a reason for each term without one."""
        ids: list[str] = []
        lacking = []
        for term in terms:
            found = self._exact.get(term) or self._folded.get(fold(term))
            if not found:
                lacking.append(f"{self.glossary} has no term {term!r}{self._hint(term)}")
            ids += found or [term]
        return tuple(dict.fromkeys(ids)), lacking

    def _hint(self, term: str) -> str:
        from rapidfuzz import process  # noqa: PLC0415 - only for terms that are not there

        near = process.extractOne(fold(term), [*self._folded], score_cutoff=NEAR_NAME)
        if near is None:
            return ""
        entry_id = self._folded[near[0]][0]
        terms = [name for name, ids in self._exact.items() if entry_id in ids and name != entry_id]
        return f" (did you mean {terms[0]!r}?)" if terms else ""


def _by_glossary(entries: Iterable[Entry]) -> dict[str, _TermResolver]:
    names: dict[str, _TermResolver] = {}
    for entry in entries:
        names.setdefault(entry.glossary, _TermResolver(entry.glossary)).add(entry)
    return names


def _glossary_of(judgement: Judgement, known: Sequence[str]) -> str:
    if judgement.glossary in known:
        return judgement.glossary
    if len(known) == 1 and not judgement.is_named:
        return known[0]
    raise ImportFailed(
        f"{GlossaryNotFound.among(judgement.glossary, known)}; "
        'name one of them in the line ("glossary"), or name the file after it',
        judgement.source.file,
        judgement.source.line,
    )


def _repeated(first: Judgement, again: Judgement) -> str:
    if (first.terms, first.kind) != (again.terms, again.kind):
        raise ImportFailed(
            f"the question stands already at {first.source}, with other terms or another kind; "
            "keep one of them",
            again.source.file,
            again.source.line,
        )
    return f"{again.source}: the question stands already at {first.source}, so it counts once"
