"""Reads glossaries in all supported formats: paths in, entries and refusals out.

`FORMATS` names the formats. A reader is imported when the first file needs it, so that importing
this package is cheap.
"""

from semsearch.importers.corpus import Corpus, CorpusOptions, read_corpus
from semsearch.importers.formats.format_lookup import FORMATS
from semsearch.importers.records import Reader, ReadOptions, Record, Redirect

__all__ = [
    "FORMATS",
    "Corpus",
    "CorpusOptions",
    "ReadOptions",
    "Reader",
    "Record",
    "Redirect",
    "read_corpus",
]
