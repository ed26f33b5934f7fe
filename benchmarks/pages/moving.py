"""Measures how smoothly the map moves under a mouse, and its delay: part of `make map-budget`.

    python -m benchmarks.pages.moving build/maps --sizes 5000,100000

A real browser moves the map a little in each frame. The figure is the time from one frame to the
next, 16.7 ms if none is late. There is no graphics processor, so the processor that draws also runs
the service and this command.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.speed.bars import Bar, finish
from semsearch.ingest.build import build_index
from tests.browser import chromium, many
from tests.browser.serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

VIEW: ViewportSize = {"width": 1280, "height": 900}
STEPS = 240
"""Frames of a gesture: the mouse goes round twice, or its wheel turns in and out again."""
SMOOTH, USABLE = 5_000, 100_000
FRAME_MS = {SMOOTH: 17.0, USABLE: 50.0}
"""Bars of the median frame by size: 60 frames a second, and 20, below which the map lags
visibly."""
WORST_MS = {SMOOTH: 50.0, USABLE: 150.0}
"""Bar of 19 of 20 frames."""
READY_S = {SMOOTH: 3.0, USABLE: 15.0}

_GESTURE = """
async ([kind, steps]) => {
  const canvas = document.querySelector('.map canvas');
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const told = (type, x, y, more = {}) => {
    const at = { clientX: left + x, clientY: top + y, bubbles: true, cancelable: true, pointerId: 1, ...more };
    canvas.dispatchEvent(type === 'wheel' ? new WheelEvent(type, at) : new PointerEvent(type, at));
  };
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const [x, y] = [width / 2, height / 2];
  const found = [];
  if (kind === 'dragged') told('pointerdown', x, y);
  let before = await frame();
  for (let step = 1; step <= steps; step += 1) {
    const turn = (step / steps) * 4 * Math.PI;
    if (kind === 'zoomed') told('wheel', x, y, { deltaY: step <= steps / 2 ? -20 : 20, ctrlKey: true });
    else told('pointermove', x + 200 * Math.sin(turn), y + 150 * (Math.cos(turn) - 1));
    const now = await frame();
    found.push(now - before);
    before = now;
  }
  if (kind === 'dragged') told('pointercancel', x, y);
  return found;
}
"""
"""Moves the map a little in every frame, as fast as frames are drawn, and returns their times."""

GESTURES = ("dragged", "zoomed", "pointed at")


def frames_ms(page: Page, gesture: str) -> list[float]:
    """Return the times between frames during a gesture, ascending."""
    found: list[float] = page.evaluate(_GESTURE, [gesture, STEPS])
    return sorted(found)


def measure(browser: Browser, site: str, size: int) -> Iterable[Bar]:
    """Yield the bars of a map with so many points."""
    page = browser.new_page(viewport=VIEW)
    began = time.perf_counter()
    page.goto(f"{site}map")
    page.locator(".map[data-ready=true]").wait_for(timeout=120_000)
    ready = time.perf_counter() - began
    about = f"{size:,} points"
    yield Bar(name=f"{about}, all there after", reached=ready, asked=READY_S[size], unit="s")
    for name in GESTURES:
        found = frames_ms(page, name)
        yield Bar(
            name=f"{about} {name}, a frame, median",
            reached=statistics.median(found),
            asked=FRAME_MS[size],
            unit="ms",
        )
        yield Bar(
            name=f"{about} {name}, 19 of 20 frames",
            reached=found[int(len(found) * 0.95)],
            asked=WORST_MS[size],
            unit="ms",
        )
    page.close()


def main() -> int:
    """Build, serve and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="where indexes are kept for the next time")
    parser.add_argument("--sizes", default=f"{SMOOTH},{USABLE}")
    parser.add_argument("--output", type=Path, default=Path("build/moving.json"))
    given = parser.parse_args()
    bars: list[Bar] = []
    with chromium.running() as browser:
        for size in map(int, given.sizes.split(",")):
            index = given.folder / f"many-{size}"
            if not (index / "CURRENT").exists():
                build_index(list(many.entries(size)), index, model="hashed")
            with serving(index) as site:
                bars += measure(browser, site, size)
    return finish({}, bars, given.output)


if __name__ == "__main__":
    raise SystemExit(main())
