"""A site of files answers questions by meaning, with files that are fetched when it is asked."""

from __future__ import annotations

import http.server
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.quality.static_sites import StaticSite, scores
from semsearch.search.glossary import Glossary
from semsearch.search.static_search import WEIGHTS
from semsearch.server.static_site import MEANING_ENTRIES, write_site
from tests.browser.checks import axe, expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

QUESTION = "switching off random units while training so that the model does not overfit"
OTHER_WORDS = "turning parts of the net off by chance in each round"
AGREEMENT = [
    QUESTION,
    OTHER_WORDS,
    "What's the derivative-based method, c++ or Naïve?",
    "über $5 + x^2 ~ „Größe“ ÉCLAIR \u4e2d\u6587 mixed\u4e2dword a\u00adb",
    "αβγ overfitting\tx" + "y" * 120,
    "",
]


@dataclass(frozen=True, slots=True)
class _Exported:
    folder: Path
    address: str
    asked: list[str]
    """Names of the requested files."""


@pytest.fixture(scope="module")
def exported(seed: Glossary, tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Exported]:
    """Give the seed as a site on a plain web server that notes what is requested."""
    folder = tmp_path_factory.mktemp("meaning") / "site"
    write_site(seed, folder)
    asked: list[str] = []

    class Noting(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            asked.append(self.path.rpartition("/")[2])

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Noting, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield _Exported(folder, f"http://127.0.0.1:{server.server_port}/", asked)
    server.shutdown()
    server.server_close()


def _files(exported: _Exported) -> tuple[Path, Path]:
    (words,) = exported.folder.glob("meaning-words-*.bin")
    return words, exported.folder / MEANING_ENTRIES


def test_a_question_finds_its_entry(page: Page, exported: _Exported) -> None:
    """The files are fetched at the first question, once; Enter opens the first term."""
    del exported.asked[:]
    page.goto(f"{exported.address}index.html")
    page.keyboard.press("/")
    page.keyboard.type("drop")
    expect(page.locator(".found a").first).to_have_text("Dropout")
    expect(page.locator(".by-name [role=status]")).to_have_text("1 found")
    assert not [name for name in exported.asked if name.startswith("meaning")]
    page.locator("#name").fill(QUESTION)
    expect(page.locator(".found .note")).to_have_text("By meaning:")
    expect(page.locator(".found a").first).to_have_text("Dropout")
    expect(page.locator(".by-name [role=status]")).to_have_text("none found by name, 6 by meaning")
    page.locator("#name").fill("an error that is propagated from the last layer to the first")
    expect(page.locator(".found a").first).to_have_text("Backpropagation")
    page.locator("#name").fill(OTHER_WORDS)
    expect(page.locator(".found a").first).to_have_text("Dropout")
    words, entries = _files(exported)
    for name in (words.name, entries.name, "meaning.js"):
        assert exported.asked.count(name) == 1
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dropout")


def test_a_weak_match_is_said_to_be_one(page: Page, exported: _Exported) -> None:
    """No share in per cent is shown, and a few entries only."""
    page.goto(f"{exported.address}index.html")
    page.locator("#name").fill("what is the capital of France")
    expect(page.locator(".found .note")).to_have_text("Nothing matches well. The nearest:")
    expect(page.locator(".found a")).to_have_count(3)
    assert "%" not in page.locator(".found").inner_text()


def test_enter_asks_what_no_name_has(page: Page, exported: _Exported) -> None:
    """One word is no question until somebody asks it."""
    page.goto(f"{exported.address}index.html")
    page.locator("#name").fill("memorising")
    expect(page.locator(".by-name [role=status]")).to_have_text("none found")
    page.locator("#name").press("Enter")
    expect(page.locator(".found a").first).to_be_visible()
    expect(page.locator(".by-name [role=status]")).to_contain_text("by name")


def test_python_and_browser_compute_the_same(page: Page, exported: _Exported) -> None:
    """The numbers of word pieces are equal, and the scores of all entries nearly."""
    words, entries = (file.read_bytes() for file in _files(exported))
    site = StaticSite(words, entries)
    page.goto(f"{exported.address}index.html")
    page.locator("#name").fill(QUESTION)
    expect(page.locator(".found .note")).to_have_text("By meaning:")
    found = page.evaluate(
        """async (questions) => {
          const { numbers, scores } = await globalThis.semsearchMeaning("./");
          return questions.map((one) => [numbers(one), [...scores(one)]]);
        }""",
        AGREEMENT,
    )
    for question, (numbers, fused) in zip(AGREEMENT, found, strict=True):
        assert numbers == site.numbers(question), question
        assert np.allclose(fused, scores(site.parts(question), WEIGHTS), atol=1e-3), question


def test_without_the_files_names_are_found(page: Page, exported: _Exported, tmp_path: Path) -> None:
    """From the disk nothing is fetched, offline nothing can be: the page says so."""
    folder = tmp_path / "site"
    shutil.copytree(exported.folder, folder)
    page.goto((folder / "index.html").as_uri())
    page.locator("#name").fill("the gradient descent of hills")
    expect(page.locator(".by-name [role=status]")).to_have_text("none found")
    expect(page.locator(".found .note")).to_contain_text("only if a web server serves these files")
    page.locator("#name").fill("gradient")
    expect(page.locator(".found a").first).to_have_text("Gradient Descent")
    expect(page.locator(".found .note")).to_have_count(0)
    page.route("**/meaning-entries.bin", lambda route: route.abort())
    page.goto(f"{exported.address}index.html")
    page.locator("#name").fill("long short-term memory")
    expect(page.locator(".found a").first).to_have_text("Long Short-Term Memory")
    expect(page.locator(".found .note")).to_contain_text("cannot be loaded")
    page.unroute("**/meaning-entries.bin")
    page.locator("#name").fill(QUESTION)
    expect(page.locator(".found a").first).to_have_text("Dropout")


def test_the_files_are_small(exported: _Exported) -> None:
    """All that a first question loads takes less than 12 MB."""
    assert sum(file.stat().st_size for file in _files(exported)) < 12_000_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_answers(page: Page, exported: _Exported, scheme: str) -> None:
    """The heading above the answers is readable, too."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(f"{exported.address}index.html")
    page.locator("#name").fill(QUESTION)
    expect(page.locator(".found .note")).to_have_text("By meaning:")
    found = axe(page)
    assert not found.response["violations"], found.generate_report()
