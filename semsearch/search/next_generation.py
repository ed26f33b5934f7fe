"""Opens the current generation of an index, and in a thread the one that is published next."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from semsearch.core.errors import EncoderMismatch, SemsearchError
from semsearch.index.calibration import load_calibration
from semsearch.index.embedding import Embedding, encoder_of
from semsearch.index.manifest import load_manifest
from semsearch.index.pgvector.shared import open_candidates
from semsearch.index.retrieval import Retriever
from semsearch.index.segments.segment import Segment
from semsearch.models import is_meant
from semsearch.models.encoders.caching import CachingEncoder
from semsearch.models.rerankers import load_reranker
from semsearch.search.index_view import IndexView
from semsearch.storage.files.layout import IndexLayout


def open_generation(layout: IndexLayout, model: str | None, *, calibrated: bool) -> IndexView:
    """Open the current generation; see `Glossary.open`."""
    manifest, files = load_manifest(layout)
    if model is not None and not is_meant(
        model, model=manifest.model, fingerprint=manifest.fingerprint
    ):
        raise EncoderMismatch(
            f"the index in {layout.root} was built with the encoder {manifest.model}, "
            f"not {model}; run `semsearch build PATHS --index {layout.root} --model {model}`, "
            "or name the encoder it has (--model, SEMSEARCH_MODEL), or none"
        )
    encoder = encoder_of(layout, manifest)
    embedding = Embedding.of(layout, manifest)
    reranker = manifest.reranker
    engines = manifest.engine, manifest.phrase_engine
    shared = open_candidates(layout, manifest, files)
    generation = Segment.open(files, manifest.dim, *engines, shared)
    return IndexView(
        manifest,
        generation,
        Retriever(generation, model=manifest.model),
        CachingEncoder(encoder),
        embedding.key if embedding.precision == manifest.precision else None,
        load_reranker(layout.reranker(reranker.fingerprint), reranker) if reranker else None,
        load_calibration(layout, manifest.fingerprint) if calibrated else None,
        manifest.revision,
    )


class NextGeneration:
    """Notices that a generation was published, opens it in a thread, and gives it out once.

    `begin_opening` starts the thread, `end_opening` says once that it has ended, `or_else` returns
    what it opened, and `forget` drops that when it is shown. Not safe from several threads: the
    caller (`LiveIndex`) holds its lock during each call.

    Args:
        current: the file `CURRENT`.
        open_view: opens the generation that it names.
    """

    def __init__(self, current: Path, open_view: Callable[[], IndexView]) -> None:
        self._current = current
        self._open_view = open_view
        self._thread: threading.Thread | None = None
        self._opened: IndexView | None = None
        self._known = self.stamp()

    def stamp(self) -> tuple[int, int]:
        """Return inode and time of `CURRENT`, which change with every generation."""
        with suppress(OSError):
            stat = self._current.stat()
            return stat.st_ino, stat.st_mtime_ns
        return 0, 0

    @property
    def is_opening(self) -> bool:
        """Whether `begin_opening` has started a thread, and `end_opening` has not seen its end."""
        return self._thread is not None

    @property
    def has_news(self) -> bool:
        """Whether a generation was published, or the thread that opened one has ended."""
        if self._thread is not None:
            return not self._thread.is_alive()
        return self.stamp() != self._known

    def begin_opening(self) -> threading.Thread | None:
        """Start opening a newly published generation; return the thread that does it, if any."""
        if self._thread is None and self.has_news:
            self._thread = threading.Thread(target=self._open, daemon=True)
            self._thread.start()
        return self._thread

    def end_opening(self) -> bool:
        """Return whether the thread has ended since the last call."""
        if self._thread is None or self._thread.is_alive():
            return False
        self._thread = None
        return True

    def or_else(self, shown: IndexView) -> IndexView:
        """Return the opened generation, or what is shown as long as there is none."""
        return shown if self.is_opening else self._opened or shown

    def forget(self) -> None:
        """Forget the opened generation, which is shown now."""
        if not self.is_opening:
            self._opened = None

    def close(self) -> None:
        """Wait for the thread."""
        if self._thread is not None:
            self._thread.join()

    def _open(self) -> None:
        self._known = self.stamp()
        # a damaged generation is not tried again; the next one is
        with suppress(SemsearchError, OSError):
            self._opened = self._open_view()
