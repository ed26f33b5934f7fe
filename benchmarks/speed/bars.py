"""Bars: what a figure must be and what was measured, as a table."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A figure that must be at least, or at most, `asked`."""

    name: str
    reached: float
    asked: float
    is_at_least: bool = False
    unit: str = ""

    @property
    def is_met(self) -> bool:
        """Whether the figure is on the right side of the bar, or on it."""
        return self.reached >= self.asked if self.is_at_least else self.reached <= self.asked


def shown(value: float) -> str:
    """Return a number with its significant digits.

    Three, or all before the point.
    """
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def show(bars: Sequence[Bar]) -> None:
    """Print a line for each bar."""
    print(f"{'':<66}{'asked':>18}{'reached':>14}")
    for bar in bars:
        word = "at least" if bar.is_at_least else "at most"
        asked = f"{word} {shown(bar.asked)} {bar.unit}".rstrip()
        reached = f"{shown(bar.reached)} {bar.unit}".rstrip()
        print(f"{bar.name:<66}{asked:>18}{reached:>14}  {'ok' if bar.is_met else 'MISSED'}")


def finish(measured: Mapping[str, object], bars: Sequence[Bar], output: Path) -> int:
    """Show the bars, write everything that was measured, and return the exit code.

    1 if one is missed.
    """
    if bars:
        show(bars)
    listed = [{**asdict(bar), "is_met": bar.is_met} for bar in bars]
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps({**measured, "bars": listed}, indent=1) + "\n", encoding="utf-8")
    print(f"written to {output}")
    missed = [bar.name for bar in bars if not bar.is_met]
    if missed:
        print(f"{len(missed)} of {len(bars)} bars missed: {'; '.join(missed)}", file=sys.stderr)
    return int(bool(missed))
