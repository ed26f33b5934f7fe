"""Diff: what became of the entries of a glossary from one state of it to the next, and how far their meanings moved."""

from semsearch.differing.matching import Difference, Kind
from semsearch.differing.run import DiffReport, diff

__all__ = ["DiffReport", "Difference", "Kind", "diff"]
