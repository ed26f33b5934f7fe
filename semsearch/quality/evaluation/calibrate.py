"""Recalibration: ask an index judged questions and give it the calibration they speak for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from semsearch.index.calibration import StoredCalibration, remove_calibration, save_calibration
from semsearch.quality.evaluation.judgements import Judgement
from semsearch.quality.evaluation.optional_libraries import require_all
from semsearch.quality.evaluation.outcomes import collect
from semsearch.quality.evaluation.platt_scaling import Trial, assess
from semsearch.quality.evaluation.questions import JudgedQuestion, prepare
from semsearch.search.glossary import Glossary
from semsearch.storage.layout import IndexLayout


@dataclass(frozen=True, slots=True)
class Recalibration:
    """What came of it; `is_stored` says whether the index has the calibration from now on."""

    file: Path
    trial: Trial
    warnings: tuple[str, ...]
    is_stored: bool


def recalibrate(
    index: Path, judgements: Iterable[Judgement], *, force: bool = False
) -> Recalibration:
    """Calibrate an index with judged questions; one that is open goes on as it was opened.

    A calibration that the index had plays no part and, unless this one is stored, stays.

    Args:
        index: the index folder.
        judgements: the questions, in the mixture in which people ask them.
        force: store it also if it does not improve confidence.

    Raises:
        ImportFailed: a question cannot be put to this index.
        InvalidSetting: too few questions count; see `assess`.
        MissingExtra: a library that scoring needs is not installed.
        StoredIndexError: the index cannot be opened, is being built, or cannot be written.
    """
    require_all()
    layout = IndexLayout(index)
    with Glossary.open(index, calibrated=False) as glossary:
        questions, warnings = prepare(glossary, judgements)
        trial = assess(collect(glossary, questions, min_confidence=0))
        fingerprint = glossary.info().fingerprint
    is_stored = trial.improves or force
    if is_stored:
        save_calibration(
            layout,
            StoredCalibration(
                fingerprint=fingerprint,
                slope=trial.calibration.slope,
                intercept=trial.calibration.intercept,
                questions=trial.questions,
                fitted_at=datetime.now(UTC).isoformat(timespec="seconds"),
            ),
        )
    return Recalibration(layout.calibration, trial, (*_one_sided(questions), *warnings), is_stored)


def reset(index: Path) -> bool:
    """Remove the calibration of an index, also a damaged one; False if it had none.

    Raises:
        StoredIndexError: there is no index, it is being built, or it cannot be written.
    """
    return remove_calibration(IndexLayout(index))


def _one_sided(questions: Iterable[JudgedQuestion]) -> list[str]:
    if all(question.is_answerable for question in questions):
        return [
            "every question has an answer, so confidence takes for granted that there is one; "
            'add what people ask and nothing answers ("terms": [])'
        ]
    return []
