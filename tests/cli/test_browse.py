"""`show`, `list` and `random`: entries as people and programs read them.

Covers `cli/output/entries`.
"""

from __future__ import annotations

import io
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from semsearch.cli.output import entries as printed
from semsearch.core.entries import Details
from semsearch.ingest.build import build_index
from tests.cli.running import run
from tests.conftest import ENTRIES, entry

PAN = replace(
    entry("Pan", "A flat vessel:\n\nsee pot\n\n1. iron\n2. steel"),
    aliases=("Skillet", "Pfanne"),
    details=Details(
        category="Tools",
        status="deprecated: use pot",
        examples=("Heat the pan.",),
        sources=("Handbook, p. 3",),
        asked_as=("what do I fry an egg in?",),
        name_languages=("Pfanne@de",),
        markdown="A **flat** vessel:\n\nsee [pot](#pot)\n\n1. iron\n2. steel",
        extra=(("Owner", "Jane"), ("Language", "plain")),
    ),
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An index of a bakery with a pan, and of a ship with another pan."""
    folder = tmp_path_factory.mktemp("browse") / "index"
    other = replace(entry("Pan", "A part of a lock."), glossary="arms", id="arms:pan")
    build_index([*ENTRIES, PAN, other], folder, model="hashed")
    return str(folder)


def test_an_entry_is_shown_with_everything(index: str) -> None:
    """Its definition keeps its structure; its last change is that of the build."""
    done = run("show", PAN.id, "-i", index)
    assert (done.returncode, done.stderr) == (0, b"")
    lines = [" ".join(line.split()) for line in done.stdout.decode().splitlines()]
    text = "\n".join(lines)
    assert lines[:2] == ["Pan deprecated: use pot", "Also: Skillet, Pfanne (de)"]
    assert "A flat vessel:\n\nsee pot\n\n1 iron\n2 steel" in text
    assert "Examples\n- Heat the pan." in text
    assert "Sources\n- Handbook, p. 3" in text
    assert "People ask\n- what do I fry an egg in?" in text
    assert {"Category Tools", "Language English", f"Id {PAN.id}"} <= set(lines)
    # fields of the source may be called as those of every entry are
    assert lines[-4:] == ["", "Extra fields", "Owner Jane", "Language plain"]
    (changed,) = (line for line in lines if line.startswith("Changed "))
    assert re.fullmatch(r"Changed \S+ by build, revision \d+", changed)


def test_an_entry_as_json_has_the_revision(index: str, tmp_path: Path) -> None:
    """In the shape of the HTTP API; a copy without a store has none."""
    shown = json.loads(run("show", PAN.id, "-i", index, "--json").stdout)
    assert (shown["term"], shown["status"]) == ("Pan", PAN.details.status)
    assert shown["revision"] > 0
    copy = tmp_path / "index"
    shutil.copytree(index, copy)
    (copy / "store.db").unlink()
    assert json.loads(run("show", PAN.id, "-i", str(copy), "--json").stdout)["revision"] is None


def test_of_several_homonyms_one_is_named_and_a_glossary_chooses(index: str) -> None:
    """The others are named on standard error, so that output stays as it is."""
    for command in ("show", "related"):
        done = run(command, "pan", "-i", index)
        first, other = ("arms:pan", PAN.id)
        said = done.stderr.decode()
        assert said == f"2 entries are called 'pan'; this is {first}, and there is {other}\n"
        done = run(command, "pan", "-i", index, "-g", "bakery", "--json")
        assert (json.loads(done.stdout)["id"], done.stderr) == (PAN.id, b"")
    done = run("show", "pan", "-i", index, "-g", "bakry")
    assert done.returncode == 2
    assert b"there is no glossary 'bakry' in this index; did you mean 'bakery'?" in done.stderr


def test_entries_are_listed_from_a_to_z(index: str) -> None:
    """With tabs where no terminal reads; all glossaries, or one."""
    lines = run("list", "-i", index).stdout.decode().splitlines()
    assert len(lines) == len(ENTRIES) + 2
    terms = [
        line.split("\t")[0]
        for line in run("list", "bakery", "-i", index).stdout.decode().splitlines()
    ]
    mine = [entry.term for entry in (*ENTRIES, PAN) if entry.glossary == "bakery"]
    assert terms == sorted(mine, key=str.lower)
    done = run("list", "-i", index, "--filter", "pan", "--columns", "id,status,aliases")
    assert done.stdout.decode().splitlines() == [
        "arms:pan\t\t",
        f"{PAN.id}\tdeprecated: use pot\tSkillet; Pfanne",
    ]
    found = json.loads(run("list", "-i", index, "--json", "-f", "PAN").stdout)
    assert [one["id"] for one in found] == ["arms:pan", PAN.id]
    assert json.loads(run("list", "-i", index, "--json", "-f", "zzz").stdout) == []
    done = run("list", "-i", index, "-f", "zzz")
    assert (done.stdout, done.stderr) == (b"", b"no term contains 'zzz'\n")


def test_unknown_columns_are_refused(index: str) -> None:
    """With the nearest one."""
    done = run("list", "-i", index, "--columns", "term,statu")
    assert done.returncode == 2
    assert done.stderr == (
        b"semsearch: --columns: there is no column 'statu'; did you mean 'status'?\n"
    )


def test_a_terminal_gets_a_table_of_single_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches have one header; long definitions are cut."""
    screen = Console(file=io.StringIO(), force_terminal=True, width=50, no_color=True)
    monkeypatch.setattr(printed, "_console", lambda: screen)
    monkeypatch.setattr(printed, "_BATCH", 2)
    assert printed.listed(ENTRIES, ["term", "definition"], as_json=False) == len(ENTRIES)
    lines = screen.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == len(ENTRIES) + 1
    assert "Term" in lines[0]
    assert "…" in screen.file.getvalue()  # type: ignore[attr-defined]


def test_any_entry_of_a_glossary_is_shown(index: str, tmp_path: Path) -> None:
    """An index without entries says so."""
    shown = json.loads(run("random", "-i", index, "-g", "arms", "--json").stdout)
    assert shown["id"] == "arms:pan"
    known = {PAN.id, "arms:pan", *(one.id for one in ENTRIES)}
    assert json.loads(run("random", "-i", index, "--json").stdout)["id"] in known


def test_related_shows_each_group_under_its_heading(tmp_path: Path) -> None:
    """What authors wrote comes first, then what is computed, with the reason; JSON has the same."""
    leaven = replace(ENTRIES[0], see_also=("banneton",))
    scoring = entry("Scoring", "Cutting the crumb side of dough.")
    index = str(tmp_path / "index")
    build_index([leaven, *ENTRIES[1:], scoring], index, model="hashed")
    shown = run("related", "Leaven", "-i", index).stdout.decode()
    assert shown.startswith("Leaven\n\nSee also (by the author)\nProofing Basket")
    used = run("related", "crumb", "-i", index).stdout.decode()
    assert "Used in\nScoring  Cutting the crumb side of dough." in used
    named = run("related", "scoring", "-i", index).stdout.decode()
    assert "Mentions\nCrumb  Cutting the crumb side of dough." in named
    computed = run("related", "dutch oven", "-i", index).stdout.decode()
    assert "Similar meaning (computed)\n" in computed
    assert "because: It keeps steam around a loaf while it bakes." in computed
    alone = run("related", "hull", "-i", index).stdout.decode()
    assert alone == "Hull\n\nNo term has a similar meaning.\n"
    body = json.loads(run("related", "Leaven", "-i", index, "--json").stdout)
    assert body["id"] == "bakery:leaven"
    assert [r["id"] for r in body["see_also"]] == ["bakery:proofing-basket"]
