"""A run of lint: paths in, findings out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from semsearch.core.progress import Progress, Silent
from semsearch.importers import read_corpus
from semsearch.importers.discovery import find_files
from semsearch.index.scratch import meaning_of, scratch_index
from semsearch.quality.lint.config import LintConfig, RuleSetting
from semsearch.quality.lint.context import LintContext
from semsearch.quality.lint.rule import Finding, Severity


@dataclass(frozen=True, slots=True)
class LintReport:
    """What was found, file by file in the order of the lines, and in how much."""

    findings: tuple[Finding, ...]
    entries: int
    files: int
    rules: tuple[str, ...]
    """Those that were looked for."""

    def count(self, severity: Severity) -> int:
        """Return how many findings are of a severity."""
        return sum(finding.severity is severity for finding in self.findings)

    def fails(self, bound: Severity | None) -> bool:
        """Whether any finding is as bad as a severity or worse; none is where there is no bound."""
        return bound is not None and any(one.severity.reaches(bound) for one in self.findings)


def lint(
    paths: Sequence[str | Path],
    *,
    index: str | Path | None = None,
    model: str | None = None,
    config: LintConfig | None = None,
    columns: Mapping[str, str] | None = None,
    format: str | None = None,
    progress: Progress | None = None,
) -> LintReport:
    """Look for problems in glossaries.

    Args:
        paths: files or folders; `NAME=PATH` makes everything below PATH one glossary.
        index: an index whose encoder and vectors are used, so that only what it does not have is embedded; by default all of it
            is, if any rule goes by meaning.
        model: the encoder, as `build` takes it; the default one, or that of the index, by default.
        config: which rules, and how; all as they come by default.
        columns: our field names to the column names of tables and JSON.
        format: of all files, by its name; found by what stands in each by default.
        progress: told about each step; silent by default.

    Raises:
        ImportFailed: a file cannot be read, or no entry was found.
        StoredIndexError: the index cannot be read, or is of another encoder than the model.
        EncoderError: the encoder cannot be loaded.
    """
    told_to = progress or Silent()
    chosen = [c for c in (config or LintConfig()).choices.values() if c.severity is not None]
    # first, since a wrong index is found at once
    by_meaning = any(choice.rule.by_meaning for choice in chosen)
    meaning = meaning_of(index, model) if by_meaning else None
    corpus = read_corpus(paths, columns=columns, format=format, progress=told_to)
    files = [(file.path, format) for file in find_files(paths, format).files]
    material = LintContext(corpus, files, told_to)
    with ExitStack() as open_:
        if meaning is not None:
            bench = open_.enter_context(scratch_index(material.entries, meaning, told_to))
            material = replace(material, bench=bench)
        found = [one for choice in chosen for one in _findings(choice, material)]
    order = {str(path): number for number, (path, _) in enumerate(files)}
    found.sort(key=lambda one: _place(one, order))
    rules = tuple(choice.rule.name for choice in chosen)
    return LintReport(tuple(found), len(corpus.entries), corpus.files, rules)


def _findings(choice: RuleSetting, material: LintContext) -> Iterator[Finding]:
    for found in choice.rule.check(material, choice.options):
        finding = choice.finding(found)
        if finding is not None:
            yield finding


def _place(finding: Finding, order: Mapping[str, int]) -> tuple[int, int]:
    source = finding.source
    return (order.get(source.file, len(order)), source.line) if source else (len(order), 0)
