"""Reads glossaries in the formats people keep them in: paths in, entries and refusals out.

`FORMATS` names the formats; a reader is imported when the first file needs it, so that
importing this package stays cheap.
"""

from semsearch.importers.corpus import Corpus, read_corpus
from semsearch.importers.formats import FORMATS
from semsearch.importers.records import Reader, ReadOptions, Record, Redirect

__all__ = ["FORMATS", "Corpus", "ReadOptions", "Reader", "Record", "Redirect", "read_corpus"]
