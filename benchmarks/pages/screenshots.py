"""Write a picture of every page state.

Command: `python -m benchmarks.pages.screenshots FOLDER` (`make screenshots`). Beginnings of names
behind the folder choose some states.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.browser import chromium, owned
from tests.browser.serving import build, serving
from tests.browser.states import STATES, Visited


def main() -> None:
    """Take a picture of every state."""
    folder, chosen = Path(sys.argv[1]), tuple(sys.argv[2:]) or ("",)
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as made,
        chromium.running() as browser,
        serving(pages := build(Path(made) / "index")) as site,
        serving(pages, "--read", "key") as locked,
        serving((index := owned.prepare(pages, Path(made))).folder, *owned.OPTIONS) as address,
    ):
        visited = Visited(site, locked, address, index)
        for state in (one for one in STATES if one.name.startswith(chosen)):
            with visited.context(browser, state) as context:
                page = context.new_page()
                page.goto(visited.address(state))
                state.act(page)
                page.screenshot(path=folder / f"{state.name}.png", full_page=True)
    sys.stdout.write(f"{len(list(folder.glob('*.png')))} pictures in {folder}\n")


if __name__ == "__main__":
    main()
