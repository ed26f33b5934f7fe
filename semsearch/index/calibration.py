"""Reads and writes the calibration: how the confidence of an index is rescaled (Platt scaling).

`semsearch calibrate` fits it to judged questions. `calibration.json` lies beside the generations
and outlives them, since it depends on the questions and the encoder only. It applies to one
encoder.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from semsearch.core.errors import UNREADABLE, IndexDamaged, IndexUnwritable
from semsearch.index.manifest import current_generation
from semsearch.ranking.confidence import Calibration
from semsearch.storage.files.atomic_files import file_lock, replace_atomically, sync
from semsearch.storage.files.layout import IndexLayout


@dataclass(frozen=True, slots=True)
class StoredCalibration:
    """Content of `calibration.json`: two parameters, the encoder, number of questions, time."""

    fingerprint: str
    slope: float
    intercept: float
    questions: int
    fitted_at: str

    @property
    def calibration(self) -> Calibration:
        """The function that rescales a probability."""
        return Calibration(self.slope, self.intercept)


def save_calibration(
    layout: IndexLayout,
    stored: StoredCalibration,
    share: Callable[[bytes | None], None] | None = None,
) -> None:
    """Store the calibration; it applies when the index is next opened.

    Args:
        layout: of the index folder.
        stored: the calibration.
        share: puts the content into the shared store first, so that no copy from it is older.

    Raises:
        StoredIndexError: there is no index, a build is running, or the file cannot be written.
    """
    with _writing(layout):
        content = json.dumps(asdict(stored), indent=2).encode()
        if share is not None:
            share(content)
        replace_atomically(layout.calibration, content)


def remove_calibration(
    layout: IndexLayout, share: Callable[[bytes | None], None] | None = None
) -> bool:
    """Remove the calibration, even a damaged one; return False if there is none.

    Args:
        layout: of the index folder.
        share: removes it from the shared store first, so that no copy from it has it again.

    Raises:
        StoredIndexError: there is no index, a build is running, or the file cannot be removed.
    """
    with _writing(layout):
        had_one = layout.calibration.exists()
        if share is not None:
            share(None)
        layout.calibration.unlink(missing_ok=True)
        sync(layout.root)
    return had_one


@contextmanager
def _writing(layout: IndexLayout) -> Iterator[None]:
    current_generation(layout)  # raises if there is no index, so that no folder is made
    try:
        with file_lock(layout.lock):
            yield
    except OSError as error:
        raise IndexUnwritable(
            f"{layout.calibration} cannot be written ({error}) and is as before; "
            "free space on the disk, or ask its owner"
        ) from error


def load_calibration(layout: IndexLayout, fingerprint: str) -> StoredCalibration | None:
    """Return the calibration; None if there is none or it was fitted with another encoder.

    Raises:
        IndexDamaged: the file is not a valid calibration.
    """
    try:
        content = json.loads(layout.calibration.read_bytes())
        stored = StoredCalibration(**content)
        if not (0 < stored.slope < math.inf and math.isfinite(stored.intercept)):
            raise ValueError("its numbers are out of range")
    except FileNotFoundError:
        return None
    except (OSError, *UNREADABLE) as error:
        raise IndexDamaged(
            f"{layout.calibration} is not a calibration ({error}); run "
            f"`semsearch calibrate --reset --index {layout.root}`, which removes it, or "
            f"`semsearch calibrate QUESTIONS --index {layout.root}` again"
        ) from error
    return stored if stored.fingerprint == fingerprint else None
