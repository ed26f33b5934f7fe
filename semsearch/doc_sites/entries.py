"""The entries with which a documentation site is annotated: of glossary files, or of an index."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from semsearch.core.entries import Entry
from semsearch.core.errors import GlossaryNotFound, InvalidSetting
from semsearch.core.near_names import near_or_known


def entries_of(
    paths: Sequence[str], glossary: str | None = None, index: str | Path = "index"
) -> list[Entry]:
    """Return the entries of one glossary.

    Args:
        paths: files, folders or NAME=PATH, as `semsearch build` takes them; read without an index
            and without an encoder. If there are none, the index is read.
        glossary: its name, needed where there are several.
        index: the index folder.

    Raises:
        ImportFailed, StoredIndexError: they cannot be read.
        GlossaryNotFound: there is no such glossary.
        InvalidSetting: there are several glossaries, and none is named.
    """
    found: dict[str, list[Entry]] = {}
    for entry in _from_files(paths) if paths else _from_index(index):
        found.setdefault(entry.glossary, []).append(entry)
    if glossary is None and len(found) > 1:
        raise InvalidSetting(
            f"a name has one meaning in a glossary only; choose one of {', '.join(sorted(found))}"
        )
    name = glossary or next(iter(found), "")
    if name not in found:
        raise GlossaryNotFound(f"there is no glossary {name!r}{near_or_known(name, found)}")
    return found[name]


def _from_files(paths: Sequence[str]) -> Sequence[Entry]:
    from semsearch.importers import read_corpus  # noqa: PLC0415 - loads the importers

    corpus = read_corpus(paths)
    corpus.check_readable()
    return corpus.entries


def _from_index(index: str | Path) -> Sequence[Entry]:
    from semsearch.search.glossary import Glossary  # noqa: PLC0415 - loads numpy

    with Glossary.open(index) as opened:
        every = [opened.alphabet(one.name).everything() for one in opened.info().glossaries]
        return [entry for each in every for entry in each]
