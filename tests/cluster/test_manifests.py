"""The manifests of `deploy/` against the schemas of Kubernetes, by `kubernetes-validate`."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.conftest import PROJECT

validation = pytest.importorskip(
    "kubernetes_validate", reason="kubernetes-validate is not installed; make test-cluster does"
)
OTHERS = {"kustomization.yaml", "compose.yaml", "prometheus-adapter.yaml"}
"""Files that are no objects of Kubernetes."""
MANIFESTS = [
    path
    for folder in ("kubernetes", "mirrors")
    for path in sorted((PROJECT / "deploy" / folder).rglob("*.yaml"))
    if path.name not in OTHERS
]


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_objects_are_valid(path: Path) -> None:
    """In the newest version that the schemas know, without a field that is not known."""
    found = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
    assert found
    for one in found:
        validation.validate(one, validation.latest_version(), strict=True)


def test_all_manifests_are_read() -> None:
    """Those of servers, of the Job, of the example and of mirrors."""
    assert {path.parent.name for path in MANIFESTS} == {
        "servers",
        "migrate",
        "example",
        "kubernetes",
    }
