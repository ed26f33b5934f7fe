"""Reads as much of the Dockerfile language as our Dockerfile uses."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from string import Template


@dataclass(frozen=True, slots=True)
class Copy:
    """One COPY: what, from which stage (none: the checkout), to where."""

    sources: tuple[str, ...]
    to: str
    stage: str | None = None


@dataclass(slots=True)
class Stage:
    """The instructions of one stage."""

    base: str
    name: str | None
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, keyword: str) -> list[str]:
        """Return the arguments of every instruction of one kind."""
        return [rest for found, rest in self.instructions if found == keyword]

    def one(self, keyword: str) -> str:
        """Return the arguments of the one instruction of its kind."""
        (rest,) = self.all(keyword)
        return rest

    @property
    def copies(self) -> list[Copy]:
        """The COPY instructions, in their order."""
        return [_copy(rest) for rest in self.all("COPY")]

    @property
    def runs(self) -> list[list[str]]:
        """The RUN instructions, in their order, each split into words."""
        return [shlex.split(rest) for rest in self.all("RUN")]

    @property
    def environment(self) -> dict[str, str]:
        """What the ENV instructions set."""
        pairs = (word.partition("=") for rest in self.all("ENV") for word in shlex.split(rest))
        return {name: value for name, _, value in pairs}

    @property
    def health_check(self) -> list[str]:
        """The command of the HEALTHCHECK instruction."""
        words: list[str] = json.loads(self.one("HEALTHCHECK").partition("CMD ")[2])
        return words


def read_stages(path: Path) -> list[Stage]:
    """Return the stages of a Dockerfile, the final one last.

    An ARG before the first stage is put in where a FROM names it.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    stages: list[Stage] = []
    arguments: dict[str, str] = {}
    for line in text.replace("\\\n", " ").splitlines():
        keyword, _, rest = line.strip().partition(" ")
        if keyword == "FROM":
            base, _, name = Template(rest).substitute(arguments).partition(" AS ")
            stages.append(Stage(base, name or None))
        elif keyword == "ARG" and not stages:
            argument, _, value = rest.strip().partition("=")
            arguments[argument] = value
        elif keyword:
            stages[-1].instructions.append((keyword, rest.strip()))
    return stages


def is_sent(path: str, ignore_file: Path) -> bool:
    """Tell whether a path of the checkout is sent to the builder.

    The last line that fits decides.
    """
    sent = True
    for raw in ignore_file.read_text(encoding="utf-8").splitlines():
        pattern = raw.strip()
        if not pattern or pattern.startswith("#"):
            continue
        wanted = pattern.startswith("!")
        if _fits(path, pattern.removeprefix("!")):
            sent = wanted
    return sent


def _fits(path: str, pattern: str) -> bool:
    """Tell whether a pattern fits a path or a folder above it, or (`**/`) any part of it."""
    parts = path.split("/")
    if pattern.startswith("**/"):
        return any(fnmatch(part, pattern.removeprefix("**/")) for part in parts)
    depth = pattern.count("/") + 1
    return len(parts) >= depth and fnmatch("/".join(parts[:depth]), pattern)


def _copy(rest: str) -> Copy:
    words = rest.split()
    options = [word for word in words if word.startswith("--")]
    *sources, to = [word for word in words if not word.startswith("--")]
    stage = None
    for option in options:
        name, _, value = option.partition("=")
        if name != "--from":
            raise ValueError(f"COPY {option} is not understood here")
        stage = value
    return Copy(tuple(sources), to, stage)
