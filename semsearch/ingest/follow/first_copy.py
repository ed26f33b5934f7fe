"""The first copy: makes a mirror from a backup of the followed service, whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from semsearch.core.errors import InvalidSetting
from semsearch.core.progress import Progress
from semsearch.index.restore import restore_backup
from semsearch.ingest.follow.service import FollowedService
from semsearch.ingest.upgrade import upgrade_restored
from semsearch.storage.files.atomic_files import file_lock, sync
from semsearch.storage.files.following import write_followed_url
from semsearch.storage.files.io_errors import translate_os_errors
from semsearch.storage.files.layout import IndexLayout


def is_empty(root: Path) -> bool:
    """Return whether an index folder is missing or empty, so that it is copied first."""
    return not root.exists() or (root.is_dir() and not any(root.iterdir()))


def copy_index(service: FollowedService, root: Path, progress: Progress) -> None:
    """Make a mirror of a service in a folder that is missing or empty.

    Everything is written into `.NAME.copy` beside it and renamed at the end. What a process that
    was killed left there is removed.

    Args:
        service: which is copied, and followed from then on.
        root: the index folder.
        progress: reports the megabytes.

    Raises:
        SourceFailed: the service does not answer now. SourceRefused: it never will.
        InvalidSetting: the folder cannot be replaced.
        IndexDamaged: the service sent no complete copy.
        FormatTooNew: a newer version of semsearch runs there.
        StoredIndexError: the folder cannot be written, or another process copies into it.
    """
    if root.is_mount():
        raise InvalidSetting(
            f"{root} is where a volume is mounted, and the index is renamed to its place when it "
            f"is complete; name a folder in it, such as {root / 'index'}"
        )
    stage = _stage_of(root)
    with translate_os_errors(root):
        stage.mkdir(parents=True, exist_ok=True)
        with file_lock(stage / "LOCK"):
            _empty(stage)
            file, made = stage / "backup.tar", stage / "index"
            service.copy(file, progress)
            progress.start("unpacking", 1)
            restore_backup(
                file,
                made,
                is_mirror=True,
                upgrade=partial(upgrade_restored, progress=progress),
                prepare=_as_mirror(service.url),
            )
            progress.advance(1)
            if root.exists():
                root.rmdir()
            Path(made).rename(root)
            sync(stage.parent)
    remove_leftover(root)


def remove_leftover(root: Path) -> None:
    """Remove what a process that was killed after its copy was complete has left beside it."""
    shutil.rmtree(_stage_of(root), ignore_errors=True)


def _stage_of(root: Path) -> Path:
    return root.absolute().with_name(f".{root.absolute().name}.copy")


def _as_mirror(url: str) -> Callable[[IndexLayout, IndexLayout | None], None]:
    """Return what makes a restored index a mirror before it appears."""

    def prepare(layout: IndexLayout, _former: IndexLayout | None) -> None:
        write_followed_url(layout, url)

    return prepare


def _empty(stage: Path) -> None:
    """Remove what an earlier copy has left."""
    for leftover in stage.iterdir():
        if leftover.is_dir():
            shutil.rmtree(leftover)
        elif leftover.name != "LOCK":
            leftover.unlink()
