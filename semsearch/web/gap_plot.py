"""Draws how many questions were asked, and how many without a close match, as an inline SVG.

Screen readers read the table beside it, and skip the drawing. It has classes and no styles, since
pages allow no inline style.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from markupsafe import Markup

MAX_BARS = 60
"""Most bars for days; more days are drawn as weeks, then as groups of weeks."""
HEIGHT, STEP, WIDTH_OF_BAR = 80, 10, 7
_WEEK = 7


class CountedDay(Protocol):
    """Numbers of one day."""

    @property
    def day(self) -> date:
        """The day."""

    @property
    def asked(self) -> int:
        """All questions."""

    @property
    def unanswered(self) -> int:
        """Those without a close match."""

    @property
    def uncertain(self) -> int:
        """Those whose answer was uncertain."""


@dataclass(frozen=True, slots=True)
class PlotBar:
    """Numbers of a day, or of several days in a row."""

    first: date
    days: int
    asked: int
    unanswered: int
    uncertain: int

    @property
    def label(self) -> str:
        """The day, or the first and the last one."""
        last = self.first + timedelta(days=self.days - 1)
        return f"{self.first}" if self.days == 1 else f"{self.first} to {last}"


def bars_of(days: Sequence[CountedDay]) -> list[PlotBar]:
    """Return at most `MAX_BARS` bars for consecutive days; the last one may have fewer days."""
    step = 1
    while len(days) > MAX_BARS * step:
        step += _WEEK - step % _WEEK
    return [
        PlotBar(
            part[0].day,
            len(part),
            sum(one.asked for one in part),
            sum(one.unanswered for one in part),
            sum(one.uncertain for one in part),
        )
        for part in (days[start : start + step] for start in range(0, len(days), step))
    ]


def gap_plot(days: Sequence[CountedDay]) -> Markup:
    """Return the drawing with its key and its table, or nothing without a day."""
    from markupsafe import Markup

    bars = bars_of(days)
    if not bars:
        return Markup("")
    top = max(bar.asked for bar in bars) or 1
    drawn = "".join(_drawn(i, bar, top) for i, bar in enumerate(bars))
    rows = "".join(
        f'<tr><th scope="row">{bar.label}</th><td>{bar.asked}</td><td>{bar.unanswered}</td>'
        f"<td>{bar.uncertain}</td></tr>"
        for bar in bars
    )
    return Markup(  # noqa: S704 - numbers and days alone
        '<figure class="gap-plot">'
        f'<svg viewBox="0 0 {STEP * len(bars)} {HEIGHT}" height="{HEIGHT}" aria-hidden="true" '
        f'preserveAspectRatio="none">{drawn}</svg>'
        f"<figcaption>{bars[0].label} to {bars[-1].label.rpartition(' ')[2]}, at most {top:,} "
        f"questions {'a day' if bars[0].days == 1 else f'in {bars[0].days} days'}: "
        '<span class="bar-unanswered">no close match</span>, '
        '<span class="bar-uncertain">uncertain</span>, <span class="bar-other">others</span>'
        "</figcaption>"
        # a table is as wide as its cells, whatever is asked of it; what it stands in is not
        '<div class="unseen"><table><caption>Questions over time</caption><thead><tr>'
        '<th scope="col">Time</th><th scope="col">Questions</th>'
        '<th scope="col">No close match</th><th scope="col">Uncertain</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div></figure>"
    )


def _drawn(number: int, bar: PlotBar, top: int) -> str:
    return "".join(
        f'<rect class="bar-{name}" x="{number * STEP}" y="{y:.1f}" width="{WIDTH_OF_BAR}" '
        f'height="{height:.1f}"/>'
        for name, y, height in _pieces(bar, top)
    )


def _pieces(bar: PlotBar, top: int) -> Iterator[tuple[str, float, float]]:
    """Yield the class, the upper end and the height of each piece, from the bottom up."""
    y = float(HEIGHT)
    others = bar.asked - bar.unanswered - bar.uncertain
    for name, count in (
        ("unanswered", bar.unanswered),
        ("uncertain", bar.uncertain),
        ("other", others),
    ):
        height = count / top * HEIGHT
        y -= height
        if count:
            yield name, y, height
