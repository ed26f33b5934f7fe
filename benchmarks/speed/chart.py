"""Draws the chart of the benchmarks page, and collects its figures: `make chart`.

    python -m benchmarks.speed.chart build docs

Reads `bench.json`, `growth.json` and `overload.json` from the first folder, as far as they are
there. Writes `benchmark.json`, which holds them, and `benchmark.svg` into the second.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.speed.bars import shown
from benchmarks.speed.contenders import OURS, PLAIN, TXTAI
from benchmarks.speed.rounds import RAW
from semsearch.web.figures import ACCENT, BROWN, FAINT, GREY, LINE, STRONG, Figure

RESULTS = ("bench", "growth", "overload")
WIDTH, HEIGHT = 860, 400
_COLOURS = {PLAIN: BROWN, TXTAI: GREY, OURS: STRONG}
_SERIES = {
    "whole": ("whole, over HTTP", STRONG),
    "search": ("search, without the encoder", ACCENT),
}

Json = Mapping[str, Any]


def draw(results: Json) -> str:
    """Return the chart as SVG, readable on light and on dark pages.

    Args:
        results: what the benchmarks wrote, by their names; "bench" at least.
    """
    has_growth = "growth" in results
    with Figure("benchmark", WIDTH, HEIGHT, columns=2 if has_growth else 1) as figure:
        _throughput(figure, figure.axes[0], results["bench"])
        if has_growth:
            _growth(figure.axes[1], results["growth"]["sizes"])
        machine = results["bench"]["machine"]
        figure.footnote(
            f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB, "
            f"Python {machine['python']}, {machine['date']}; semsearch {machine['semsearch']}; "
            f"load of the last 5 minutes {machine['load_5_min']}"
        )
        title = "Questions a second of three services, and how time grows with the glossary"
        return figure.svg(title, _described(results["bench"]))


def _described(bench: Json) -> str:
    """Return the bars in words."""
    said = []
    for name in _COLOURS:
        clients = bench["services"][name]["clients"]
        rates = ", ".join(f"{shown(float(one['rate']))} ({load})" for load, one in clients.items())
        said.append(f"{name}: {rates}")
    return "; ".join(said)


def _throughput(figure: Figure, axes: Any, bench: Json) -> None:  # noqa: ANN401 - untyped library
    """Draw a bar for each service under each number of clients, and the ceiling."""
    rates = {name: bench["services"][name]["clients"] for name in _COLOURS}
    ceiling = float(bench[RAW]["rate"])
    workloads = list(rates[OURS])
    labels = []
    for group, workload in enumerate(workloads):
        count, _, repeated = workload.partition(" ")
        labels.append(f"{count} client{'s' * (count != '1')}\n{repeated or 'distinct'}")
        for row, (name, colour) in enumerate(_COLOURS.items()):
            figures = rates[name][workload]
            rate = float(figures["rate"])
            at = group + (row - 1) * 0.28
            (bar,) = axes.barh(at, rate, 0.24, color=colour)
            said = f"{name}: {shown(rate)}"
            figure.note(bar, f"{said} a second, median {shown(figures['median_ms'])} ms")
            axes.annotate(said, (rate, at), (4, 0), textcoords="offset points", va="center", size=8)
    axes.axvline(ceiling, color=ACCENT, linestyle="--", linewidth=1)
    axes.annotate(
        f"{RAW}: {shown(ceiling)}", (ceiling, 1), (0, 2), xycoords=("data", "axes fraction"),
        textcoords="offset points", color=ACCENT, ha="center", va="bottom", size=8,
    )  # fmt: skip
    axes.set_yticks(range(len(workloads)), labels)
    axes.invert_yaxis()
    axes.margins(x=0.3)
    axes.set_title("Questions answered a second, 20 entries", loc="left", pad=18)


def _growth(axes: Any, sizes: Sequence[Json]) -> None:  # noqa: ANN401 - untyped library
    """Draw the milliseconds of a whole question and of its search, both axes logarithmic."""
    entries = [int(size["entries"]) for size in sizes]
    for kind, (name, colour) in _SERIES.items():
        times = [max(float(size[kind]), 0.01) for size in sizes]
        axes.loglog(entries, times, "o-", color=colour, label=name, markersize=4)
        for count, time in zip(entries, times, strict=True):
            axes.annotate(
                shown(time), (count, time), (0, 5), textcoords="offset points", ha="center", size=8
            )
    axes.set_xticks(entries, [f"{count:,}" for count in entries], color=FAINT)
    axes.minorticks_off()
    axes.yaxis.get_major_locator().set_params(subs=(1, 2, 5))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.grid(axis="y", color=LINE, linewidth=0.5)
    axes.legend(loc="upper left")
    axes.margins(y=0.25)
    axes.set_title("Milliseconds a question, by entries", loc="left", pad=18)


def main() -> None:
    """Gather the results and draw."""
    source, target = map(Path, sys.argv[1:])
    files = {name: source / f"{name}.json" for name in RESULTS}
    results = {n: json.loads(f.read_text("utf-8")) for n, f in files.items() if f.exists()}
    if "bench" not in results:
        raise SystemExit(f"{files['bench']} is missing; run `make bench` first")
    (target / "benchmark.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (target / "benchmark.svg").write_text(draw(results), encoding="utf-8")


if __name__ == "__main__":
    main()
