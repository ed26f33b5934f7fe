"""Runs a mirror: copies it first, then follows until it is stopped; waits out what passes."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from semsearch.core.errors import (
    EncoderUnavailable,
    FollowingStopped,
    IndexBusy,
    InvalidSetting,
    SourceFailed,
    SourceRefused,
)
from semsearch.core.progress import Progress
from semsearch.index.manifest import read_manifest
from semsearch.ingest.follow.first_copy import copy_index, is_empty, remove_leftover
from semsearch.ingest.follow.mirror import PAGE, MirrorIndex
from semsearch.ingest.follow.publishing import BackgroundPublisher
from semsearch.ingest.follow.service import FollowedService
from semsearch.ingest.publish import publish_edits
from semsearch.storage.files.atomic_files import file_lock
from semsearch.storage.files.following import followed_url, write_followed_url
from semsearch.storage.files.layout import IndexLayout

FIRST_PAUSE_S = 1.0
"""Before the second attempt; each further one waits twice as long, more or less, so that several
mirrors do not come at once."""
MAX_PAUSE_S = 60.0
MAX_ASKED_PAUSE_S = 600.0
"""Longest pause that the service may ask for."""
ATTEMPTS = 5
"""Of `--once`."""
LOOK_S = 60.0
"""Seconds between two looks at what only a new copy brings."""

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a mirror asks, and how long it waits after a failure."""

    interval_s: float = 1.0
    first_pause_s: float = FIRST_PAUSE_S
    sleep: Callable[[float], None] = time.sleep

    def pause_s(self, failures: int, asked_s: float | None) -> float:
        """Return the seconds to wait after so many failures in a row.

        Args:
            failures: at least 1.
            asked_s: what the service asks for, if it does.
        """
        own = min(self.first_pause_s * 2.0 ** min(failures - 1, 20), MAX_PAUSE_S)
        wanted = max(own, min(asked_s or 0.0, MAX_ASKED_PAUSE_S))
        return wanted * random.uniform(1.0, 1.25) if asked_s else own * random.uniform(0.75, 1.25)  # noqa: S311


def follow_service(
    index: str | Path,
    service: FollowedService,
    *,
    once: bool = False,
    pace: Pace = Pace(),
    page: int = PAGE,
    progress: Progress,
    tell: Callable[[str], None],
) -> None:
    """Keep an index in step with a service until it is stopped. Blocks.

    Args:
        index: the index folder; if it is missing or empty, the service is copied first.
        service: which is followed.
        once: whether to end as soon as the index is in step, and to give up after some attempts.
        pace: of asking.
        page: most changes of one transaction.
        progress: reports each step of the first copy.
        tell: is told what happens, in a line.

    Raises:
        SourceRefused: the service will not answer until somebody changes something.
        SourceFailed: it did not answer, with `once`.
        StoredIndexError: the index is no mirror of the service, or cannot be written.
    """
    root, layout = Path(index), IndexLayout(Path(index))
    retry = _Retry(pace, ATTEMPTS if once else None, tell)
    if is_empty(root):
        tell(f"copying the index of {service.url} into {root}")
        retry.until_done(lambda: copy_index(service, root, progress))
        tell(f"copied the index of {service.url} into {root}")
    read_manifest(layout)  # raises if there is no index, before anything is written there
    with ExitStack() as held:
        try:
            held.enter_context(file_lock(layout.building, pace.first_pause_s))
        except IndexBusy as error:
            raise IndexBusy(
                f"another process follows or builds the index in {root}; end it first"
            ) from error
        mirror = held.enter_context(MirrorIndex(root, service, page))
        retry.note = mirror.note_problem
        try:
            retry.until_done(lambda: _take_over(layout, mirror, service, tell))
            remove_leftover(root)
            retry.until_done(mirror.erase)
            if once:
                _follow_once(mirror, retry, progress, tell)
            else:
                publisher = held.enter_context(BackgroundPublisher(layout, tell))
                _follow_on(mirror, publisher, retry, tell)
        except FollowingStopped as error:
            tell(str(error))
        except SourceRefused as error:
            mirror.note_problem(str(error))
            raise


class _Retry:
    """Does something again after failures that pass by themselves.

    Args:
        pace: how long to wait.
        attempts: after which it gives up; None for never.
        tell: is told of each new failure, and of the end of failures.
    """

    def __init__(self, pace: Pace, attempts: int | None, tell: Callable[[str], None]) -> None:
        self.pace = pace
        self._attempts = attempts
        self._tell = tell
        self.note: Callable[[str], None] = lambda problem: None
        """Is given each failure."""

    def until_done(self, do: Callable[[], _Result]) -> _Result:
        """Return what a function returns as soon as it does not fail.

        Raises:
            SourceRefused: it will not pass.
            SourceFailed, IndexBusy, EncoderUnavailable: it failed at every attempt.
        """
        failures, told = 0, ""
        while True:
            try:
                result = do()
            except SourceRefused:
                raise
            except (SourceFailed, IndexBusy, EncoderUnavailable) as error:
                failures += 1
                if failures == self._attempts:
                    raise
                asked = error.retry_after_s if isinstance(error, SourceFailed) else None
                self.note(str(error))
                if str(error) != told:
                    told = str(error)
                    self._tell(f"{told}; trying again")
                self.pace.sleep(self.pace.pause_s(failures, asked))
            else:
                if told:
                    self._tell("goes on")
                return result


def _take_over(
    layout: IndexLayout, mirror: MirrorIndex, service: FollowedService, tell: Callable[[str], None]
) -> None:
    """Check that the index follows the service, or let it, if that has the same store."""
    former = followed_url(layout)
    if former == service.url:
        return
    if former is None:
        raise InvalidSetting(
            f"the index in {layout.root} is no mirror; a mirror begins in a folder that is missing "
            "or empty: choose another one with --index"
        )
    mirror.check()
    with file_lock(layout.lock):
        write_followed_url(layout, service.url)
    tell(f"the index in {layout.root} follows {service.url} from now on, and no longer {former}")


def _follow_once(
    mirror: MirrorIndex, retry: _Retry, progress: Progress, tell: Callable[[str], None]
) -> None:
    """Bring a mirror in step, publish that, and tell what only a new copy brings."""
    if difference := retry.until_done(mirror.difference):
        tell(difference)
    while not retry.until_done(mirror.step).is_in_step:
        continue
    retry.until_done(lambda: publish_edits(mirror.layout, progress))


def _follow_on(
    mirror: MirrorIndex, publisher: BackgroundPublisher, retry: _Retry, tell: Callable[[str], None]
) -> None:
    """Follow until the process is stopped."""
    compared_at, told = -LOOK_S, ""
    while True:
        step = retry.until_done(mirror.step)
        if step.changes or step.is_built:
            publisher.changed(is_built=step.is_built)
            tell("applied 1 change" if step.changes == 1 else f"applied {step.changes:,} changes")
        publisher.look()
        if step.is_in_step and (now := time.monotonic()) - compared_at >= LOOK_S:
            compared_at = now
            difference = retry.until_done(mirror.difference)
            if difference != told:
                told = difference
                tell(difference or "shows the same again")
        if step.is_in_step:
            retry.pace.sleep(retry.pace.interval_s)
