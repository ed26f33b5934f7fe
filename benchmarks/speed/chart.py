"""The chart of the README, and the figures it is drawn from: `make chart`.

    python -m benchmarks.speed.chart build docs

Reads `bench.json`, `growth.json` and `overload.json` of the first folder, those that are there, and writes
`benchmark.json`, which holds them, and `benchmark.svg` into the second.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from benchmarks.speed.bars import shown
from benchmarks.speed.contenders import OURS, PLAIN, TXTAI
from benchmarks.speed.rounds import RAW

RESULTS = ("bench", "growth", "overload")
WIDTH, HEIGHT = 860, 400
_TOP, _BOTTOM = 60, 330
_BARS_LEFT, _BARS_WIDE = 120, 230
_LINES_LEFT, _LINES_WIDE = 520, 290
_ROW, _GAP = 16, 18
_STYLE = """
  svg { background: #fdfdfb; font: 12px system-ui, sans-serif; }
  text { fill: #24292f; } .note { fill: #57606a; } .head { font-weight: 600; }
  .end { text-anchor: end; } .middle { text-anchor: middle; }
  .plain { fill: #9a6b3f; } .txtai { fill: #7d8590; } .ours { fill: #2f6f9f; }
  .axis { stroke: #8c959f; } .ceiling { stroke: #b3261e; stroke-dasharray: 4 3; }
  .guide { stroke: #8c959f; opacity: .3; } .limit { fill: #b3261e; }
  polyline { fill: none; stroke-width: 2; } .whole { stroke: #2f6f9f; } .search { stroke: #b3261e; }
  circle.whole { fill: #2f6f9f; } circle.search { fill: #b3261e; }
  @media (prefers-color-scheme: dark) {
    svg { background: #14171a; } text { fill: #e6e6e3; } .note { fill: #9aa4ad; }
    .plain { fill: #d19a66; } .ours { fill: #7cb7e0; } .limit { fill: #ff8a80; }
    .ceiling, .search { stroke: #ff8a80; } .whole { stroke: #7cb7e0; }
    circle.whole { fill: #7cb7e0; } circle.search { fill: #ff8a80; }
  }
"""

Json = Mapping[str, Any]


def draw(results: Json) -> str:
    """Return the chart as SVG, readable on light and on dark pages.

    Args:
        results: what the benchmarks wrote, by their names; "bench" at least.
    """
    parts = _throughput(results["bench"])
    if "growth" in results:
        parts += _growth(results["growth"]["sizes"])
    machine = results["bench"]["machine"]
    note = (
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB, "
        f"Python {machine['python']}, {machine['date']}; semsearch {machine['semsearch']}; "
        f"load of the last 5 minutes {machine['load_5_min']}"
    )
    parts.append(_text(16, HEIGHT - 14, note, "note"))
    label = "Questions a second of three services, and how time grows with the glossary"
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{label}">\n<style>{_STYLE}</style>\n{body}\n</svg>\n'
    )


def _throughput(bench: Json) -> list[str]:
    """Draw a bar for each service under each number of clients, and the ceiling."""
    names = {PLAIN: "plain", TXTAI: "txtai", OURS: "ours"}
    rates = {name: bench["services"][name]["clients"] for name in names}
    ceiling = float(bench[RAW]["rate"])
    workloads = list(rates[OURS])
    most = max(ceiling, *(float(rates[n][w]["rate"]) for n in names for w in workloads))
    parts = [_text(16, 24, "Questions answered a second, 20 entries", "head")]
    at = _TOP - 8
    for workload in workloads:
        count, _, repeated = workload.partition(" ")
        label = f"{count} client{'s' * (count != '1')}"
        parts.append(_text(_BARS_LEFT - 8, at + 20, label, "end"))
        parts.append(_text(_BARS_LEFT - 8, at + 36, repeated or "distinct", "end note"))
        for row, (name, style) in enumerate(names.items()):
            figures = rates[name][workload]
            rate = float(figures["rate"])
            said = f"{name}: {shown(rate)}"
            wide = _BARS_WIDE * rate / most
            title = f"{said} a second, median {shown(figures['median_ms'])} ms"
            top = at + row * _ROW
            parts.append(
                f'<rect class="{style}" x="{_BARS_LEFT}" y="{top:.1f}" width="{wide:.1f}" '
                f'height="{_ROW - 3}"><title>{escape(title)}</title></rect>'
            )
            parts.append(_text(_BARS_LEFT + wide + 5, top + 11, said, "note"))
        at += 3 * _ROW + _GAP
    x = _BARS_LEFT + _BARS_WIDE * ceiling / most
    parts.append(_line(x, _TOP - 14, x, at - _GAP, "ceiling"))
    parts.append(_text(x, _TOP - 18, f"{RAW}: {shown(ceiling)}", "middle limit"))
    return parts


def _growth(sizes: Sequence[Json]) -> list[str]:
    """Draw the milliseconds of a whole question and of its search, both axes logarithmic."""
    entries = [int(size["entries"]) for size in sizes]
    series = {
        kind: [max(float(size[kind]), 0.01) for size in sizes] for kind in ("whole", "search")
    }
    low, high = math.floor(math.log10(min(entries))), math.ceil(math.log10(max(entries)))
    values = [value for times in series.values() for value in times]
    bottom, top = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    top = max(top, bottom + 1)

    def x(value: float) -> float:
        return _LINES_LEFT + _LINES_WIDE * (math.log10(value) - low) / max(high - low, 1)

    def y(value: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * (math.log10(value) - bottom) / (top - bottom)

    parts = [_text(_LINES_LEFT - 40, 24, "Milliseconds a question, by entries", "head")]
    for power in range(bottom, top + 1):
        at = y(10**power)
        parts.append(_line(_LINES_LEFT, at, _LINES_LEFT + _LINES_WIDE, at, "guide"))
        parts.append(_text(_LINES_LEFT - 6, at + 4, f"{10**power:g}", "end note"))
    for count in entries:
        parts.append(_text(x(count), _BOTTOM + 18, f"{count:,}", "middle note"))
    parts.append(_line(_LINES_LEFT, _BOTTOM, _LINES_LEFT + _LINES_WIDE, _BOTTOM, "axis"))
    names = {"whole": "whole, over HTTP", "search": "search, without the encoder"}
    for at, (kind, name) in enumerate(names.items()):
        start = _LINES_LEFT + at * 130
        parts.append(f'<circle class="{kind}" cx="{start}" cy="{_TOP - 18}" r="3.5"/>')
        parts.append(_text(start + 8, _TOP - 14, name))
    for kind, times in series.items():
        places = [(x(count), y(value)) for count, value in zip(entries, times, strict=True)]
        line = " ".join(f"{left:.1f},{above:.1f}" for left, above in places)
        parts.append(f'<polyline class="{kind}" points="{line}"/>')
        for (left, above), value in zip(places, times, strict=True):
            parts.append(f'<circle class="{kind}" cx="{left:.1f}" cy="{above:.1f}" r="3.5"/>')
            parts.append(_text(left, above - 8, shown(value), "middle"))
    return parts


def _text(x: float, y: float, said: str, style: str = "") -> str:
    kind = f' class="{style}"' if style else ""
    return f'<text{kind} x="{x:.1f}" y="{y:.1f}">{escape(said)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    return f'<line class="{style}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


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
