"""Describes the machine that figures were measured on."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from semsearch import __version__

_LIBRARIES = ("faiss-cpu", "fastapi", "numpy", "onnxruntime", "sentence-transformers", "torch")


def describe() -> dict[str, object]:
    """Return what the figures depend on, the load of the last five minutes included."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": _first_match("/proc/cpuinfo", r"model name\s*: (.+)"),
        "cores": os.cpu_count(),
        "memory_gb": round(
            int(_first_match("/proc/meminfo", r"MemTotal:\s*(\d+)")) * 1024 / 1e9, 1
        ),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "semsearch": __version__,
        "libraries": {name: version(name) for name in _LIBRARIES},
        "load_5_min": round(os.getloadavg()[1], 2),
    }


def _first_match(file: str, pattern: str) -> str:
    found = re.search(pattern, Path(file).read_text())
    return found[1].strip() if found else "0"
