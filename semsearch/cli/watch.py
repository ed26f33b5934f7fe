"""Builds the index again whenever files of its corpus change, for `serve --watch`."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from semsearch.cli.output import common
from semsearch.core.closeable import Closeable
from semsearch.core.own_command import own_command

LOOK_S = 1.0
"""Seconds between two looks. A change is built when nothing changes from one look to the next."""

PATIENCE_S = 5.0
"""Seconds that a build has to end when the service is stopped; killing it loses nothing either."""

_State = dict[Path, tuple[int, int]]
"""Time of change and size of each file."""


class CorpusWatch(Closeable):
    """A thread that looks at files and builds in a process of its own, beside the service.

    The service answers with the new generation as soon as it is there. What a build prints is
    printed; a build that fails leaves the index as it is, and the next change starts another.

    Args:
        paths: files, folders or NAME=PATH, as `semsearch build` takes them.
        options: further options of that command: the index folder, the encoder.
        look_s: seconds between two looks.
    """

    def __init__(
        self, paths: Sequence[str], options: Sequence[str], look_s: float = LOOK_S
    ) -> None:
        self._paths = paths
        self._options = options
        self._look_s = look_s
        self._built: _State = {}
        self._stop = Event()
        self._thread = Thread(target=self._run, name="watch", daemon=True)

    def build(self) -> None:
        """Build now, if there is something to watch, and wait for the end."""
        if self._paths:
            self._built = self._state()
            self._build()

    def start(self) -> None:
        """Begin to look for changes since `build`."""
        if self._paths:
            self._thread.start()

    def close(self) -> None:
        """Stop looking; a build that is under way is ended, which loses nothing."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        seen = self._built
        while not self._stop.wait(self._look_s):
            now = self._state()
            if now == seen and now != self._built:
                self._built = now
                common.done("The corpus changed; building")
                self._build()
            seen = now

    def _state(self) -> _State:
        from semsearch.importers.files.folder_walk import walk  # noqa: PLC0415 - not always used

        found: _State = {}
        for given in self._paths:
            path = Path(given if Path(given).exists() else given.rpartition("=")[2])
            files = walk(path, follow_links=False) if path.is_dir() else [path]
            for file in files:
                try:
                    stat = file.stat() if isinstance(file, Path) else None
                except OSError:  # gone since
                    continue
                if stat is not None and isinstance(file, Path):
                    found[file] = stat.st_mtime_ns, stat.st_size
        return found

    def _build(self) -> None:
        command = own_command("build", *self._paths, *self._options)
        with (
            subprocess.Popen(command, stdin=subprocess.DEVNULL) as process,  # noqa: S603 - our own
            _ended_with(process),
        ):
            while process.poll() is None and not self._stop.wait(0.1):
                continue


@contextmanager
def _ended_with(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """End a process that is still under way at the end, whatever ends this."""
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
