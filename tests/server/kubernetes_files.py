"""The manifests of `deploy/kubernetes`, as Kustomize reads them, without what overlays change."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import PROJECT

FOLDER = PROJECT / "deploy" / "kubernetes"
KUSTOMIZATION = "kustomization.yaml"


@cache
def kustomization(name: str) -> dict[str, Any]:
    """Return what Kustomize reads of a folder."""
    text = (FOLDER / name / KUSTOMIZATION).read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def files_of(name: str) -> list[Path]:
    """Return the files of a folder and of those that it builds on."""
    found: list[Path] = []
    for resource in kustomization(name)["resources"]:
        path = (FOLDER / name / resource).resolve()
        found += files_of(str(path.relative_to(FOLDER))) if path.is_dir() else [path]
    return found


@cache
def objects_of(name: str) -> list[dict[str, Any]]:
    """Return the objects of a folder and of those that it builds on."""
    return [one for file in files_of(name) for one in yaml.safe_load_all(file.read_text("utf-8"))]


def settings_of(name: str) -> dict[str, str]:
    """Return the settings of the servers of a folder."""
    found: dict[str, str] = {}
    for resource in kustomization(name)["resources"]:
        path = (FOLDER / name / resource).resolve()
        found |= settings_of(str(path.relative_to(FOLDER))) if path.is_dir() else {}
    for generator in kustomization(name).get("configMapGenerator", ()):
        if generator["name"] == "semsearch":
            found |= dict(one.split("=", 1) for one in generator["literals"])
    return found


def pods(name: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield what runs pods, and the specification of its pods."""
    for one in objects_of(name):
        if one["kind"] in {"Deployment", "StatefulSet", "Job"}:
            yield one, one["spec"]["template"]["spec"]


def container(name: str, workload: str) -> dict[str, Any]:
    """Return the only container of a workload."""
    ((found,),) = (
        pod["containers"] for one, pod in pods(name) if one["metadata"]["name"] == workload
    )
    result: dict[str, Any] = found
    return result


def scaled_by() -> str:
    """Return how a line of the metric of the autoscaler begins."""
    (scaler,) = (one for one in objects_of("servers") if one["kind"] == "HorizontalPodAutoscaler")
    metric = scaler["spec"]["metrics"][0]["pods"]["metric"]
    ((label, value),) = metric["selector"]["matchLabels"].items()
    return f'{metric["name"]}{{{label}="{value}"'
