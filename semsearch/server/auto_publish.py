"""Edits are taken into generations by a process beside the service, at low priority, so that questions do not wait."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from contextlib import suppress

from starlette.concurrency import run_in_threadpool

from semsearch.core.errors import SemsearchError
from semsearch.index.ann.engine import FLAT_UP_TO
from semsearch.ingest.publish import Pending, pending
from semsearch.storage.layout import IndexLayout

EVERY_S = 60.0
"""How often is looked. Edits of a glossary that takes seconds to derive are taken in when there was none for as long."""

_PRIORITY = 10
"""As `nice` counts."""

_log = logging.getLogger("semsearch.server")


async def publish_edits(layout: IndexLayout, every_s: float = EVERY_S) -> None:
    """Take edits in whenever that is due, until this is cancelled.

    Args:
        layout: of the index that is served, by whatever number of processes.
        every_s: how often is looked.
    """
    before: Pending | None = None
    while True:
        await asyncio.sleep(every_s)
        try:
            now = await run_in_threadpool(pending, layout)
        except (SemsearchError, OSError):  # no store, or no right to read it: nobody edits here
            continue
        is_quiet = now == before and now.changes > 0 and now.entries <= FLAT_UP_TO
        before = now
        if now.is_due or is_quiet:
            await _run(layout)


async def _run(layout: IndexLayout) -> None:
    """Run `semsearch publish`; who is served by several processes lets one of them do it."""
    command = (sys.executable, "-m", "semsearch", "publish", "--index", str(layout.root))
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, process.pid, _PRIORITY)
    try:
        _, said = await process.communicate()
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        raise
    if process.returncode:
        last = said.decode(errors="replace").strip().rpartition("\n")[2]
        _log.warning("edits were not published and stay beside the index: %s", last)
