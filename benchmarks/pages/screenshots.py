"""Write a picture of every page state.

Command: `python -m benchmarks.pages.screenshots FOLDER` (`make screenshots`).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.browser import chromium
from tests.browser.serving import build, serving
from tests.browser.states import STATES


def main() -> None:
    """Take a picture of every state."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as made,
        chromium.running() as browser,
        serving(index := build(Path(made) / "index")) as site,
        serving(index, "--read", "key") as locked,
    ):
        for state in STATES:
            context = browser.new_context(
                **{"viewport": {"width": 1000, "height": 800}, **state.options}
            )
            page = context.new_page()
            page.goto((locked if state.is_locked else site) + state.path)
            state.act(page)
            page.screenshot(path=folder / f"{state.name}.png")
            context.close()
    sys.stdout.write(f"{len(STATES)} pictures in {folder}\n")


if __name__ == "__main__":
    main()
