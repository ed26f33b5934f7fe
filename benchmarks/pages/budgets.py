"""Measures the pages in a real browser against their budgets: `make page-budget`.

The glossary is MDN's with its 594 entries. Of the times in the browser the worst one counts. The
work of the service is the CPU time of all its processes, to the nanosecond: the mean of a round of
distinct requests. The fastest round counts, since other work on the machine only adds time.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from benchmarks.speed.bars import Bar, finish
from benchmarks.speed.cpu_time import cpu_ns, with_children
from semsearch.core.entries import Entry
from semsearch.importers import read_corpus
from semsearch.ingest.build import build_index
from semsearch.web.urls import entry_path
from tests.browser import chromium
from tests.browser.serving import Running, started

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

WEIGHT_KB = 100
REQUESTS = 8
SHOWN_MS = 150
BLOCKED_MS = 50
WORK_MS = 5
ROUNDS = 8
ROUND = 40
"""Requests in a round, and before the first one."""
QUESTIONS = (
    "what keeps a page from being run by another site?",
    "a way to write numbers in text",
    "how does a browser remember me",
    "colours with transparency",
    "something that waits for a value that comes later",
    "the part of an address before the first dot",
    "sending a file in small pieces",
    "words that stand for themselves in a program",
)

_WATCH = """
window.shown = [];
window.blocked = 0;
document.addEventListener('DOMContentLoaded', () => {
  const answer = document.getElementById('answer');
  if (!answer) return;
  new MutationObserver(() => {
    if (!answer.querySelector('.hit')) return;
    const began = performance.now();
    requestAnimationFrame(() => setTimeout(() => window.shown.push([location.href, performance.now()])));
  }).observe(answer, { childList: true });
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) window.blocked = Math.max(window.blocked, task.duration);
  }).observe({ type: 'longtask' });
  new PerformanceObserver((list) => {
    for (const event of list.getEntries()) window.blocked = Math.max(window.blocked, event.processingEnd - event.processingStart);
  }).observe({ type: 'event', durationThreshold: 16 });
});
"""
"""Records when hits were painted, and how long the page was blocked."""

_DELAY = """
(address) => {
  const [, shown] = window.shown.find(([asked]) => asked === address);
  const answered = performance.getEntriesByName(address).at(-1).responseEnd;
  return shown - answered;
}
"""


def weight(browser: Browser, site: str) -> tuple[float, int]:
    """Return the compressed kilobytes of the search page with an answer, and its requests."""
    context = browser.new_context()
    page = context.new_page()
    bodies: list[bytes] = []

    def keep(request: Request) -> None:
        response = request.response()
        assert response is not None
        bodies.append(response.body())

    page.on("requestfinished", keep)
    page.goto(f"{site}?q={quote(QUESTIONS[0])}", wait_until="networkidle")
    context.close()
    return sum(len(gzip.compress(body, mtime=0)) for body in bodies) / 1000, len(bodies)


def delays_ms(page: Page, site: str) -> list[float]:
    """Return the time from each answer of the service to the painting of its hits."""
    found = []
    page.goto(site)
    for question in QUESTIONS:
        page.locator("#q").fill(question)
        page.keyboard.press("Enter")
        page.locator("#answer:not([aria-busy]) .hit").first.wait_for()
        page.wait_for_timeout(100)  # until it has been painted
        found.append(page.evaluate(_DELAY, page.url))
    return found


def blocked_ms(page: Page, site: str) -> float:
    """Return the longest time that the page was blocked while questions were typed."""
    page.goto(site)
    for question in QUESTIONS:
        page.locator("#q").fill("")
        page.locator("#q").press_sequentially(question, delay=40)
        page.wait_for_timeout(600)  # names, then an answer
    return float(page.evaluate("window.blocked"))


def work_ms(service: Running, paths: Sequence[str]) -> float:
    """Return the CPU time of a page on the service: the mean of the fastest round."""
    rounds = [paths[i : i + ROUND] for i in range(0, len(paths), ROUND)]
    return min([_round_ms(service, each) for each in rounds][1:])


def _round_ms(service: Running, paths: Sequence[str]) -> float:
    pids = with_children(service.pid)
    before = cpu_ns(*pids)
    for path in paths:
        _read(service.address + path)
    return (cpu_ns(*pids) - before) / len(paths) / 1e6


def _read(address: str) -> None:
    """Read one page; of a redirect the target counts."""
    place = urlsplit(address)
    connection = HTTPConnection(place.netloc, timeout=30)
    connection.request(
        "GET", address.removeprefix(f"http://{place.netloc}"), headers={"Accept": "text/html"}
    )
    response = connection.getresponse()
    response.read()
    connection.close()
    if response.status >= 400:
        raise RuntimeError(f"{address} answered {response.status}")


def pages(entries: Sequence[Entry]) -> dict[str, Callable[[int], str]]:
    """Return, by page name, the path to request at each turn.

    For a number the path of the page that is asked for at that turn.
    """
    glossary = quote(entries[0].glossary)
    return {
        "start": lambda turn: "",
        "answer": lambda turn: f"?q={quote(entries[turn % len(entries)].definition[:60])}+{turn}",
        "entry": lambda turn: entry_path(entries[turn % len(entries)].id),
        "glossaries": lambda turn: "glossary",
        "A-Z": lambda turn: f"glossary/{glossary}",
        "map": lambda turn: "map",
        "map with a question": lambda turn: (
            f"map?q={quote(QUESTIONS[turn % len(QUESTIONS)])}+{turn}"
        ),
        "widget": lambda turn: "widget",
    }


def _paths(path: Callable[[int], str]) -> list[str]:
    return [path(turn) for turn in range(ROUND * (1 + ROUNDS))]


def measure(browser: Browser, service: Running, entries: Sequence[Entry]) -> Iterable[Bar]:
    """Yield the bars of the pages."""
    size, requests = weight(browser, service.address)
    yield Bar(name="the page that asks, compressed", reached=size, asked=WEIGHT_KB, unit="kB")
    yield Bar(name="the page that asks, requests", reached=requests, asked=REQUESTS)
    context = browser.new_context(viewport={"width": 1000, "height": 800})
    context.add_init_script(_WATCH)
    page = context.new_page()
    yield Bar(
        name="an answer painted after the service gave it, worst",
        reached=max(delays_ms(page, service.address)),
        asked=SHOWN_MS,
        unit="ms",
    )
    yield Bar(
        name="a keystroke kept waiting, worst",
        reached=blocked_ms(page, service.address),
        asked=BLOCKED_MS,
        unit="ms",
    )
    context.close()
    for name, path in pages(entries).items():
        yield Bar(
            name=f"work for a page at {len(entries)} entries: {name}",
            reached=work_ms(service, _paths(path)),
            asked=WORK_MS,
            unit="ms",
        )


def main() -> int:
    """Build, serve and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("glossary", type=Path, help="files of a glossary")
    parser.add_argument("--output", type=Path, default=Path("build/pages.json"))
    given = parser.parse_args()
    entries = read_corpus([given.glossary]).entries
    with tempfile.TemporaryDirectory() as made:
        index = Path(made) / "index"
        build_index(entries, index, model="hashed")
        with chromium.running() as browser, started(index) as service:
            bars = list(measure(browser, service, entries))
            alone = work_ms(
                service, [f"v1/search{path}+again" for path in _paths(pages(entries)["answer"])]
            )
    sys.stdout.write(
        f"of the page with an answer, answering as the interface does: {alone:.2f} ms\n\n"
    )
    return finish({"entries": len(entries), "answering_ms": alone}, bars, given.output)


if __name__ == "__main__":
    raise SystemExit(main())
