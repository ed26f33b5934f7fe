"""Publishes edits as new generations while the service runs.

A process of its own does it at low priority, so that questions do not wait.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from contextlib import suppress

from starlette.concurrency import run_in_threadpool

from semsearch.core.errors import SemsearchError
from semsearch.core.own_command import own_command
from semsearch.index.ann.engine import FLAT_UP_TO
from semsearch.ingest.publish import NOTHING_DONE, Pending, pending
from semsearch.storage.files.layout import IndexLayout

INTERVAL_S = 60.0
"""Seconds between two checks. A small index is published after an interval without edits."""

_NICENESS = 10

_log = logging.getLogger("semsearch.server")


async def publish_regularly(
    layout: IndexLayout,
    interval_s: float = INTERVAL_S,
    tell: Callable[[bool], None] = lambda is_done: None,
) -> None:
    """Publish edits whenever it is due, until this is cancelled.

    Args:
        layout: of the served index, which several processes may serve.
        interval_s: seconds between two checks.
        tell: called with True after a publication and with False after a failure; not called if
            nothing was left to publish or another process was publishing.
    """
    before: Pending | None = None
    while True:
        await asyncio.sleep(interval_s)
        try:
            now = await run_in_threadpool(pending, layout)
        except (SemsearchError, OSError):  # no readable store, so no edits
            continue
        is_quiet = now == before and now.changes > 0 and now.entries <= FLAT_UP_TO
        before = now
        if now.is_due or is_quiet:
            is_done = await _run(layout)
            if is_done is not None:
                tell(is_done)


async def _run(layout: IndexLayout) -> bool | None:
    """Run `semsearch publish`, and return whether it published.

    Returns:
        None if nothing was to publish, or another process publishes it.
    """
    index = str(layout.root.resolve())
    process = await asyncio.create_subprocess_exec(
        *own_command("publish", "--index", index, "--exit-code"),
        cwd="/",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    with suppress(OSError, AttributeError):  # Windows has no such call
        os.setpriority(os.PRIO_PROCESS, process.pid, _NICENESS)
    try:
        _, stderr = await process.communicate()
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        raise
    if process.returncode == NOTHING_DONE:
        return None
    if process.returncode:
        last = stderr.decode(errors="replace").strip().rpartition("\n")[2]
        _log.warning("the edits were not published and remain in the store: %s", last)
    return not process.returncode
