"""What rules read: the corpus, and derived data that several rules share, computed once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from semsearch.core.answers import Span
from semsearch.core.entries import Entry
from semsearch.core.progress import Progress
from semsearch.importers import Corpus
from semsearch.importers.formats.format_lookup import VOCABULARIES, format_name
from semsearch.index.scratch_index import ScratchIndex
from semsearch.text.mentions import Mention, MentionFinder
from semsearch.text.names import names_of
from semsearch.text.normalise import fold
from semsearch.text.passages import prose
from semsearch.text.sentences import sentences

if TYPE_CHECKING:
    from semsearch.importers.rdf.concepts import Concept


@dataclass(frozen=True)
class LintContext:
    """A corpus under lint.

    `scratch` is the temporary index, if a rule needs vectors; it has the same entries by position.
    """

    corpus: Corpus
    files: Sequence[tuple[Path, str | None]]
    """Of the corpus, each with the name of its format, if the user named one."""
    progress: Progress
    scratch: ScratchIndex | None = None

    @property
    def scratch_index(self) -> ScratchIndex:
        """The temporary index, for rules that compare meanings."""
        if self.scratch is None:
            raise TypeError("a rule that needs vectors was given entries without any")
        return self.scratch

    @cached_property
    def entries(self) -> list[Entry]:
        """All entries by position, glossary by glossary."""
        return sorted(self.corpus.entries, key=lambda entry: entry.glossary)

    @cached_property
    def glossaries(self) -> Mapping[str, range]:
        """The positions of each glossary."""
        found: dict[str, range] = {}
        first = 0
        for name, group in groupby(self.entries, lambda entry: entry.glossary):
            last = first + sum(1 for _ in group)
            found[name] = range(first, last)
            first = last
        return found

    @cached_property
    def leads(self) -> list[Span]:
        """The first sentence of each definition, by position, with its span."""
        return [_lead(entry.definition) for entry in self.entries]

    @cached_property
    def by_term(self) -> Mapping[tuple[str, str, str], list[int]]:
        """The positions of the entries of each glossary, language and folded term."""
        found: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for position, entry in enumerate(self.entries):
            found[entry.glossary, entry.language, fold(entry.term)].append(position)
        return found

    @cached_property
    def mentions_in_leads(self) -> list[list[Mention]]:
        """The entries that the first sentence of each entry mentions, by position."""
        return [
            [Mention(m.target + first, m.start, m.end) for m in found]
            for first, found in self._mentions()
        ]

    @cached_property
    def concepts(self) -> list[Concept]:
        """The concepts of the vocabularies among the files."""
        found = [one for one in self.files if format_name(*one) in VOCABULARIES]
        if not found:
            return []
        from semsearch.importers.rdf.concepts import read_concepts  # noqa: PLC0415 - loads rdflib

        return [concept for path, name in found for concept in read_concepts(path, name)]

    def _mentions(self) -> Iterator[tuple[int, Iterator[Mention]]]:
        for positions in self.glossaries.values():
            finder = MentionFinder(names_of(self.entries[at]) for at in positions)
            for at in positions:
                yield positions.start, finder.find(self.leads[at].text, at - positions.start)


def _lead(definition: str) -> Span:
    """Return the first sentence of a definition, or the whole if there is none."""
    paragraphs = prose(definition)
    for paragraph in paragraphs:
        for span in sentences(paragraph.text):
            start = paragraph.start + span.start
            return Span(start, start + len(span.text), span.text)
    return paragraphs[0]
