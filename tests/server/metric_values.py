"""Reads metrics of a service under test, by name and labels."""

from __future__ import annotations

import multiprocessing
import urllib.request

from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from semsearch.server.telemetry.collector import MetricsCollector
from semsearch.server.telemetry.metrics_process import new_shared_metrics
from semsearch.server.telemetry.shared_memory import SharedMetrics

Values = dict[tuple[str, frozenset[tuple[str, str]]], float]


def new_shared(processes: int = 2) -> SharedMetrics:
    """Return empty blocks for the routes of the service."""
    return new_shared_metrics(processes, multiprocessing.get_context())


def value(shared: SharedMetrics, name: str, **labels: str) -> float | None:
    """Return a value as it is exported, or None if there is none."""
    registry = CollectorRegistry()
    registry.register(MetricsCollector(shared, {}))
    return registry.get_sample_value(name, labels)


def fetched(url: str) -> Values:
    """Return all values that a running service exports."""
    with urllib.request.urlopen(url, timeout=60) as response:  # noqa: S310 - a URL of the test
        text = response.read().decode()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def key(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    """Return how `fetched` names a value."""
    return name, frozenset(labels.items())
