"""Diff: what became of the entries of a glossary from one state of it to the next, and how far their meanings moved."""

from semsearch.quality.diff.matching import Difference, PairKind
from semsearch.quality.diff.run import DiffReport, diff

__all__ = ["DiffReport", "Difference", "PairKind", "diff"]
