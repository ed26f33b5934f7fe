"""Which embeddings of a shared store an edit has to make, and which ones a copy holds.

A copy holds all of them, since generations are derived from it. If PostgreSQL has the candidates of
the newest generation (`index/pgvector/`), a copy holds only those of entries that were changed
since its generation, which its live segment is derived from: they are in step before the entries.
"""

from __future__ import annotations

from semsearch.core.errors import IndexBusy, StoredIndexError
from semsearch.core.progress import Silent
from semsearch.index.embedded_questions import embedded_questions
from semsearch.index.manifest import Manifest, read_manifest
from semsearch.index.passage_table import PassageTable
from semsearch.index.shared_files import embedding_of, shared_generation
from semsearch.storage.embedding_copies import put_embeddings_of
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.files.layout import IndexLayout


def check_embeds_alike(layout: IndexLayout, manifest: Manifest, shared: EntryReader) -> None:
    """Refuse an edit of a copy that does not have the encoder of the newest build yet.

    Its vectors would be of no use to the others.

    Args:
        layout: of the index folder.
        manifest: of its current generation.
        shared: its store, whose lock for edits is held.

    Raises:
        IndexBusy: the generation of that build has to be fetched first.
    """
    newest = shared_generation(shared.connection)
    if newest is not None and newest.embedding != embedding_of(manifest):
        raise IndexBusy(
            f"the index in {layout.root} fetches a generation with another encoder; try again when it "
            "answers from that"
        )


def copy_live_embeddings(layout: IndexLayout, shared: EntryReader, copy: EntryStore) -> None:
    """Copy the embeddings of the entries that were changed since the generation of a copy.

    Args:
        layout: of the copy; without a generation that can be read nothing is needed yet.
        shared: its store, which does not change meanwhile.
        copy: its own store, open for writing.
    """
    try:
        manifest = read_manifest(layout)[0]
    except StoredIndexError:  # none yet, or one of another version, which the newest one replaces
        return
    entries = [
        change.entry
        for change in shared.changes_since(manifest.revision)
        if change.entry is not None
    ]
    if not entries:
        return
    key = manifest.embedded_by
    common = embedded_questions(manifest.common_questions, shared.texts, key)
    passages = PassageTable(entries, Silent(), common)
    texts = set(passages.hashes(passages.rows))
    definitions = set(passages.hashes(passages.first_rows[:-1].tolist()))
    missing = copy.texts.unknown(texts, key, definitions)
    put_embeddings_of(shared.connection, copy.connection, sorted(missing), key)
