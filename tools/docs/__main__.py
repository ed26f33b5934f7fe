"""Write, or check, the documents: `make docs`, `make docs-check`.

`python -m tools.docs` writes the generated tables and wraps prose; with `--examples INDEX`, an
index of `corpus/`, it runs the examples too; with `--check` it prints what is wrong, and its exit
code is 1 if anything is.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.docs.checks import pages, problems
from tools.docs.examples import renewed
from tools.docs.tables import PARTS, ROOT, with_parts
from tools.docs.wrapping import wrapped


def main() -> int:
    """Do it, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, print what is wrong")
    parser.add_argument("--examples", type=Path, metavar="INDEX", help="run the examples too")
    chosen = parser.parse_args()
    if chosen.check:
        found = problems(ROOT)
        sys.stderr.writelines(f"{problem}\n" for problem in found)
        return int(bool(found))
    for name in sorted({part.document for part in PARTS.values()}):
        document = ROOT / name
        text = document.read_text(encoding="utf-8")
        document.write_text(with_parts(ROOT, name, text), encoding="utf-8")
    for page in pages(ROOT):
        (ROOT / page.path).write_text(wrapped(page.text), encoding="utf-8")
    for page in pages(ROOT) if chosen.examples else ():
        (ROOT / page.path).write_text(renewed(page, chosen.examples), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
