"""The benchmarks' own parts, so that a figure can be believed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.benchmarks import budgets, latency, questions, rerank, services


def test_questions_are_windows_of_the_definitions() -> None:
    """Every run of nine words once; a shorter definition is one question."""
    words = [str(number) for number in range(11)]
    made = questions.from_definitions([" ".join(words), "too  short", " ".join(words)])
    assert made == [" ".join(words[at : at + 9]) for at in range(3)] + ["too short"]


@pytest.mark.parametrize("count", [1, 2, 7, 24, 100])
def test_chosen_questions_are_distinct_and_the_same_every_time(count: int) -> None:
    """Spread over all of them, each at most once."""
    known = [f"question {number}" for number in range(100)]
    chosen = questions.spread(known, count)
    assert len(set(chosen)) == len(chosen) == count
    assert set(chosen) <= set(known)
    assert chosen == questions.spread(known, count)


def test_too_few_questions_are_not_asked_twice() -> None:
    """It says how many there are."""
    with pytest.raises(questions.TooFewQuestions, match="only 2 distinct questions for 3"):
        questions.spread(["a", "b"], 3)


def test_questions_of_a_file(tmp_path: Path) -> None:
    """Each "query" once, in the order of the file."""
    file = tmp_path / "questions.jsonl"
    file.write_text('{"query": "b", "terms": []}\n\n{"query": "a"}\n{"query": "b"}\n')
    assert questions.from_file(file) == ["b", "a"]


def test_figures() -> None:
    """Percentiles are interpolated, the mean is the mean."""
    figures = latency.Figures.of([float(number) for number in range(1, 102)], 1.5, 20.0)
    assert (figures.median_ms, figures.p95_ms, figures.p99_ms) == (51.0, 96.0, 100.0)
    assert (figures.mean_ms, figures.start_s, figures.resident_mb) == (51.0, 1.5, 20.0)


@pytest.mark.parametrize(("value", "kept"), [(1.9, True), (2.0, True), (2.01, False)])
def test_a_budget_is_kept_up_to_its_bar(value: float, kept: bool) -> None:
    """The bar itself is allowed."""
    assert budgets.Cost("start", value, 2.0, "s").is_kept is kept


def test_a_service_is_measured_and_ended(hashed_index: Path) -> None:
    """It answers over one connection, its memory and libraries can be seen, and it ends."""
    port = services.free_port()
    command = services.serve(hashed_index, port)
    with services.running(command, port, services.search("crumb")) as service:
        first = service.get(services.SEARCH, q="crumb", limit=1)
        elapsed_ms = service.time_get(services.SEARCH, q="leaven", limit=1)
        resident_mb = service.resident_mb()
        mapped = service.mapped_files()
    assert first["hits"][0]["term"] == "Crumb"
    assert 0 < elapsed_ms < 5000
    assert 0 < service.start_s < 60
    assert 20 < resident_mb < 1000
    assert any("numpy" in file for file in mapped)
    assert service.process.poll() == 0


def test_what_a_service_imported_is_listed(hashed_index: Path, tmp_path: Path) -> None:
    """All of it, and nothing that only builds."""
    imported = services.imported_by_serving(hashed_index, "crumb", tmp_path / "modules.txt")
    assert {"semsearch", "fastapi", "numpy", "uvicorn"} <= imported
    assert imported.intersection(services.HEAVY) == set()


def test_a_service_that_does_not_start_says_why() -> None:
    """What it said before it ended is in the message."""
    command = [sys.executable, "-c", "raise SystemExit('no such luck')"]
    with (
        pytest.raises(services.ServiceFailed, match=r"(?s)exit code 1.*no such luck"),
        services.running(command, services.free_port(), "/"),
    ):
        pass


def test_a_silent_service_is_given_up() -> None:
    """After the limit, not never."""
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    with (
        pytest.raises(services.ServiceFailed, match="gave no answer"),
        services.running(command, services.free_port(), "/", limit_s=0.3),
    ):
        pass


def test_help_is_within_its_budget() -> None:
    """`semsearch --help` costs less than 0.4 s of CPU; the best of three runs counts."""
    assert min(budgets.help_cpu_s() for _ in range(3)) < budgets.HELP_BAR_S


@pytest.mark.model
def test_both_precisions_of_a_reranker_are_timed(tmp_path: Path) -> None:
    """On the pairs given, int8 from the smaller file."""
    model = rerank.make_model(tmp_path, layers=1, hidden=48)
    int8, fp32 = rerank.measure(model, rerank.texts_of_the_seed(3), runs=2)
    assert (int8.precision, fp32.precision) == ("int8", "fp32")
    assert (int8.pairs, fp32.pairs) == (3, 3)
    assert int8.tokens == fp32.tokens > 20
    assert 0 < int8.median_ms <= int8.p95_ms
    assert int8.file_mb < fp32.file_mb
