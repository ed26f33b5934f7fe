"""The plan for large glossaries, and that docs/scale.md quotes what the command prints."""

from __future__ import annotations

import re
from dataclasses import fields, replace

import pytest

from benchmarks.speed.scale_plan import ENTRIES, Assumptions, EntryCosts, main, plan
from tests.conftest import PROJECT

COSTS = EntryCosts(
    build_ms=36.0,
    generation_bytes=10_000.0,
    postgres_rows_bytes=1_000.0,
    postgres_embeddings_bytes=9_000.0,
    encode_ms=4.0,
    resident_bytes=1_000.0,
    sizes=((1_000, 1.0), (100_000, 10.0), (10_000_000, 100.0)),
)


def test_a_search_is_interpolated_and_extrapolated() -> None:
    """By the power law between sizes: here ten times as long for a hundred times as many."""
    assert COSTS.search_ms(100_000) == pytest.approx(10.0)
    assert COSTS.search_ms(10_000) == pytest.approx(10**0.5)
    assert COSTS.search_ms(1_000_000_000) == pytest.approx(1000.0)
    assert COSTS.search_ms(1) == 1.0, "never less than in the smallest"


def test_partitions_fit_into_machines_and_replicas_carry_the_load() -> None:
    """By hand: 40 GB in machines of 10 usable GB; 4 + 4 * 100 ms a question."""
    assumed = Assumptions(
        questions=100,
        machine_gb=20,
        memory_share=0.5,
        hot_share=0,
        machine_cores=8,
        utilisation=0.5,
    )
    found = plan(40_000_000, COSTS, assumed)
    assert found.partitions == 4
    assert found.search_ms == pytest.approx(100.0)
    assert found.core_ms == pytest.approx(404.0)
    assert found.replicas == 3, "80.8 cores for 4 partitions, on machines of 8"
    assert found.machines == 12
    assert found.generation_gb == pytest.approx(400.0)
    assert found.database_gb == pytest.approx(400.0)
    assert found.embed_core_hours == pytest.approx(400.0)
    warm = plan(40_000_000, COSTS, Assumptions(machine_gb=20, memory_share=0.5, hot_share=0.1))
    assert warm.partitions == 8, "a tenth of the generation is as much again"
    few = plan(40_000_000, COSTS, replace(assumed, questions=0.1))
    assert few.replicas == Assumptions().replicas, "never fewer, since machines die"
    assert few.month < found.month


def test_the_document_has_the_table(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the command prints it today, from the committed figures."""
    monkeypatch.chdir(PROJECT)
    assert main([]) == 0
    printed = capsys.readouterr().out
    said = (PROJECT / "docs" / "scale.md").read_text(encoding="utf-8")
    assert printed in said
    assert all(f"{entries:,}" in printed for entries in ENTRIES)


def test_the_document_names_what_is_assumed() -> None:
    """Each price and size, as the plan has it."""
    said = (PROJECT / "docs" / "scale.md").read_text(encoding="utf-8")
    stated = dict(re.findall(r"\| `--([a-z-]+)` \| ([\d.,]+) \|", said))
    defaults = {one.name.replace("_", "-"): one.default for one in fields(Assumptions)}
    assert {name: float(value.replace(",", "")) for name, value in stated.items()} == defaults


def test_other_assumptions_are_options(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tenth of the questions needs fewer machines."""
    monkeypatch.chdir(PROJECT)
    main([])
    usual = capsys.readouterr().out
    main(["--questions", "1000"])
    assert _machines(capsys.readouterr().out) < _machines(usual)


def _machines(printed: str) -> int:
    found = re.search(r"machines that search \|.*\| ([\d,]+) \|", printed)
    assert found
    return int(found[1].replace(",", ""))
