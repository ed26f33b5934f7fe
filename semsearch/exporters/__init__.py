"""Writes glossaries in the formats that others read: entries in, bytes out, and what a format cannot hold told.

`TARGETS` names the formats, the mirror of `importers.FORMATS`: what is written here is read there.
"""

from semsearch.exporters.context import ExportContext
from semsearch.exporters.export import GlossaryExport, Loss
from semsearch.exporters.formats import TARGETS, Target, target_named

__all__ = ["TARGETS", "ExportContext", "GlossaryExport", "Loss", "Target", "target_named"]
