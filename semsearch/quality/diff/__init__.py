"""Diff: which entries differ between two versions of a glossary, and how far meanings moved."""

from semsearch.quality.diff.matching import Difference, PairKind
from semsearch.quality.diff.run import DiffReport, diff

__all__ = ["DiffReport", "Difference", "PairKind", "diff"]
