"""Edits are shown to questions: a generation of what the store holds now."""

from __future__ import annotations

from semsearch.exporting import Exports
from semsearch.finding import AUTO
from semsearch.prepared import Prepared
from semsearch.progress import Silent
from semsearch.publishing import Made, write_generation
from semsearch.storage.entries import EntryStore
from semsearch.storage.layout import IndexLayout
from semsearch.storage.manifest import Manifest
from semsearch.storage.retention import remove_old


def publish_edits(layout: IndexLayout, store: EntryStore, shown: Manifest, key: str) -> None:
    """Write a generation made as the one that answers, if the store has been changed since.

    Args:
        layout: of the index, whose lock is held.
        store: where every text has been embedded.
        shown: the manifest of the generation that answers.
        key: of its vectors in the store.
    """
    if store.revision == (shown.store, shown.revision):
        return
    exports = Exports(None, shown.encoder_sha256, is_new=False, reranker=shown.reranker, pairs={})
    engine = AUTO if shown.engine.why.startswith("chosen by its size") else shown.engine.name
    number = layout.next_number()
    made = Made(number, shown.model, shown.fingerprint, key, shown.precision, exports, engine)
    built = Prepared(store.entries(), Silent())
    write_generation(layout, store, built, made, Silent())
    remove_old(layout, {number, shown.generation})
