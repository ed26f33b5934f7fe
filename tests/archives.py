"""Archives that tests unpack."""

from __future__ import annotations

import tarfile
from pathlib import Path


def extract(file: Path, folder: Path) -> None:
    """Unpack a tar archive into a folder, also with Debian's Python 3.11.2, which has no filter."""
    with tarfile.open(file) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(folder)  # noqa: S202 - with the filter, where there is one
