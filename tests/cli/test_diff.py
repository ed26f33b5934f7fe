"""`semsearch diff`: what it prints, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.running import run
from tests.quality.diff.test_run import NEW, OLD

FAST = ("-m", "hashed")


def test_tables_show_what_became_of_entries(tmp_path: Path) -> None:
    """A table for each kind, and the words that were changed."""
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text(OLD)
    new.write_text(NEW)
    done = run("diff", str(old), str(new), *FAST)
    shown = " ".join(done.stdout.decode().split())
    assert done.returncode == 0
    assert "Shovel it was Peel (old:peel)" in shown
    assert "A [-piece-] [+bit+] of fermented dough." in shown
    assert "1 renamed, 2 reworded (3 entries before, 3 now)" in shown
    assert run("diff", str(old), str(new), *FAST, "--exit-code").returncode == 1
    assert run("diff", str(old), str(old), *FAST, "--exit-code").returncode == 0


def test_diffs_are_printed_or_written_in_every_form(tmp_path: Path) -> None:
    """JSON for programs, Markdown and HTML for people."""
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text(OLD)
    new.write_text(NEW)
    asked = ("diff", str(old), str(new), *FAST)
    stated = json.loads(run(*asked, "--json").stdout)
    assert (stated["old_entries"], stated["new_entries"]) == (3, 3)
    assert [(one["kind"], one["new"]["term"]) for one in stated["differences"]] == [
        ("renamed", "Shovel"), ("reworded", "Crumb"), ("reworded", "Leaven"),
    ]  # fmt: skip
    assert stated["differences"][2]["old"] == {
        "id": "old:leaven",
        "term": "Leaven",
        "definition": "A piece of fermented dough.",
        "aliases": [],
        "language": "en",
        "see_also": [],
        "details": {},
        "file": str(old),
        "line": 2,
    }
    assert run(*asked, "-f", "markdown").stdout.startswith(b"### Glossary: 1 renamed, 2 reworded")
    page = tmp_path / "diff.html"
    done = run(*asked, "-o", str(page))
    assert done.stdout.decode().replace("\n", "") == f"wrote {page}"
    assert page.read_text().startswith("<!DOCTYPE html>")
    text = tmp_path / "diff.txt"
    for wrong in (
        ("-o", str(text)),
        ("-f", "table", "-o", str(page)),
        ("--json", "-f", "html"),
        ("-f", "html", "-o", "/no/such/x"),
    ):
        refused = run(*asked, *wrong)
        assert (refused.returncode, refused.stdout) == (2, b"")
    assert run("diff", str(old), str(tmp_path / "x.csv"), *FAST).returncode == 2
