"""Runs lint: reads the corpus, checks all rules, and sorts the findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Unpack

from semsearch.core.progress import Progress, Silent
from semsearch.importers import CorpusOptions, read_corpus
from semsearch.importers.files.discovery import find_files
from semsearch.index.scratch_index import embedding_source, scratch_index
from semsearch.quality.lint.config import LintConfig, RuleSetting
from semsearch.quality.lint.context import LintContext
from semsearch.quality.lint.rule import Finding, Severity


@dataclass(frozen=True, slots=True)
class LintReport:
    """The findings by file and line, and how much was checked."""

    findings: tuple[Finding, ...]
    entries: int
    files: int
    rules: tuple[str, ...]
    """The rules that were checked."""

    def count(self, severity: Severity) -> int:
        """Return the number of findings of a severity."""
        return sum(finding.severity is severity for finding in self.findings)

    def fails(self, bound: Severity | None) -> bool:
        """Return whether a finding is at least as serious as `bound`; None never fails."""
        return bound is not None and any(one.severity.reaches(bound) for one in self.findings)


def lint(
    paths: Sequence[str | Path],
    *,
    index: str | Path | None = None,
    model: str | None = None,
    config: LintConfig | None = None,
    progress: Progress | None = None,
    **options: Unpack[CorpusOptions],
) -> LintReport:
    """Check glossaries by rules.

    Args:
        paths: files or folders; `NAME=PATH` makes everything below PATH one glossary.
        index: an index whose encoder and vectors are reused; by default everything is embedded, if
            a rule needs vectors.
        model: the encoder, as for `build`; by default that of the index, or else the default one.
        config: settings of rules; defaults if not given.
        progress: reports each step; silent by default.
        options: how files are read: `columns`, `format`, `language` and `follow_links`, as for
            `build`.

    Raises:
        ImportFailed: a file cannot be read, or no entry was found.
        StoredIndexError: the index cannot be read, or has another encoder than `model`.
        EncoderError: the encoder cannot be loaded.
    """
    reporter = progress or Silent()
    settings = [c for c in (config or LintConfig()).choices.values() if c.severity is not None]
    # before reading the corpus, so that an error about the index comes first
    by_meaning = any(setting.rule.by_meaning for setting in settings)
    source = embedding_source(index, model) if by_meaning else None
    corpus = read_corpus(paths, progress=reporter, **options)
    corpus.check_readable()  # without its entries, links would seem to lead nowhere
    format_ = options.get("format")
    found_files = find_files(paths, format_, follow_links=options.get("follow_links", False))
    files = [(file.path, format_) for file in found_files.files]
    context = LintContext(corpus, files, reporter)
    with ExitStack() as open_:
        if source is not None:
            scratch = open_.enter_context(scratch_index(context.entries, source, reporter))
            context = replace(context, scratch=scratch)
        found = [one for setting in settings for one in _findings(setting, context)]
    order = {str(path): number for number, (path, _) in enumerate(files)}
    found.sort(key=lambda one: _place(one, order))
    rules = tuple(setting.rule.name for setting in settings)
    return LintReport(tuple(found), len(corpus.entries), corpus.files, rules)


def _findings(setting: RuleSetting, context: LintContext) -> Iterator[Finding]:
    for found in setting.rule.check(context, setting.options):
        finding = setting.finding(found)
        if finding is not None:
            yield finding


def _place(finding: Finding, order: Mapping[str, int]) -> tuple[int, int]:
    source = finding.source
    return (order.get(source.file, len(order)), source.line) if source else (len(order), 0)
