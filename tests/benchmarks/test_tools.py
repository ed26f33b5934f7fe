"""The benchmarks' own parts, so that a figure can be believed."""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.speed import (
    bars,
    budgets,
    build_rate,
    chart,
    contenders,
    memory,
    questions,
    raw,
    rerank,
    services,
    turns,
)
from benchmarks.speed.contenders import OURS, PLAIN, TXTAI
from semsearch.search.glossary import Glossary

ASKED = ["what makes dough rise", "crumb", "a heavy pot", "where are jars kept"] * 5


def test_questions_are_crossed() -> None:
    """The first four words of one and the last four of another, each text once."""
    known = ["a b c d e f g h", "i j k l m n o p", "a b c d e f g h"]
    assert list(questions.crossed(known)) == [
        "a b c d m n o p",
        "i j k l e f g h",
        "a b c d e f g h",
    ]


def test_there_are_enough_distinct_questions() -> None:
    """Many times the 5,000 that a comparison needs at least."""
    made = list(questions.crossed(questions.own()))
    assert len(set(made)) == len(made) > 100_000


def test_questions_are_handed_out_once() -> None:
    """Except those that were not asked; it says when there are not enough."""
    supply = questions.Supply(["a", "b", "c", "d"])
    assert list(supply.next(3)) == ["a", "b", "c"]
    supply.give_back(1)
    assert list(supply.next(2)) == ["c", "d"]
    with pytest.raises(questions.TooFewQuestions, match=r"5 distinct .* there are 4"):
        supply.next(1)


@pytest.mark.process
def test_a_process_that_ends_says_so() -> None:
    """Instead of an answer there is its exit code."""
    with (
        turns.Turns("benchmarks.speed.raw", "no/such/index") as failing,
        pytest.raises(turns.TurnFailed, match=r"benchmarks.speed.raw ended with exit code 1"),
    ):
        failing.take({})


def test_memory_of_several_processes() -> None:
    """Private memory is summed, pages of one file count once, peaks count on top."""
    one = memory.Memory(now=10, peak=12, anonymous=4, files=Counter({"lib": 5, "a": 1}))
    other = memory.Memory(now=9, peak=9, anonymous=3, files=Counter({"lib": 6}))
    assert memory.resident([one]) == 10
    assert memory.resident([one, other]) == 4 + 3 + 6 + 1
    assert memory.peak([one, other]) == 14 + 2


@pytest.mark.parametrize(
    ("reached", "is_at_least", "met"),
    [
        (1.9, False, True),
        (2.0, False, True),
        (2.1, False, False),
        (2.0, True, True),
        (1.9, True, False),
    ],
)
def test_a_bar_is_met_up_to_itself(reached: float, is_at_least: bool, met: bool) -> None:
    """A figure on the bar meets it."""
    assert bars.Bar(name="x", reached=reached, asked=2.0, is_at_least=is_at_least).is_met is met


def test_a_missed_bar_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code, the output and the file with the measurements report it."""
    met = bars.Bar(name="speed", reached=3, asked=2, is_at_least=True)
    missed = bars.Bar(name="memory", reached=1234.5, asked=1000, unit="MB")
    assert bars.finish({"a": 1}, [met], tmp_path / "met.json") == 0
    assert bars.finish({"a": 1}, [met, missed], tmp_path / "deep/missed.json") == 1
    said = capsys.readouterr()
    assert "1 of 2 bars missed: memory" in said.err
    assert "at most 1,000 MB" in said.out
    assert "1,234 MB  MISSED" in said.out
    written = json.loads((tmp_path / "deep/missed.json").read_text())
    assert (written["a"], [bar["is_met"] for bar in written["bars"]]) == (1, [True, False])


@pytest.mark.process
def test_a_build_that_fails_says_why(tmp_path: Path) -> None:
    """What it said is in the message."""
    with pytest.raises(services.ServiceFailed, match=r"semsearch build .* no entry was found"):
        build_rate.build([], tmp_path / "index")


def test_agreement_is_the_share_of_common_neighbours() -> None:
    """All of them for the same vectors; what two orders have in common for others."""
    circle = np.array([[np.cos(a), np.sin(a)] for a in np.linspace(0, 3, 40)], dtype=np.float32)
    assert build_rate.agreement(circle, circle) == 1.0
    assert 0 < build_rate.agreement(circle, circle[::2].repeat(2, axis=0)) < 1
    shuffled = circle[np.random.default_rng(1).permutation(40)]
    assert build_rate.agreement(circle, shuffled) < 0.5


def test_the_encoder_by_itself_is_timed(glossary: Glossary) -> None:
    """The job ends when its texts or its time end."""
    few = raw.EncodingJob(texts=ASKED, threads=2, seconds=20)
    assert raw.rate(glossary, few) > 10
    assert raw.rate(glossary, replace(few, texts=ASKED * 10_000, seconds=0.1)) > 10


def test_a_missing_environment_of_txtai_is_named(tmp_path: Path) -> None:
    """The error has the command that makes the environment."""
    with pytest.raises(services.ServiceFailed, match=r"python is missing; `make bench` installs"):
        contenders.txtai(tmp_path / "python", ["corpus"], tmp_path)


def test_the_chart_shows_what_was_measured() -> None:
    """Each service and the ceiling by name and number; sizes where they were measured."""
    figures = {"rate": 50.0, "median_ms": 20.0}
    workloads = {"1": figures, "16": figures, "16 repeated": {**figures, "rate": 4321.0}}
    results = {
        "bench": {
            "machine": dict.fromkeys(
                ("processor", "cores", "memory_gb", "python", "date", "semsearch", "load_5_min"),
                "<7>",
            ),
            "services": {name: {"clients": workloads} for name in (PLAIN, TXTAI, OURS)},
            "encoder by itself": {"rate": 1300.0},
        }
    }
    assert "by entries" not in chart.draw(results)
    sizes = [
        {"entries": 20, "whole": 3.0, "search": 0.5},
        {"entries": 10**6, "whole": 6.5, "search": 2.1},
    ]
    drawn = chart.draw({**results, "growth": {"sizes": sizes}})
    root = ET.fromstring(drawn)  # noqa: S314 - made here
    said = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"semsearch: 4,321", "encoder by itself: 1,300", "txtai: 50", "repeated"} <= set(said)
    assert {"1,000,000", "6.5", "2.1", "20"} <= set(said)


@pytest.mark.process
def test_a_service_is_measured_and_ended(hashed_index: Path) -> None:
    """It answers over one connection, its memory and libraries can be seen, and it ends."""
    port = services.free_port()
    command = services.serve(hashed_index, port)
    with services.running(command, port, services.search("crumb")) as service:
        first = service.get(services.SEARCH, q="crumb", limit=1)
        elapsed_ms = service.time_get(services.SEARCH, q="leaven", limit=1)
        resident_mb, peak_mb = service.resident_mb(), service.peak_mb()
        mapped = service.mapped_files()
    assert first["hits"][0]["term"] == "Crumb"
    assert 0 < elapsed_ms < 5000
    assert 0 < service.start_s < 60
    assert 20 < resident_mb <= peak_mb < 1000
    assert any("numpy" in file for file in mapped)
    assert service.process.poll() == 0


@pytest.mark.process
def test_what_a_service_imported_is_listed(hashed_index: Path, tmp_path: Path) -> None:
    """All of it, and nothing that only builds."""
    imported = services.imported_by_serving(hashed_index, "crumb", tmp_path / "modules.txt")
    assert {"semsearch", "fastapi", "numpy", "uvicorn"} <= imported
    assert imported.intersection(services.HEAVY) == set()


@pytest.mark.process
def test_a_service_that_does_not_start_says_why() -> None:
    """What it said before it ended is in the message."""
    command = [sys.executable, "-c", "raise SystemExit('no such luck')"]
    with (
        pytest.raises(services.ServiceFailed, match=r"(?s)exit code 1.*no such luck"),
        services.running(command, services.free_port(), "/"),
    ):
        pass


@pytest.mark.process
def test_a_silent_service_is_given_up() -> None:
    """After the limit, not never."""
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    with (
        pytest.raises(services.ServiceFailed, match="gave no answer"),
        services.running(command, services.free_port(), "/", limit_s=0.3),
    ):
        pass


@pytest.mark.process
def test_help_is_within_its_budget() -> None:
    """`semsearch --help` costs little more than the library that prints it; best of three runs.

    They are measured in turn, since a busy machine makes both slower. Alone, help takes 1.4 times.
    """
    helps, libraries = zip(
        *((budgets.help_cpu_s(), budgets.cpu_s("-c", "import typer.rich_utils")) for _ in range(3)),
        strict=True,
    )
    assert min(helps) < 2 * min(libraries)


@pytest.mark.model
def test_both_precisions_of_a_reranker_are_timed(tmp_path: Path) -> None:
    """Both score the given pairs; the int8 file is smaller."""
    model = rerank.make_model(tmp_path, layers=1, hidden=48)
    int8, fp32 = rerank.measure(model, rerank.texts_of_the_seed(3), runs=2)
    assert (int8.precision, fp32.precision) == ("int8", "fp32")
    assert (int8.pairs, fp32.pairs) == (3, 3)
    assert int8.tokens == fp32.tokens > 20
    assert 0 < int8.median_ms <= int8.p95_ms
    assert int8.file_mb < fp32.file_mb
