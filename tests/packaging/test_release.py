"""The release workflow holds no secret, grants little, and pins what it runs."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.conftest import PROJECT

WORKFLOW = PROJECT / ".github" / "workflows" / "release.yml"
_PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+")


@pytest.fixture(scope="module")
def workflow() -> dict[str, Any]:
    """Give the workflow."""
    text = WORKFLOW.read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text.replace("\non:", "\ntriggers:"))  # `on` is true
    return found


def test_actions_are_pinned_to_commits() -> None:
    """A tag can be moved, a commit cannot; the version of the commit stands behind it."""
    uses = [
        line.strip(" -")
        for line in WORKFLOW.read_text(encoding="utf-8").splitlines()
        if "uses:" in line
    ]
    assert len(uses) > 8
    assert [line for line in uses if not _PINNED.fullmatch(line)] == []


def test_rights_are_those_that_a_job_needs(workflow: dict[str, Any]) -> None:
    """None by default; who builds and tests can write nothing; only two have an identity."""
    assert workflow["permissions"] == {}
    granted = {name: job["permissions"] for name, job in workflow["jobs"].items()}
    assert granted == {
        "build": {"contents": "read"},
        "test": {"contents": "read"},
        "attest": {"id-token": "write", "attestations": "write"},
        "pypi": {"id-token": "write"},
        "release": {"contents": "write"},
    }
    assert "secrets." not in WORKFLOW.read_text(encoding="utf-8")


def test_what_is_published_was_built_tested_and_attested(workflow: dict[str, Any]) -> None:
    """One job after the other, and only for a tag of a version."""
    needs = {name: job.get("needs", []) for name, job in workflow["jobs"].items()}
    assert (needs["attest"], needs["pypi"], needs["release"]) == (
        ["build", "test"],
        "attest",
        "pypi",
    )
    assert workflow["triggers"] == {"push": {"tags": ["v*"]}}
    assert workflow["jobs"]["pypi"]["environment"]["name"] == "pypi"
    targets = set(re.findall(r"make ([a-z -]+)", WORKFLOW.read_text(encoding="utf-8")))
    named = {target for words in targets for target in words.split()}
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    assert {one for one in named if not re.search(rf"^{one}:", makefile, re.MULTILINE)} == set()
