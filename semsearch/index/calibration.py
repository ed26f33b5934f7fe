"""The calibration of an index: how its confidence is bent to what real questions showed.

One small file beside the generations, since it outlives them: it belongs to the questions of people and
to the encoder. `semsearch calibrate` writes it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from semsearch.core.errors import IndexDamaged, IndexUnwritable
from semsearch.index.manifest import current_generation
from semsearch.ranking.confidence import Calibration
from semsearch.storage.atomic_files import file_lock, replace_atomically, sync
from semsearch.storage.layout import IndexLayout


@dataclass(frozen=True, slots=True)
class StoredCalibration:
    """What `calibration.json` says: with which encoder, from how many questions, and when."""

    fingerprint: str
    slope: float
    intercept: float
    questions: int
    fitted_at: str

    @property
    def calibration(self) -> Calibration:
        """What it does to a probability."""
        return Calibration(self.slope, self.intercept)


def save_calibration(layout: IndexLayout, stored: StoredCalibration) -> None:
    """Make it the calibration of an index from the next time that is opened.

    Raises:
        StoredIndexError: there is no index, it is being built, or it cannot be written.
    """
    with _writing(layout):
        replace_atomically(layout.calibration, json.dumps(asdict(stored), indent=2).encode())


def remove_calibration(layout: IndexLayout) -> bool:
    """Remove the calibration of an index, whatever is in it; False if it has none.

    Raises:
        StoredIndexError: there is no index, it is being built, or it cannot be written.
    """
    with _writing(layout):
        had_one = layout.calibration.exists()
        layout.calibration.unlink(missing_ok=True)
        sync(layout.root)
    return had_one


@contextmanager
def _writing(layout: IndexLayout) -> Iterator[None]:
    current_generation(layout)  # where no index is, none is made
    try:
        with file_lock(layout.lock):
            yield
    except OSError as error:
        raise IndexUnwritable(
            f"{layout.calibration} cannot be written ({error}); the index is as it was; "
            "make room, or ask its owner"
        ) from error


def load_calibration(layout: IndexLayout, fingerprint: str) -> StoredCalibration | None:
    """Return the calibration of an index; None without one, or when it was for another encoder.

    Raises:
        IndexDamaged: the file is not one.
    """
    try:
        stated = json.loads(layout.calibration.read_bytes())
        stored = StoredCalibration(**stated)
        if not (0 < stored.slope < math.inf and math.isfinite(stored.intercept)):
            raise ValueError("its numbers are out of range")
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise IndexDamaged(
            f"{layout.calibration} is not a calibration ({error}); run "
            f"`semsearch calibrate --reset --index {layout.root}`, which removes it, or "
            f"`semsearch calibrate QUESTIONS --index {layout.root}` again"
        ) from error
    return stored if stored.fingerprint == fingerprint else None
