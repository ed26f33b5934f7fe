"""The calibration of an index: how its confidence is bent to what real questions showed.

One small file beside the generations, since it outlives them: it belongs to the questions of people and
to the encoder. `semsearch calibrate` writes it.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass

from semsearch.errors import IndexDamaged
from semsearch.ranking.confidence import Calibration
from semsearch.storage.files import replace_atomically
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
    """Make it the calibration of an index from the next time that is opened."""
    replace_atomically(layout.calibration, json.dumps(asdict(stored), indent=2).encode())


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
            f"{layout.calibration} is not a calibration ({error}); delete it, or run "
            f"`semsearch calibrate QUESTIONS --index {layout.root}` again"
        ) from error
    return stored if stored.fingerprint == fingerprint else None
