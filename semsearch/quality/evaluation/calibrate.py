"""Calibrates an index: asks judged questions, fits the calibration, and stores it if it helps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from semsearch.index.calibration import StoredCalibration, remove_calibration, save_calibration
from semsearch.ingest.shared.local_copy import share_calibration
from semsearch.quality.evaluation.judgements import Judgement
from semsearch.quality.evaluation.optional_libraries import require_all
from semsearch.quality.evaluation.outcomes import collect
from semsearch.quality.evaluation.platt_scaling import Trial, assess
from semsearch.quality.evaluation.questions import JudgedQuestion, prepare
from semsearch.search.glossary import Glossary
from semsearch.storage.files.layout import IndexLayout


@dataclass(frozen=True, slots=True)
class Recalibration:
    """The result of a calibration, and whether the index has it now."""

    file: Path
    trial: Trial
    warnings: tuple[str, ...]
    is_stored: bool


def recalibrate(
    index: Path, judgements: Iterable[Judgement], *, force: bool = False
) -> Recalibration:
    """Calibrate an index with judged questions.

    An open index keeps the calibration it was opened with. The previous calibration has no
    influence and stays unless this one is stored.

    Args:
        index: the index folder.
        judgements: the questions, in the proportions in which people ask them.
        force: store it even if confidence does not improve.

    Raises:
        ImportFailed: a question does not suit this index.
        InvalidSetting: too few questions count; see `assess`.
        MissingExtra: a library for scoring is not installed.
        StoredIndexError: the index cannot be opened, a build is running, or it cannot be written.
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
            partial(share_calibration, layout),
        )
    return Recalibration(
        layout.calibration, trial, (*_missing_unanswerable(questions), *warnings), is_stored
    )


def reset(index: Path) -> bool:
    """Remove the calibration of an index, also a damaged one; return False if there is none.

    Raises:
        StoredIndexError: there is no index, a build is running, or the file cannot be removed.
    """
    layout = IndexLayout(index)
    return remove_calibration(layout, partial(share_calibration, layout))


def _missing_unanswerable(questions: Iterable[JudgedQuestion]) -> list[str]:
    if all(question.is_answerable for question in questions):
        return [
            "every question has an answer, so confidence will assume that there always is one; "
            'add questions that nothing answers ("terms": [])'
        ]
    return []
