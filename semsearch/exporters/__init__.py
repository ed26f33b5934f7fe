"""Writes glossaries in interchange formats, and reports what a format cannot hold.

`TARGETS` names the formats, with the names of `importers.FORMATS`: what is written here can be read
there.
"""

from semsearch.exporters.context import ExportContext
from semsearch.exporters.export import GlossaryExport, Loss
from semsearch.exporters.formats import TARGETS, Target, target_named

__all__ = ["TARGETS", "ExportContext", "GlossaryExport", "Loss", "Target", "target_named"]
