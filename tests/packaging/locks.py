"""Reads the locks in `requirements/` and what `pyproject.toml` declares."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass

from tests.conftest import PROJECT

REQUIREMENTS = PROJECT / "requirements"
TORCH = "torch"
"""The one package whose lock states no hash."""

_PIN = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>[^\s;]+)(?: ; (?P<marker>.+))? \\\n"
    r"(?P<hashes>(?:    --hash=\S+(?: \\)?\n)+)"
    r"    # via .+\n",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Pin:
    """One package of a lock: its version, and the hashes of all its files."""

    version: str
    hashes: frozenset[str]


def normalised(requirement: str) -> str:
    """Return the normalised name of a requirement."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def read_lock(name: str) -> dict[str, Pin]:
    """Return the pins of a lock with hashes.

    Raises:
        ValueError: something in it is no pin with a hash.
    """
    text = (REQUIREMENTS / f"{name}.lock").read_text(encoding="utf-8")
    rest = _PIN.sub("", text)
    rest = re.sub(r"^# The following packages .*\n|^\n", "", rest, flags=re.MULTILINE)
    if rest:
        raise ValueError(f"{name}.lock has lines that are no pin with hashes: {rest[:200]!r}")
    return {
        normalised(found["name"]): Pin(
            found["version"], frozenset(re.findall(r"--hash=(\S+)", found["hashes"]))
        )
        for found in _PIN.finditer(text)
    }


def declared(*extras: str) -> list[str]:
    """Return the requirements of the core and of the named extras, as they are written."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: list[str] = list(project["dependencies"])
    for extra in extras:
        found += project["optional-dependencies"][extra]
    return found
