"""`schema`: every command with `--json` has a schema, and prints what it says, and no more.

Covers `cli/output/json_shapes`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from semsearch.cli.output.json_shapes import SHAPES, schema_of
from tests.cli.running import run
from tools.docs.tables import all_commands, options

ID = "bakery:leaven"
CSV = "term,definition,owner\nPan,A flat vessel.,Jane\nPan,A flat vessel.,Jane\nPot,,Jane\n"


def _judged(count: int) -> str:
    lines = (
        {"query": f"{text} {n}", "glossary": "bakery", "terms": [term]}
        for n in range(count)
        for text, term in (("dough that makes dough rise", "Leaven"), ("inside of a loaf", "Hull"))
    )
    return "".join(f"{json.dumps(line)}\n" for line in lines)


RUNS: Sequence[tuple[str, ...]] = (
    ("build", "{csv}", "-m", "hashed", "-i", "{new}"),
    ("build", "{csv}", "--dry-run", "-i", "{new}"),
    ("ask", "leaven"),
    ("ask", "what makes dough rise"),
    ("ask", "-"),
    ("info",),
    ("evaluate", "{judged}"),
    ("calibrate", "{judged}", "--force"),
    ("calibrate", "--reset"),
    ("formats",),
    ("show", ID),
    ("random",),
    ("related", ID),
    ("list",),
    ("lint", "{csv}", "-m", "hashed"),
    ("diff", "{csv}", "{index}", "-m", "hashed"),
    ("annotate", "{site}", "--glossary", "bakery"),
    ("add", "bakery", "Pan", "A flat vessel.", "--extra", "owner=Jane"),
    ("change", ID, "--definition", "Fermented dough."),
    ("teach", "what makes bread rise?", "Leaven"),
    ("history", ID),
    ("delete", ID),
    ("restore", ID, "1"),
    ("purge", "bakery:crumb"),
    ("backup", "{tar}"),
    ("restore-backup", "{tar}", "-i", "{restored}"),
    ("verify", "--deep"),
    ("upgrade",),
    ("gaps",),
    ("gaps", "--forget-all"),
    ("doctor", "-m", "hashed", "--port", "0"),
    ("keys create", "--name", "Ann", "--expires", "30d"),
    ("keys list",),
    ("keys revoke", "{key}"),
)


def _strict(schema: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a schema that allows no members but those it names."""
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties": False} if "properties" in schema else {}
    return {**closed, **{name: _strict(value) for name, value in schema.items()}}


def _printed(stdout: str) -> Iterator[Any]:
    """Yield what was printed: one value, or of `ask -` one a line."""
    try:
        yield json.loads(stdout)
    except ValueError:
        yield from map(json.loads, stdout.splitlines())


@pytest.mark.process
def test_every_command_prints_what_its_schema_says(hashed_index: Path, tmp_path: Path) -> None:
    """In every form that it has, with every member named and none missing."""
    index = shutil.copytree(hashed_index, tmp_path / "index")
    (tmp_path / "new.csv").write_text(CSV)
    (tmp_path / "judged.jsonl").write_text(_judged(20))
    site = tmp_path / "site"
    site.mkdir()
    (site / "page.html").write_text("<html><body><main><p>A leaven.</p></main></body></html>")
    places = {
        "site": site,
        "csv": tmp_path / "new.csv",
        "judged": tmp_path / "judged.jsonl",
        "index": index,
        "new": tmp_path / "new",
        "tar": tmp_path / "index.tar",
        "restored": tmp_path / "restored",
        "key": "",
    }
    for name, *given in RUNS:
        where = [] if name in {"formats", "diff"} or "-i" in given else ["-i", str(index)]
        arguments = [one.format(**places) for one in given]
        done = run(*name.split(), *arguments, *where, "--json", stdin=b"leaven\n\xff\n")
        assert done.returncode in {0, 1, 2}, (name, done.stderr)
        found = list(_printed(done.stdout.decode()))
        assert found, (name, done.stderr)
        for value in found:
            jsonschema.Draft202012Validator(_strict(schema_of(name))).validate(value)
        if name == "keys create":
            places["key"] = found[0]["id"]


def test_every_command_with_json_has_a_schema_and_is_tried() -> None:
    """A new command or a new `--json` fails here until it has both."""
    with_json = {
        name
        for name, command in all_commands()
        if any("--json" in option.opts for option in options(command))
    }
    assert set(SHAPES) == with_json
    assert {name for name, *_ in RUNS} == with_json


@pytest.mark.parametrize("command", SHAPES)
def test_schemas_are_valid_and_have_a_title(command: str) -> None:
    """Of draft 2020-12, which they state."""
    schema = json.loads(run("schema", *command.split()).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["title"] == f"semsearch {command} --json"


def test_another_command_is_refused_with_those_that_are_near() -> None:
    """`serve` prints no JSON, and a typing error is answered by the name."""
    done = run("schema", "aks")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"semsearch: there is no command 'aks' that prints JSON")
    assert run("schema", "serve").returncode == 2
