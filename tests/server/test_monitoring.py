"""`deploy/monitoring`: rules and dashboard ask for metrics that there are, and rules are valid."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from semsearch.server.app import all_routes
from semsearch.server.telemetry.families import (
    SCRAPED,
    Family,
    Kind,
    operations_of,
    shared_families,
)
from tests.conftest import PROJECT

FOLDER = PROJECT / "deploy" / "monitoring"
DASHBOARD = FOLDER / "dashboard.json"
RULES = FOLDER / "alerts.yml"
TESTS = FOLDER / "alerts.test.yml"

_SELECTOR = re.compile(r"(semsearch_\w+)(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'(\w+)\s*(=~|!=|!~|=)\s*"([^"]*)"')
_GROUPED = re.compile(r"\b(?:by|ignoring|without|on) \(([^)]*)\)")
_FROM_PROMETHEUS = {"job", "instance", "le"}


def _families() -> dict[str, Family]:
    """Return the families by the names of the samples that they export."""
    found: dict[str, Family] = {}
    for family in (*shared_families(operations_of(all_routes())), *SCRAPED):
        if family.kind is Kind.HISTOGRAM:
            found |= {f"{family.name}_{part}": family for part in ("bucket", "sum", "count")}
        else:
            found[family.name] = family
    return found


def _rule_expressions() -> Iterator[str]:
    for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"]:
        yield from (rule["expr"] for rule in group["rules"])


def _dashboard_expressions() -> Iterator[str]:
    board = json.loads(DASHBOARD.read_text("utf-8"))
    for panel in board["panels"]:
        yield from (target["expr"] for target in panel["targets"])
    yield from (one["query"] for one in board["templating"]["list"] if one["type"] == "query")


def _tested_series() -> Iterator[str]:
    for test in yaml.safe_load(TESTS.read_text("utf-8"))["tests"]:
        yield from (one["series"] for one in test["input_series"])


def _problems(expression: str, families: dict[str, Family]) -> list[str]:
    """Return what an expression asks for that no service exports."""
    found = []
    labels = set(_FROM_PROMETHEUS)
    for name, matchers in _SELECTOR.findall(expression):
        family = families.get(name)
        if family is None:
            found.append(f"there is no metric {name}")
            continue
        labels |= {*family.labels}
        for label, operator, stated in _MATCHER.findall(matchers):
            if label in _FROM_PROMETHEUS:
                continue
            if label not in family.labels:
                found.append(f"{name} has no label {label}")
            elif family.rows != ((),):
                column = family.labels.index(label)
                known = {row[column] for row in family.rows}
                fits = re.compile(stated if "~" in operator else re.escape(stated)).fullmatch
                if not any(map(fits, known)):
                    found.append(f"{name} has no {label} {stated}")
    grouped = {one.strip() for names in _GROUPED.findall(expression) for one in names.split(",")}
    return found + [f"nothing has the label {label}" for label in grouped - labels]


@pytest.mark.parametrize(
    "expressions",
    [_rule_expressions, _dashboard_expressions, _tested_series],
    ids=["rules", "dashboard", "tests"],
)
def test_what_is_asked_for_is_exported(expressions: object) -> None:
    """Names, labels and fixed values of labels are those of the service."""
    assert callable(expressions)
    families = _families()
    asked = [*expressions()]
    assert len(asked) > 10
    found = {one: problems for one in asked if (problems := _problems(one, families))}
    assert found == {}


def test_a_wrong_expression_is_found() -> None:
    """A name, a label, a value and a grouping that there are not."""
    families = _families()
    for wrong in (
        "semsearch_requests_total",
        'semsearch_queue_length{line="asking"}',
        'semsearch_queue_length{queue="reading"}',
        'semsearch_refusals_total{reason=~"full|over"}',
        "sum by (line) (semsearch_queue_length)",
    ):
        assert _problems(wrong, families), wrong


def test_the_dashboard_shows_every_metric() -> None:
    """A new metric has a place, or a reason here why not."""
    shown = {name for one in _dashboard_expressions() for name, _ in _SELECTOR.findall(one)}
    families = {name.name for sample, name in _families().items() if sample in shown}
    missing = {family.name for family in _families().values()} - families
    assert missing == {"semsearch_worker_pid"}, "which is not exported"


def test_panels_of_the_dashboard_do_not_overlap() -> None:
    """Each has a place of its own, within the width of 24 columns."""
    board = json.loads(DASHBOARD.read_text("utf-8"))
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells


@pytest.mark.process
@pytest.mark.parametrize(
    "command",
    [("check", "rules", "alerts.yml"), ("test", "rules", "alerts.test.yml")],
    ids=["check", "test"],
)
def test_the_rules_are_valid(command: tuple[str, ...]) -> None:
    """Prometheus itself checks them, and raises each alert for its trouble and none without."""
    _run_promtool(command, FOLDER)


@pytest.mark.process
def test_the_scrape_configuration_is_valid() -> None:
    """It loads the rules beside it."""
    _run_promtool(("check", "config", "prometheus.yml"), FOLDER)


def _run_promtool(command: tuple[str, ...], folder: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed; Debian has it in the package prometheus")
    found = subprocess.run(
        [promtool, *command], cwd=folder, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr
