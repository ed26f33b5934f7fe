"""The exported models of an index: finds them in its folder, or exports them during a build."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from semsearch.core.checksums import sha256_of
from semsearch.core.index_info import RerankerInfo
from semsearch.core.progress import Progress
from semsearch.models.encoders.lazy import LazyEncoder
from semsearch.models.encoders.onnx import EncoderExport
from semsearch.models.registry import Model
from semsearch.models.rerankers.onnx import PairAgreement, RerankerExport
from semsearch.storage.layout import IndexLayout

Sample = Callable[[], list[str]]
"""Return texts of the corpus on which an exported copy is compared with its original."""


@dataclass(frozen=True, slots=True)
class Exports:
    """The exported encoder and reranker of an index, and whether this build exported them."""

    encoder: EncoderExport | None
    """None for an encoder without a model."""
    encoder_sha256: str | None
    """Hash of its description."""
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
    """Export the models that the index has no intact export of.

    Args:
        maker: the encoder.
        reranker: the reranker, if any; it is exported first, since it may be refused.
        layout: the index folder.
        sample: called only if a copy has to be compared.
        progress: reports each model that is exported.

    Raises:
        EncoderError: a model cannot be loaded, or the reranker cannot be exported.
    """
    judge, pairs = _export_reranker(reranker, layout, sample, progress) if reranker else (None, {})
    if maker.model is None:
        return Exports(None, None, is_new=False, reranker=judge, pairs=pairs)
    folder = layout.encoder(maker.fingerprint)
    found = EncoderExport.find(folder, maker.fingerprint)
    export = found or _export_encoder(maker, maker.model, layout, sample, progress)
    sha256 = sha256_of(EncoderExport.description(folder))
    return Exports(export, sha256, is_new=found is None, reranker=judge, pairs=pairs)


def _export_encoder(
    maker: LazyEncoder, model: Model, layout: IndexLayout, sample: Sample, progress: Progress
) -> EncoderExport:
    from semsearch.models.encoders.export import export_encoder  # noqa: PLC0415 - loads torch
    from semsearch.models.encoders.sentence_transformer import SentenceEncoder  # noqa: PLC0415

    progress.start("exporting the encoder", 1)
    reference = cast(SentenceEncoder, maker.encoder)  # every encoder with a model is one
    export = export_encoder(reference, model, layout.encoder(model.fingerprint), sample())
    progress.advance(1)
    return export


def _export_reranker(
    model: Model, layout: IndexLayout, sample: Sample, progress: Progress
) -> tuple[RerankerInfo, dict[str, PairAgreement]]:
    folder = layout.reranker(model.fingerprint)
    found = RerankerExport.find(folder, model.fingerprint)
    export = found
    if export is None:
        from semsearch.models.rerankers.export import export_reranker  # noqa: PLC0415 - loads torch

        progress.start("exporting the reranker", 1)
        export = export_reranker(model, folder, sample())
        progress.advance(1)
    sha256 = sha256_of(RerankerExport.description(folder)) or ""
    info = RerankerInfo(model.name, model.fingerprint, export.precision, sha256)
    return info, {} if found else export.agreement
