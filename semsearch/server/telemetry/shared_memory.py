"""Memory that the processes of a service share: numbers that one writes and others read.

The supervisor makes the blocks, and gives a restarted process that of its predecessor: counters
never go down while the service runs. Nothing is written to the disk, where `prometheus_client`
leaves files of every process that ever ran. Every process that answers has a block of its own, so
none waits for another (docs/decisions/0070-metrics-in-shared-memory.md).
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable, Mapping
from multiprocessing.context import BaseContext
from typing import TYPE_CHECKING, Any

from semsearch.server.telemetry.families import Family, Operation, shared_families

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TEXT_BYTES = 64 * 1024
"""Room for what a process tells of its index: some thousand glossaries."""

_HEAD = struct.Struct("II")
_ATTEMPTS = 20


class MetricsLayout:
    """Where each number stands in a block.

    Args:
        operations: of the application.
    """

    def __init__(self, operations: Iterable[Operation]) -> None:
        self.operations = tuple(operations)
        self.families = {family.name: family for family in shared_families(self.operations)}
        self.starts: dict[str, int] = {}
        self.length = 0
        for name, family in self.families.items():
            self.starts[name] = self.length
            self.length += family.size

    def start(self, family: Family, *row: str) -> int:
        """Return where a row of a family begins."""
        rows = self.families[family.name].rows
        return self.starts[family.name] + rows.index(row) * family.width


class SharedMetrics:
    """The blocks of all processes. It can be passed to a process when that starts.

    Args:
        operations: of the application.
        processes: how many have a block.
        context: starts the processes.
    """

    def __init__(
        self, operations: Iterable[Operation], processes: int, context: BaseContext
    ) -> None:
        self.operations = tuple(operations)
        self.processes = processes
        length = MetricsLayout(self.operations).length
        self._numbers = context.RawArray("d", length * processes)
        self._texts = context.RawArray("c", TEXT_BYTES * processes)

    def numbers(self, process: int) -> memoryview[float]:
        """Return the block of a process, as numbers that it may change."""
        length = len(self._numbers) // self.processes
        view = memoryview(self._numbers).cast("B").cast("d")
        return view[process * length : (process + 1) * length]

    def all_numbers(self) -> NDArray[np.float64]:
        """Return a copy of all blocks, one a row."""
        import numpy as np  # noqa: PLC0415 - only the exporter needs it

        return np.array(self._numbers, dtype=np.float64).reshape(self.processes, -1)

    def write_text(self, process: int, told: Mapping[str, Any]) -> bool:
        """Write what a process tells, as JSON. Return whether there is room for it."""
        content = json.dumps(told).encode()
        if _HEAD.size + len(content) > TEXT_BYTES:
            return False
        whole = _HEAD.pack(zlib.crc32(content), len(content)) + content
        start = process * TEXT_BYTES
        memoryview(self._texts).cast("B")[start : start + len(whole)] = whole
        return True

    def read_text(self, process: int) -> dict[str, Any]:
        """Return what a process has told; nothing if it is being written all the time."""
        start = process * TEXT_BYTES
        view = memoryview(self._texts).cast("B")[start : start + TEXT_BYTES]
        for _ in range(_ATTEMPTS):
            checksum, length = _HEAD.unpack_from(view)
            content = bytes(view[_HEAD.size : _HEAD.size + length])
            if content and zlib.crc32(content) == checksum:
                told: dict[str, Any] = json.loads(content)
                return told
        return {}
