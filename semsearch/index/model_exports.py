"""The exported models of an index: finds them in its folder, or exports them during a build."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from semsearch.core.checksums import sha256_of
from semsearch.core.index_info import RerankerInfo
from semsearch.core.progress import Progress
from semsearch.models.encoders.lazy import LazyEncoder
from semsearch.models.encoders.onnx import EncoderExport
from semsearch.models.registry import Model
from semsearch.models.rerankers.onnx import PairAgreement, RerankerExport
from semsearch.storage.files.layout import IndexLayout

Sample = Callable[[], list[str]]
"""Return texts of the corpus on which an exported copy is compared with its original."""


@dataclass(frozen=True, slots=True)
class Exports:
    """The exported encoder and reranker of an index, and whether this build exported them."""

    encoder: EncoderExport | None
    """None for an encoder without a model."""
    encoder_sha256: str | None
    """Hash of its description, or of that of a model of an embeddings server."""
    is_new: bool
    reranker: RerankerInfo | None
    pairs: dict[str, PairAgreement]
    """Agreement of the copies of a newly exported reranker with the original."""


def export_models(
    maker: LazyEncoder,
    reranker: Model | None,
    layout: IndexLayout,
    sample: Sample,
    progress: Progress,
) -> Exports:
    """Export the models that neither the index nor the cache has an intact export of.

    Args:
        maker: the encoder.
        reranker: the reranker, if any; it is exported first, since it may be refused.
        layout: the index folder.
        sample: called only if a copy has to be compared.
        progress: reports each step of an export.

    Raises:
        EncoderError: a model cannot be loaded, or the reranker cannot be exported.
    """
    judge, pairs = _export_reranker(reranker, layout, sample, progress) if reranker else (None, {})
    folder = layout.encoder(maker.fingerprint)
    if maker.model is None:
        described = maker.description.save(folder) if maker.description else None
        return Exports(None, described, is_new=False, reranker=judge, pairs=pairs)
    export = EncoderExport.find(folder, maker.fingerprint)
    is_new = False
    if export is None:
        export, is_new = _provide_encoder(maker, maker.model, layout, sample, progress)
    sha256 = sha256_of(EncoderExport.description(folder))
    return Exports(export, sha256, is_new=is_new, reranker=judge, pairs=pairs)


def _provide_encoder(
    maker: LazyEncoder, model: Model, layout: IndexLayout, sample: Sample, progress: Progress
) -> tuple[EncoderExport, bool]:
    """Copy the export from the cache, or export the encoder; also return whether it is new."""
    from semsearch.models.encoders import (  # noqa: PLC0415 - services export nothing
        agreement,
        export_cache,
    )

    folder = layout.encoder(maker.fingerprint)

    def compare(export: EncoderExport, copied: Path) -> EncoderExport | None:
        return agreement.compare_cached(export, copied, sample(), progress)

    cached = export_cache.copy_cached(maker.fingerprint, folder, compare)
    if cached is not None:
        return cached, False
    export = _export_encoder(maker, model, layout, sample, progress)
    export_cache.store(export, folder)
    return export, True


def _export_encoder(
    maker: LazyEncoder, model: Model, layout: IndexLayout, sample: Sample, progress: Progress
) -> EncoderExport:
    from semsearch.models.encoders.export import export_encoder  # noqa: PLC0415 - loads torch
    from semsearch.models.encoders.sentence_transformer import SentenceEncoder  # noqa: PLC0415

    progress.start("loading the encoder", 1)
    reference = cast(SentenceEncoder, maker.encoder)  # every encoder with a model is one
    progress.advance(1)
    return export_encoder(reference, model, layout.encoder(model.fingerprint), sample(), progress)


def _export_reranker(
    model: Model, layout: IndexLayout, sample: Sample, progress: Progress
) -> tuple[RerankerInfo, dict[str, PairAgreement]]:
    folder = layout.reranker(model.fingerprint)
    found = RerankerExport.find(folder, model.fingerprint)
    export = found
    if export is None:
        from semsearch.models.rerankers.export import export_reranker  # noqa: PLC0415 - loads torch

        export = export_reranker(model, folder, sample(), progress)
    sha256 = sha256_of(RerankerExport.description(folder)) or ""
    info = RerankerInfo(model.name, model.fingerprint, export.precision, sha256)
    return info, {} if found else export.agreement
