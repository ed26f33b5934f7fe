"""Measures how many pages a minute `semsearch annotate` marks.

    python -m benchmarks.speed.annotating SHARED [--pages 1000]

The glossary is MDN's of SHARED. Pages have 10 kB of its definitions as HTML.
"""

from __future__ import annotations

import argparse
import html
import tempfile
import time
from pathlib import Path
from random import Random

from semsearch.doc_sites.annotate import annotate
from semsearch.doc_sites.entries import entries_of

PAGE = 10_000
"""Bytes of a page."""


def main() -> None:
    """Write pages, annotate them twice, and print how fast that was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--pages", type=int, default=1000)
    given = parser.parse_args()
    entries = entries_of([str(given.shared / "glossaries" / "mdn")])
    draw = Random(1)  # noqa: S311 - the same pages each time
    with tempfile.TemporaryDirectory() as made:
        for number in range(given.pages):
            page = "<!doctype html><html><body><main>"
            while len(page) < PAGE:
                page += f"<p>{html.escape(draw.choice(entries).definition)}</p>\n"
            Path(made, f"{number}.html").write_text(f"{page}</main></body></html>")
        for run in ("first", "again"):
            start = time.process_time()
            done = annotate(Path(made), entries)
            took = time.process_time() - start
            print(
                f"{run}: {given.pages:,} pages, {len(entries):,} entries, "
                f"{sum(done.terms.values()):,} marks, {took:.1f} s of CPU, "
                f"{60 * given.pages / took:,.0f} pages a minute"
            )


if __name__ == "__main__":
    main()
