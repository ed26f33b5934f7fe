"""The clients, and who is asked by them: in turns, and too often."""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

import pytest

from benchmarks.speed import compare, contenders, overload, services
from benchmarks.speed.clients import Clients, LoadJob
from benchmarks.speed.contenders import OURS, PLAIN, TXTAI
from benchmarks.speed.rounds import WORKLOADS, Rounds
from tests.conftest import PROJECT


@pytest.fixture(scope="module")
def clients() -> Iterator[Clients]:
    """Give clients that wait for jobs."""
    with Clients() as waiting:
        yield waiting


@pytest.fixture(scope="module")
def trivial() -> Iterator[int]:
    """Give the port of a service that does nothing."""
    port = services.free_port()
    command = [sys.executable, "-m", "benchmarks.speed.trivial_service", str(port)]
    with services.running(command, port, "/"):
        yield port


def test_a_closed_loop_asks_each_path_once(clients: Clients, trivial: int) -> None:
    """It ends before its time when there are no more, and times every answer."""
    tally = clients.run(LoadJob(port=trivial, paths=["/x"] * 100, clients=8, seconds=20))
    assert (tally.asked, len(tally.good_ms), tally.errors) == (100, 100, 0)
    assert tally.statuses == Counter({"200": 100})
    assert min(tally.good_ms) > 0
    assert tally.elapsed_s < 10
    assert tally.rate == pytest.approx(100 / tally.elapsed_s)


def test_a_closed_loop_ends_with_its_time(clients: Clients, trivial: int) -> None:
    """However many paths are left."""
    tally = clients.run(LoadJob(port=trivial, paths=["/x"] * 200_000, clients=4, seconds=0.2))
    assert 0 < tally.asked < 200_000
    assert 0.15 < tally.elapsed_s < 5
    assert len(tally.good_ms) == tally.asked


def test_an_open_loop_keeps_its_rate(clients: Clients, trivial: int) -> None:
    """Sent or missed, what was due in its time is counted."""
    job = LoadJob(port=trivial, paths=["/x"] * 1000, clients=4, seconds=0.5, rate=400)
    tally = clients.run(job)
    assert tally.asked + tally.missed == pytest.approx(200, abs=10)
    assert len(tally.good_ms) == tally.asked > 0


@pytest.mark.process
def test_an_answer_that_is_no_good_is_an_error(clients: Clients, hashed_index: Path) -> None:
    """Its status is counted, and it does not count as answered."""
    ours = contenders.ours(hashed_index)
    batch = 'POST /v1/search {"questions": ["crumb"]}'
    paths = [ours.request("crumb"), services.SEARCH, "/nowhere", batch]
    with ours.running("crumb"):
        tally = clients.run(LoadJob(port=ours.port, paths=paths, clients=1, seconds=20))
    assert tally.statuses == Counter({"200": 2, "422": 1, "404": 1})
    assert (len(tally.good_ms), tally.errors) == (2, 2)


def test_a_broken_connection_is_an_error(clients: Clients) -> None:
    """The request is lost, and the next one goes over another connection."""
    with socket.create_server((services.HOST, 0)) as server:

        def close_all() -> None:
            for _ in range(3):
                connection, _ = server.accept()
                connection.recv(1000)
                connection.close()

        closing = threading.Thread(target=close_all)
        closing.start()
        port = server.getsockname()[1]
        tally = clients.run(LoadJob(port=port, paths=["/a", "/b"], clients=1, seconds=0.5))
        with socket.create_connection((services.HOST, port)):
            pass  # the last that it waits for, if it does
        closing.join(10)
    assert (tally.asked, tally.lost, tally.errors, tally.rate) == (2, 2, 2, 0)


def test_a_connection_that_the_service_closes_is_replaced(clients: Clients) -> None:
    """An answer that announces it is as good as another."""
    with socket.create_server((services.HOST, 0)) as server:

        def answer_once_each() -> None:
            for _ in range(2):
                connection, _ = server.accept()
                with connection:
                    connection.recv(1000)
                    connection.sendall(
                        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
                    )

        answering = threading.Thread(target=answer_once_each)
        answering.start()
        port = server.getsockname()[1]
        tally = clients.run(LoadJob(port=port, paths=["/a", "/b"], clients=1, seconds=2))
        answering.join(10)
    assert (tally.asked, tally.lost, len(tally.good_ms)) == (2, 0, 2)


@pytest.mark.process
def test_services_take_turns(clients: Clients, hashed_index: Path) -> None:
    """Under each workload, with the rate of each round and the times of all."""
    ours = contenders.ours(hashed_index)
    with ours.running("crumb"):
        taken = Rounds([ours], clients, 0.1)
        taken.warm(ours)
        for _ in range(2):
            for workload in WORKLOADS:
                taken.ask(ours, workload)
    for asked in taken.found[OURS].values():
        assert len(asked.rates) == 2
        assert asked.percentile(50) <= asked.percentile(99)
        assert len(asked.times_ms) > 2
    rates = taken.found[OURS][16, False].rates
    assert taken.ratio((16, False), [rate / 2 for rate in rates]) == pytest.approx(2)


def test_a_comparison_is_judged_by_the_ratios_of_its_rounds(clients: Clients) -> None:
    """The median of the rounds for throughput, percentiles of all answers for times."""
    asked = [
        contenders.ComparedService(name=name, command=[], port=1, path="/", parameter="q")
        for name in (PLAIN, TXTAI, OURS)
    ]
    taken = Rounds(asked, clients, 1.0)
    for name, rates, ms in (
        (PLAIN, [50, 60, 10], 90),
        (TXTAI, [50, 50, 50], 9),
        (OURS, [500, 720, 400], 6),
    ):
        for (_, repeats), one in taken.found[name].items():
            one.rates = [rate * (5 if repeats else 1) for rate in rates]
            one.times_ms = [float(ms)] * 100
        taken.starts[name] = [ms / 10]
    taken.raw = [1000, 1000, 1000]
    peaks = {PLAIN: 1000.0, TXTAI: 800.0, OURS: 260.0}
    found = list(compare.bars(taken, peaks))
    published = json.loads((PROJECT / "docs" / "benchmark.json").read_text())["bench"]["bars"]
    asked_there = {bar["name"]: bar["asked"] for bar in published}
    assert {bar.name: asked_there[bar.name] for bar in found} == {b.name: b.asked for b in found}
    judged = {bar.name: (round(bar.reached, 3), bar.is_met) for bar in found}
    assert judged == {
        "throughput, 16 clients, distinct questions, against plain service": (12, True),
        "throughput, 16 clients, distinct questions, against txtai": (10, True),
        "the same against the encoder by itself": (0.5, False),
        "median, one client, against plain service": (0.067, True),
        "median, one client, against txtai": (0.667, False),
        "p99, 16 clients, against plain service": (0.067, True),
        "throughput, repeated questions against distinct ones": (5, True),
        "start to first answer, against plain service": (0.067, True),
        "peak memory, against plain service": (0.26, True),
        "questions without an answer": (0, True),
    }


@pytest.mark.process
def test_an_overload_is_measured(clients: Clients, hashed_index: Path) -> None:
    """What was offered is answered, refused, lost or missed, and the service lives on."""
    ours = contenders.ours(hashed_index)
    with ours.running("crumb") as service:
        found = overload.Subject(ours, service, clients).overload(0.4)
    assert found.capacity > 0
    assert found.statuses["200"] > 0
    assert set(found.statuses) <= {"200", "503"}
    assert found.lost == 0
    assert found.memory_peak > 20
    assert 0 < found.recovery_s < overload.RECOVERY_LIMIT_S


def test_the_mixture_has_all_kinds() -> None:
    """Of twenty requests ten are questions, and one each is a batch and an export."""
    kinds = Counter(
        path.partition("?")[0].split(" {")[0] for path in islice(overload.mixture(cycle("a")), 40)
    )
    assert kinds == {
        "/v1/search": 20,
        "/": 8,
        "/entry/deep-learning:dropout": 4,
        "/v1/suggest": 4,
        "POST /v1/search": 2,
        "/v1/glossaries/deep-learning/export": 2,
    }


def test_an_overload_is_judged() -> None:
    """Refusing quickly is asked for, and a time of refusals only where there were some."""
    good = overload.Overload(
        capacity=500,
        offered=5000,
        missed=0,
        statuses={"200": 500, "503": 4500},
        lost=0,
        accepted=450,
        accepted_p99_ms=800,
        refused_p99_ms=20,
        refused_share=0.9,
        without_retry_after=0,
        memory_before=100,
        memory_peak=109,
        memory_after=110,
        recovery_s=0.3,
    )
    assert all(bar.is_met for bar in overload.bars(good))
    endured = replace(good, statuses={"200": 500}, refused_share=0.0, refused_p99_ms=None)
    missed = [bar.name for bar in overload.bars(endured) if not bar.is_met]
    assert missed == ["refused (503), of all requests"]
