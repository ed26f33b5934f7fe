"""The benchmarks' own parts, so that a figure can be believed."""

from __future__ import annotations

import json
import socket
import sys
import threading
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from semsearch.glossary import Glossary
from tests.benchmarks import (
    bars,
    budgets,
    build_rate,
    chart,
    contenders,
    dictionaries,
    growth,
    memory,
    overload,
    questions,
    raw,
    rerank,
    services,
    stages,
    turns,
)
from tests.benchmarks.clients import Clients, Job
from tests.benchmarks.contenders import OURS, PLAIN, TXTAI
from tests.benchmarks.dictionaries import Definition
from tests.benchmarks.rounds import WORKLOADS, Rounds

ASKED = ["what makes dough rise", "crumb", "a heavy pot", "where are jars kept"] * 5


@pytest.fixture(scope="module")
def clients() -> Iterator[Clients]:
    """Give clients that wait for jobs."""
    with Clients() as waiting:
        yield waiting


@pytest.fixture(scope="module")
def trivial() -> Iterator[int]:
    """Give the port of a service that does nothing."""
    port = services.free_port()
    command = [sys.executable, "-m", "tests.benchmarks.trivial_service", str(port)]
    with services.running(command, port, "/"):
        yield port


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


def test_a_closed_loop_asks_each_path_once(clients: Clients, trivial: int) -> None:
    """It ends before its time when there are no more, and times every answer."""
    tally = clients.run(Job(port=trivial, paths=["/x"] * 100, clients=8, seconds=20))
    assert (tally.asked, tally.in_time, tally.errors) == (100, 100, 0)
    assert tally.statuses == Counter({"200": 100})
    assert len(tally.good_ms) == 100
    assert min(tally.good_ms) > 0
    assert tally.elapsed_s < 10
    assert tally.rate == pytest.approx(100 / tally.elapsed_s)


def test_a_closed_loop_ends_with_its_time(clients: Clients, trivial: int) -> None:
    """However many paths are left."""
    tally = clients.run(Job(port=trivial, paths=["/x"] * 200_000, clients=4, seconds=0.2))
    assert 0 < tally.asked < 200_000
    assert tally.elapsed_s == pytest.approx(0.2)


def test_an_open_loop_keeps_its_rate(clients: Clients, trivial: int) -> None:
    """Sent or missed, what was due in its time is counted."""
    job = Job(port=trivial, paths=["/x"] * 1000, clients=4, seconds=0.5, rate=400)
    tally = clients.run(job)
    assert tally.asked + tally.missed == pytest.approx(200, abs=10)
    assert tally.in_time == tally.asked > 0


def test_an_answer_that_is_no_good_is_an_error(clients: Clients, hashed_index: Path) -> None:
    """Its status is counted, and it does not count as answered."""
    ours = contenders.ours(hashed_index)
    paths = [ours.request("crumb"), services.SEARCH, "/nowhere"]
    with ours.running("crumb"):
        tally = clients.run(Job(port=ours.port, paths=paths, clients=1, seconds=20))
    assert tally.statuses == Counter({"200": 1, "422": 1, "404": 1})
    assert (tally.in_time, tally.errors) == (1, 2)


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
        tally = clients.run(Job(port=port, paths=["/a", "/b"], clients=1, seconds=0.5))
        with socket.create_connection((services.HOST, port)):
            pass  # the last that it waits for, if it does
        closing.join(10)
    assert (tally.asked, tally.lost, tally.errors, tally.in_time) == (2, 2, 2, 0)


def test_a_process_that_ends_says_so() -> None:
    """Instead of an answer there is its exit code."""
    with (
        turns.Turns("tests.benchmarks.raw", "no/such/index") as failing,
        pytest.raises(turns.TurnFailed, match=r"benchmarks.raw ended with exit code 1"),
    ):
        failing.take({})


def test_memory_of_several_processes() -> None:
    """What is their own is summed up, what they have of one file counts once, peaks count on top."""
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
    """On the right side of it, or on it."""
    assert bars.Bar(name="x", reached=reached, asked=2.0, is_at_least=is_at_least).is_met is met


def test_a_missed_bar_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the exit code, by name, and in the file beside what was measured."""
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


def test_agreement_is_the_share_of_common_neighbours() -> None:
    """All of them for the same vectors; what two orders have in common for others."""
    circle = np.array([[np.cos(a), np.sin(a)] for a in np.linspace(0, 3, 40)], dtype=np.float32)
    assert build_rate.agreement(circle, circle) == 1.0
    assert 0 < build_rate.agreement(circle, circle[::2].repeat(2, axis=0)) < 1
    shuffled = circle[np.random.default_rng(1).permutation(40)]
    assert build_rate.agreement(circle, shuffled) < 0.5


REAL = [
    Definition("leaven", "one two three four five six"),
    Definition("crumb", "seven eight nine ten eleven twelve"),
    Definition("hull", "too short"),
]


def test_variations_are_halves_of_two_definitions() -> None:
    """Of those that are long enough, no text twice, until there are no more."""
    assert list(dictionaries.variations(REAL)) == [
        Definition("leaven crumb", "one two three ten eleven twelve"),
        Definition("crumb leaven", "seven eight nine four five six"),
    ]


def test_a_smaller_corpus_begins_a_larger_one(tmp_path: Path) -> None:
    """It is written whole or not at all, once, with an id for each entry."""
    small, large, larger = (tmp_path / f"{n}.jsonl" for n in (2, 3, 4))
    dictionaries.write(iter(REAL), 2, small)
    dictionaries.write(iter(REAL), 3, large)
    assert large.read_text().startswith(small.read_text())
    assert json.loads(small.read_text().splitlines()[1]) == {
        "id": "e1",
        "term": "crumb",
        "definition": "seven eight nine ten eleven twelve",
        "aliases": [],
    }
    with pytest.raises(dictionaries.TooFewDefinitions, match="3 entries can be made, not 4"):
        dictionaries.write(iter(REAL), 4, larger)
    assert not larger.exists()
    dictionaries.write(iter([]), 2, small)  # it is there


def test_synsets_come_in_an_order_of_chance(tmp_path: Path) -> None:
    """All parts of speech, without examples and markers, always in the same order."""
    line = '0000174{} 03 {} 02 {} 0 galore(ip) 0 000 | a {} of bread; "an example"  \n'
    for at, part in enumerate(("noun", "verb", "adj", "adv")):
        (tmp_path / f"data.{part}").write_text(line.format(at, part[0], f"big_{part}", part))
    found = dictionaries.wordnet(tmp_path)
    assert sorted(one.term for one in found) == ["big adj", "big adv", "big noun", "big verb"]
    assert found == dictionaries.wordnet(tmp_path)
    assert all(one.aliases == ("galore",) for one in found)
    assert {one.text for one in found} == {
        f"a {p} of bread" for p in ("noun", "verb", "adj", "adv")
    }


def test_exact_search_has_full_recall(glossary: Glossary) -> None:
    """By its own engine, also where there are fewer than ten entries."""
    assert stages.recall(glossary, ASKED) == 1.0


def test_asking_and_encoding_are_timed(glossary: Glossary) -> None:
    """One time for each question, in milliseconds."""
    found = stages.times(glossary, ASKED[:3], ASKED[3:6])
    assert [len(found["ask"]), len(found["encode"])] == [3, 3]
    assert all(0 < ms < 1000 for times in found.values() for ms in times)


def test_the_encoder_by_itself_is_timed(glossary: Glossary) -> None:
    """Until there are no more texts, or its time is over."""
    few = raw.Job(texts=ASKED, threads=2, seconds=20)
    assert raw.rate(glossary, few) > 10
    assert raw.rate(glossary, replace(few, texts=ASKED * 10_000, seconds=0.1)) > 10


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
        figures = asked.figures()
        assert (len(asked.rates), figures["errors"]) == (2, 0)
        assert asked.percentile(50) <= asked.percentile(99)
        assert len(asked.times_ms) >= sum(asked.rates) * 0.1 - 1
    rates = taken.found[OURS][16, False].rates
    assert taken.ratio((16, False), [rate / 2 for rate in rates]) == pytest.approx(2)


def test_a_missing_environment_of_txtai_is_named(tmp_path: Path) -> None:
    """With the command that makes it."""
    with pytest.raises(services.ServiceFailed, match=r"python is missing; `make bench` installs"):
        contenders.txtai(tmp_path / "python", ["corpus"], tmp_path)


def test_a_size_is_built_once_and_measured(tmp_path: Path) -> None:
    """A second run takes what the first one built, and an index of another size is refused."""
    corpus, index = tmp_path / "3.jsonl", tmp_path / "hashed/3"
    dictionaries.write(iter(REAL), 3, corpus)
    size = growth.prepare(3, corpus, index, "hashed")
    assert growth.build(corpus, index, "hashed") == size.built
    assert (size.recall, size.info["entries"], size.built.was_resumed) == (1.0, 3, False)
    assert size.built.seconds > 0.1
    growth.measure([size], lambda _: index, 2)
    assert len(size.whole_ms) == len(size.search_ms) == 2
    assert 0 < size.whole < 1000
    assert 20 < size.resident_mb < 1000
    assert list(growth.bars([size])) == []
    with pytest.raises(services.ServiceFailed, match="holds 3 entries, not 4"):
        growth.prepare(4, corpus, index, "hashed")


def test_growth_is_judged_where_it_was_measured() -> None:
    """A bar for what there is, and ratios where both sides are there."""

    def size(entries: int, ms: float) -> growth.Size:
        built = growth.Built(seconds=1, peak_mb=1, was_resumed=False)
        found = growth.Size(entries=entries, built=built, disk_mb=1, info={}, recall=0.975)
        found.whole_ms, found.search_ms = [ms + 2], [ms]
        found.resident_mb = 100 + entries / 1000
        return found

    sizes = [size(20, 0.5), size(10_000, 0.6), size(117_659, 0.9), size(1_000_000, 3.0)]
    judged = {bar.name: (round(bar.reached, 3), bar.is_met) for bar in growth.bars(sizes)}
    assert judged == {
        "117,659 entries: search stage, median": (0.9, True),
        "117,659 entries: recall@10": (0.975, False),
        "1,000,000 entries: recall@10": (0.975, True),
        "1,000,000 entries: start to first answer": (0.0, True),
        "1,000,000 entries: resident memory": (1100.0, True),
        "1,000,000 entries: whole question, by 20": (2.0, True),
        "1,000,000 entries: search stage, by 10,000": (5.0, False),
    }
    assert len(list(growth.bars(sizes[-1:]))) == 3
    assert growth.bytes_per_entry(sizes[-1], sizes[0]) == pytest.approx(1000)


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
        memory_peak=119,
        memory_after=110,
        recovery_s=0.3,
    )
    assert all(bar.is_met for bar in overload.bars(good))
    endured = replace(good, statuses={"200": 500}, refused_share=0.0, refused_p99_ms=None)
    missed = [bar.name for bar in overload.bars(endured) if not bar.is_met]
    assert missed == ["refused (503), of all requests"]


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
