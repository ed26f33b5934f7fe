"""How a map is made, how true it is and how it moves: `make bench-map`.

Made-up entries about some topics are built and their map is zoomed in every frame in a real browser, which draws without a
graphics card. A frame is the time from one that was shown to the next; drawing is the work of our script in it. How true a map
is says trustworthiness (Venna and Kaski, 2001; scikit-learn): 1 if nobody has a neighbour on it who is none.

    python -m tests.browser.charts GLOSSARY --sizes 5000,100000
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page
from sklearn.manifold import trustworthiness

from semsearch.building import build, build_index
from semsearch.glossary import Glossary
from semsearch.projection import fitted, lay_out, pca
from semsearch.types import Entry
from tests.benchmarks.bars import Bar, finish
from tests.browser import chromium
from tests.browser.serving import started

SMOOTH, SMOOTH_MS = 5_000, 17
"""Sixty frames a second, as a clock rounds that."""
USABLE, USABLE_MS = 100_000, 100
NEIGHBOURS = 10
TOPICS = 200
WORDS = 30
"""Of each topic."""

_MOVE = """
(zoom) => new Promise((over) => {
  const canvas = document.querySelector('.map canvas');
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const place = { clientX: left + width / 2, clientY: top + height / 2, ctrlKey: true, cancelable: true };
  const turn = (by) => canvas.dispatchEvent(new WheelEvent('wheel', { deltaY: by, ...place }));
  const found = [];
  let before;
  turn(zoom);
  const tick = (now) => {
    if (before !== undefined) found.push([now - before, Number(document.querySelector('.map').dataset.frame)]);
    before = now;
    turn(found.length % 2 ? -20 : 20);
    if (found.length < 60) requestAnimationFrame(tick);
    else over(found);
  };
  requestAnimationFrame(tick);
})
"""
"""Zooms a little in every frame, beginning with a lot, and tells how long frames and our drawing took."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What moving a map took, in milliseconds: the median and the slowest twentieth of frames, and drawing."""

    frame: float
    slow: float
    drawing: float


def entries(count: int) -> Iterator[Entry]:
    """Yield made-up entries, each about one topic, the same each time."""
    draw = random.Random(1)  # noqa: S311 - a draw, no secret
    topics = [[_word(draw) for _ in range(WORDS)] for _ in range(TOPICS)]
    for number in range(count):
        words = draw.choices(topics[number % TOPICS], k=9)
        term = f"{words[0].title()} {number}"
        yield Entry(f"made:{number}", term, f"A {' '.join(words[1:])} of kind {number}.", "made")


def _word(draw: random.Random) -> str:
    return "".join(draw.choice("bdfgklmnprstvz") + draw.choice("aeiou") for _ in range(3))


class Stopwatch:
    """A progress that notes how long each step of a build took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._step, self._since = "", time.perf_counter()

    def start(self, step: str, total: int) -> None:
        """Begin a step; the one before is over."""
        self.seconds[self._step] = time.perf_counter() - self._since
        self._step, self._since = step, time.perf_counter()

    def advance(self, parts: int) -> None:
        """Nothing: only whole steps are timed."""


def moved(page: Page, address: str) -> Moved:
    """Move the whole map, then a part of it, and return what that took."""
    page.goto(f"{address}map")
    page.locator('.map[data-ready="true"]').wait_for(timeout=120_000)
    frames, drawn = np.array([*page.evaluate(_MOVE, 0), *page.evaluate(_MOVE, -900)]).T
    return Moved(
        float(np.median(frames)), float(np.percentile(frames, 95)), float(np.median(drawn))
    )


def of_size(browser: Browser, count: int) -> tuple[float, Moved]:
    """Return how many seconds the map of so many entries took to be made, and what moving it takes."""
    watch = Stopwatch()
    with tempfile.TemporaryDirectory() as made:
        index = Path(made) / "index"
        build_index(list(entries(count)), index, model="hashed", progress=watch)
        with started(index) as service:
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            found = moved(context.new_page(), service.address)
            context.close()
    return watch.seconds["map"], found


def truth(glossary: Path) -> tuple[float, float]:
    """Return the trustworthiness of principal components and of the map, for a glossary with the default encoder."""
    with tempfile.TemporaryDirectory() as made:
        build([glossary], Path(made) / "index")
        with Glossary.open(Path(made) / "index") as opened:
            vectors = opened.definitions()[1]
    near = dict(n_neighbors=NEIGHBOURS, metric="cosine")
    flat = fitted(pca(vectors, vectors)[0])
    return trustworthiness(vectors, flat, **near), trustworthiness(
        vectors, lay_out(vectors), **near
    )


def bars(sizes: Iterable[tuple[int, float, Moved]]) -> Iterator[Bar]:
    """Yield what is asked of maps."""
    for count, _, found in sizes:
        asked = SMOOTH_MS if count <= SMOOTH else USABLE_MS
        if count <= USABLE:
            yield Bar(
                name=f"a frame while {count:,} points are moved, median",
                reached=found.frame,
                asked=asked,
                unit="ms",
            )


def main() -> int:
    """Build, serve, move and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "glossary", type=Path, help="files of a glossary, to tell how true a map is"
    )
    parser.add_argument("--sizes", default=f"{SMOOTH},{USABLE}")
    parser.add_argument("--output", type=Path, default=Path("build/map.json"))
    given = parser.parse_args()
    flat, map_ = truth(given.glossary)
    sys.stdout.write(f"trustworthiness: principal components {flat:.3f}, the map {map_:.3f}\n")
    sizes = []
    with chromium.running() as browser:
        for count in map(int, given.sizes.split(",")):
            seconds, found = of_size(browser, count)
            sizes.append((count, seconds, found))
            sys.stdout.write(
                f"{count:,} entries: map made in {seconds:.1f} s; a frame {found.frame:.1f} ms, "
                f"slowest twentieth {found.slow:.1f} ms, drawing {found.drawing:.1f} ms\n"
            )
    measured = {"flat": flat, "map": map_, "sizes": [(n, s, repr(m)) for n, s, m in sizes]}
    return finish(measured, list(bars(sizes)), given.output)


if __name__ == "__main__":
    raise SystemExit(main())
