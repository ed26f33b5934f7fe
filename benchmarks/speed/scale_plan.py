"""Plans machines for more entries and questions than were measured, from measured costs.

    python -m benchmarks.speed.scale_plan
    python -m benchmarks.speed.scale_plan --questions 500 --machine-gb 64 --machine-cores 8

The costs are in `docs/scale.json` (`python -m benchmarks.speed.entry_costs`). What is assumed is an
option each. The table of docs/scale.md is what this prints without options; a test compares them.
Beyond the largest size that was measured, the time of a search is extrapolated by the power law
between the two largest ones.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

COSTS = Path("docs/scale.json")
ENTRIES = (10_000_000, 100_000_000, 1_000_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """What is not measured; each field is an option."""

    questions: float = 10_000.0
    """Questions a second that no cache has."""
    utilisation: float = 0.5
    """Share of the processors that is used at that rate; the rest is for peaks and failures."""
    machine_cores: int = 32
    machine_gb: float = 256.0
    """Memory of a machine that searches."""
    memory_share: float = 0.7
    """Share of it for entries; the rest is for the system, and for a copy that is exchanged."""
    hot_share: float = 0.25
    """Share of a generation that the system keeps in memory beside what the processes hold, since
    questions read it."""
    machine_month: float = 1200.0
    """Price of such a machine a month, in dollars."""
    replicas: int = 2
    """Least copies of each partition."""
    disk_gb_month: float = 0.10
    object_gb_month: float = 0.023
    core_hour: float = 0.05
    """Price of an hour of a core that embeds, once."""
    embed_cores: int = 100
    """Cores of the Ray cluster of the first build."""
    database_copies: int = 3
    """PostgreSQL: primary, synchronous replica, one more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryCosts:
    """What was measured: bytes and milliseconds of an entry, and a search by size."""

    build_ms: float
    generation_bytes: float
    postgres_rows_bytes: float
    postgres_embeddings_bytes: float
    encode_ms: float
    resident_bytes: float
    sizes: tuple[tuple[int, float], ...]
    """Entries, and milliseconds of a search among them, ascending."""

    @classmethod
    def load(cls, path: Path) -> EntryCosts:
        """Read them from what `entry_costs` wrote."""
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        each, growth = content["per_entry"], content["growth"]
        *_, before, largest = growth
        return cls(
            build_ms=each["build_ms"],
            generation_bytes=each["generation_bytes"]
            + largest["graph_mb"] * 1e6 / largest["entries"],
            postgres_rows_bytes=each["postgres_rows_bytes"],
            postgres_embeddings_bytes=each["postgres_embeddings_bytes"],
            encode_ms=largest["encode_ms"],
            resident_bytes=(largest["resident_mb"] - before["resident_mb"])
            * 1e6
            / (largest["entries"] - before["entries"]),
            sizes=tuple((int(size["entries"]), size["search_ms"]) for size in growth),
        )

    def search_ms(self, entries: float) -> float:
        """Return the time of a search among so many entries, by the power law between sizes."""
        pairs = list(zip(self.sizes, self.sizes[1:], strict=False))
        lower, upper = next((p for p in pairs if entries <= p[1][0]), pairs[-1])
        power = math.log(upper[1] / lower[1]) / math.log(upper[0] / lower[0])
        found: float = lower[1] * (max(entries, 1) / lower[0]) ** power
        return max(self.sizes[0][1], found)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalePlan:
    """What a number of entries needs; see `plan`."""

    entries: int
    partitions: int
    replicas: int
    search_ms: float
    core_ms: float
    generation_gb: float
    database_gb: float
    embed_core_hours: float
    embed_hours: float
    first_build: float
    month: float

    @property
    def machines(self) -> int:
        """Machines that search."""
        return self.partitions * self.replicas


def plan(entries: int, costs: EntryCosts, assumed: Assumptions) -> ScalePlan:
    """Return partitions, replicas, memory and money for a number of entries.

    Every partition is asked for every question. It is as large as the memory of a machine allows,
    since a search among twice as many entries takes much less than twice as long.
    """
    bytes_of_machine = assumed.machine_gb * 1e9 * assumed.memory_share
    in_memory = costs.resident_bytes + assumed.hot_share * costs.generation_bytes
    partitions = math.ceil(entries * in_memory / bytes_of_machine)
    search = costs.search_ms(entries / partitions)
    core_ms = costs.encode_ms + partitions * search
    cores = assumed.questions * core_ms / 1000 / assumed.utilisation
    replicas = max(assumed.replicas, math.ceil(cores / partitions / assumed.machine_cores))
    generation_gb = entries * costs.generation_bytes / 1e9
    rows = costs.postgres_rows_bytes + costs.postgres_embeddings_bytes
    database_gb = entries * rows / 1e9
    core_hours = entries * costs.build_ms / 1000 / 3600
    machines = partitions * replicas
    disk_gb = database_gb * assumed.database_copies + generation_gb * 2 * replicas
    return ScalePlan(
        entries=entries,
        partitions=partitions,
        replicas=replicas,
        search_ms=search,
        core_ms=core_ms,
        generation_gb=generation_gb,
        database_gb=database_gb,
        embed_core_hours=core_hours,
        embed_hours=core_hours / assumed.embed_cores,
        first_build=core_hours * assumed.core_hour,
        month=(machines + assumed.database_copies) * assumed.machine_month
        + disk_gb * assumed.disk_gb_month
        + generation_gb * 2 * assumed.object_gb_month,
    )


def table(plans: Sequence[ScalePlan], assumed: Assumptions) -> str:
    """Return plans as a table of Markdown, a column each."""
    rows = [
        ("partitions", [f"{p.partitions:,}" for p in plans]),
        ("replicas of each", [f"{p.replicas:,}" for p in plans]),
        ("machines that search", [f"{p.machines:,}" for p in plans]),
        ("their memory", [_size(p.machines * assumed.machine_gb) for p in plans]),
        ("search in a partition", [f"{p.search_ms:.0f} ms" for p in plans]),
        ("processor time a question, all partitions", [f"{p.core_ms:.0f} ms" for p in plans]),
        ("a generation", [_size(p.generation_gb) for p in plans]),
        ("PostgreSQL, one copy", [_size(p.database_gb) for p in plans]),
        ("first build, core hours", [f"{p.embed_core_hours:,.0f}" for p in plans]),
        (
            f"the same on {assumed.embed_cores:,} cores",
            [f"{p.embed_hours:,.1f} h, ${p.first_build:,.0f}" for p in plans],
        ),
        ("money a month", [f"${round(p.month, -2):,.0f}" for p in plans]),
    ]
    head = ["entries", *(f"{p.entries:,}" for p in plans)]
    lines = [head, ["---"] * len(head), *([name, *cells] for name, cells in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _size(gigabytes: float) -> str:
    return f"{gigabytes / 1000:,.1f} TB" if gigabytes >= 1000 else f"{gigabytes:,.0f} GB"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, and return the exit code.

    Args:
        arguments: of the command line, by default those of this process.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--costs", type=Path, default=COSTS)
    for field in fields(Assumptions):
        kind = int if isinstance(field.default, int) else float
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=kind, default=field.default)
    given = vars(parser.parse_args(arguments))
    costs = EntryCosts.load(given.pop("costs"))
    assumed = Assumptions(**given)
    sys.stdout.write(table([plan(one, costs, assumed) for one in ENTRIES], assumed))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
