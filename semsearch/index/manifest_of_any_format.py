"""The manifest of the current generation of an index, of any format that `upgrade` reads."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from semsearch.core.errors import UNREADABLE, FormatTooNew, FormatTooOld, IndexDamaged
from semsearch.core.index_info import EngineInfo, RerankerInfo
from semsearch.core.presentation import Presentation
from semsearch.core.version import __version__
from semsearch.index.manifest import (
    FORMAT,
    OLDEST_UPGRADED,
    damaged,
    read_manifest_bytes,
    read_pointer,
    way_out,
)
from semsearch.index.manifest_names import check_names
from semsearch.ranking.weights import DEFAULT, weights_as_dict
from semsearch.storage.files.layout import IndexLayout


@dataclass(frozen=True, slots=True)
class ManifestOfAnyFormat:
    """What all formats since 5 state alike: the store, the models and the engine."""

    format: int
    generation: int
    store: str
    """Identity of the store that the generation was derived from."""
    built_by: str
    model: str
    fingerprint: str
    embedded_by: str
    """The key of the vectors in the store."""
    precision: str
    encoder_sha256: str | None
    engine: EngineInfo
    reranker: RerankerInfo | None
    presentation: Presentation
    common_questions: str
    """Hash of the common questions; formats before 9 have none."""
    declines_common_questions: bool
    """Whether a build was told to leave them out."""
    is_current: bool
    """Whether this version can open the generation."""


def read_manifest_of_any_format(layout: IndexLayout) -> ManifestOfAnyFormat:
    """Return the manifest of the current generation; the files of the generation are not checked.

    Raises:
        IndexMissing: there is no index.
        IndexDamaged: the pointer or the manifest is damaged.
        FormatTooOld: it is of a format before 5. FormatTooNew: a newer version wrote it.
    """
    pointer = read_pointer(layout)
    if pointer.format < OLDEST_UPGRADED:
        raise FormatTooOld(
            f"the index in {layout.root} has format {pointer.format}, and formats are upgraded "
            f"from {OLDEST_UPGRADED} on; {way_out(layout, pointer.format)}"
        )
    content = read_manifest_bytes(layout, pointer.generation, pointer.manifest_sha256)
    try:
        stated = json.loads(content)
        check_names(stated)
        return ManifestOfAnyFormat(
            format=pointer.format,
            generation=pointer.generation,
            store=stated["store"],
            built_by=stated["built_by"],
            model=stated["model"],
            fingerprint=stated["fingerprint"],
            embedded_by=stated["embedded_by"],
            precision=stated["precision"],
            encoder_sha256=stated["encoder_sha256"],
            engine=EngineInfo(**stated["engine"]),
            reranker=stated["reranker"] and RerankerInfo(**stated["reranker"]),
            presentation=Presentation.of(stated.get("presentation", {})),
            common_questions=stated.get("common_questions", ""),
            declines_common_questions=stated.get("declines_common_questions", False),
            is_current=pointer.format == FORMAT and stated["weights"] == weights_as_dict(DEFAULT),
        )
    except UNREADABLE as error:
        root = layout.generation(pointer.generation).root
        raise IndexDamaged(damaged(layout.root, f"{root} is incomplete")) from error


def check_replaces(layout: IndexLayout, manifest: bytes) -> None:
    """Refuse a generation that this version cannot open in place of one that it can.

    A generation whose scores are weighed otherwise has the same format. Where there is none yet,
    only one of a newer version is refused.

    Args:
        layout: of the index.
        manifest: of the generation, which is not current yet.

    Raises:
        FormatTooNew: it is so.
    """
    if _is_weighed_alike(manifest):
        return
    stated = json.loads(manifest)
    if layout.current.exists():
        current = layout.generation(read_pointer(layout).generation).manifest
        is_refused = current.exists() and _is_weighed_alike(current.read_bytes())
    else:  # one of an older version is taken, so that a build can replace it
        is_refused = _release(stated["built_by"]) > _release(__version__)
    if is_refused:
        raise FormatTooNew(
            f"generation {stated['generation']} was built by {stated['built_by']}, which weighs scores "
            f"otherwise than this version ({__version__}); run one version on all machines, and build "
            "with that"
        )


def _release(version: str) -> list[int]:
    """Return the numbers of a version, to be compared."""
    return [int(number) for number in re.findall(r"\d+", version)]


def _is_weighed_alike(manifest: bytes) -> bool:
    """Return whether a generation weighs scores as this version does."""
    try:
        return bool(json.loads(manifest)["weights"] == weights_as_dict(DEFAULT))
    except UNREADABLE:
        return False
