"""The generated parts of the documents: tables and lists made from the program.

A part stands between `<!-- NAME -->` and `<!-- /NAME -->` in one document; `PARTS` says which.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperArgument, TyperOption

from benchmarks.speed.bars import shown
from semsearch.cli.root import app
from semsearch.core.embeddings_access import PREFIX, EmbeddingsAccess
from semsearch.core.settings import Settings
from semsearch.exporters.formats import TARGETS
from semsearch.importers import FORMATS
from semsearch.quality.lint import RULES, Rule
from semsearch.server.telemetry.families import SCRAPED, SHARED
from semsearch.storage.files import layout

ROOT = Path(__file__).parents[2]
WIDTH = 100
"""The most columns of a line of prose."""


def table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |".replace("  |", " |") for cells in lines)


def commands(_root: Path) -> str:
    """Return a table of all commands with their arguments and options."""
    return table(("command", "what it does", "options"), map(_command_row, all_commands()))


def _command_row(named: tuple[str, Any]) -> tuple[str, ...]:
    name, command = named
    arguments = [p for p in command.params if isinstance(p, TyperArgument)]
    whole = " ".join([name, *map(_argument, arguments)])
    flags = " ".join(f"`{max(option.opts, key=len)}`" for option in options(command))
    return f"`{whole}`", command.help.splitlines()[0], flags


def all_commands() -> Iterator[tuple[str, Any]]:
    """Yield each command with its whole name, `keys create` for one in a group."""
    return _commands_of(typer.main.get_command(app))


def _commands_of(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - click's, which typer hides
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands_of(command, f"{name} ")
        else:
            yield before + name, command


def options(command: Any) -> list[TyperOption]:  # noqa: ANN401 - click's, which typer hides
    """Return the options of a command, `--help` left out."""
    return [p for p in command.params if isinstance(p, TyperOption) and p.name != "help"]


def _argument(argument: TyperArgument) -> str:
    name = str(argument.metavar or argument.name or "").upper()
    if argument.nargs == -1:
        name += "..."
    return name if argument.required else f"[{name}]"


def settings(_root: Path) -> str:
    """Return a table of all settings."""
    return table(
        ("environment variable", "default", "meaning"),
        (
            (
                f"`{prefix}{name.upper()}`",
                f"`{field.default}`" if field.default not in {None, ""} else "",
                str(field.description),
            )
            for prefix, described in (("SEMSEARCH_", Settings), (PREFIX, EmbeddingsAccess))
            for name, field in described.model_fields.items()
        ),
    )


def metrics(_root: Path) -> str:
    """Return a table of all metrics of the service."""
    return table(
        ("metric", "type", "labels", "meaning"),
        (
            (
                f"`{one.name}`",
                str(one.kind),
                " ".join(f"`{label}`" for label in one.labels),
                one.about,
            )
            for one in (*SHARED, *SCRAPED)
        ),
    )


def formats(_root: Path) -> str:
    """Return a table of all formats that are read."""
    return table(
        ("format", "files", "what it is"),
        (
            (f"`{one.name}`", " ".join(f"`{suffix}`" for suffix in one.suffixes), one.about)
            for one in FORMATS.values()
        ),
    )


def targets(_root: Path) -> str:
    """Return a table of all formats that are written."""
    return table(
        ("format", "what it is", "cannot hold"),
        ((f"`{one.name}`", one.about, one.without) for one in TARGETS.values()),
    )


def routes(root: Path) -> str:
    """Return a table of all routes of the API, from its committed description."""
    described = json.loads((root / "tests/server/openapi.json").read_text(encoding="utf-8"))
    return table(
        ("request", "what it does", "parameters and headers"),
        (
            (
                f"`{method.upper()} {path}`",
                route["summary"],
                " ".join(
                    f"`{one['name']}`" for one in route.get("parameters", []) if one["in"] != "path"
                ),
            )
            for path, methods in sorted(described["paths"].items())
            for method, route in methods.items()
        ),
    )


_MEASURED_BY = {
    "bench": "make bench",
    "growth": "make bench-growth",
    "overload": "make bench-overload",
}


def benchmark(root: Path) -> str:
    """Return a table of what was asked of speed and memory and what was reached."""
    results = json.loads((root / "docs/benchmark.json").read_text(encoding="utf-8"))
    return table(
        ("what", "bar", "reached", "command"),
        (
            (
                bar["name"],
                f"{'≥' if bar['is_at_least'] else '≤'} {shown(bar['asked'])} {bar['unit']}".strip(),
                f"{shown(bar['reached'])} {bar['unit']}".strip()
                + ("" if bar["is_met"] else ", **missed**"),
                f"`{command}`",
            )
            for name, command in _MEASURED_BY.items()
            for bar in results.get(name, {"bars": []})["bars"]
        ),
    )


def reached(root: Path) -> str:
    """Return a sentence on speed and memory beside others."""
    results = json.loads((root / "docs/benchmark.json").read_text(encoding="utf-8"))
    bars = {bar["name"]: shown(bar["reached"]) for bar in results["bench"]["bars"]}
    throughput = "throughput, 16 clients, distinct questions, against"
    return _wrapped(
        f"Sixteen clients at once get {bars[f'{throughput} plain service']} times the answers of a "
        f"plain sentence-transformers service and {bars[f'{throughput} txtai']} times those of txtai, "
        f"with {bars['peak memory, against plain service']} of the plain service's memory "
        "(`make bench`)."
    )


def decisions(root: Path) -> str:
    """Return a list of all decisions, a link a line."""
    found = sorted((root / "docs/decisions").glob("[0-9]*.md"))
    titles = (path.read_text(encoding="utf-8").split("\n", 1)[0] for path in found)
    return "\n".join(
        re.sub(r"^# (\d+)\. (.*)", rf"- [\1. \2]({path.name})", title)
        for path, title in zip(found, titles, strict=True)
    )


def files(_root: Path) -> str:
    """Return the files of an index, as the docstring of their layout lists them."""
    listed = re.findall(r"^    .*\n", str(layout.__doc__), re.MULTILINE)
    return f"```\n{textwrap.dedent(''.join(listed))}```"


def rules(_root: Path) -> str:
    """Return a table of all rules of lint, and a section for each."""
    overview = table(
        ("rule", "severity", "what is found"),
        (
            (f"[`{rule.name}`](#{rule.name})", str(rule.severity), rule.summary)
            for rule in RULES.values()
        ),
    )
    return "\n".join([overview, *(f"\n{_rule(rule)}" for rule in RULES.values())])


def _rule(rule: Rule) -> str:
    needs = " It compares meanings, for which definitions are embedded." if rule.by_meaning else ""
    told = f"{rule.summary} Severity: {rule.severity}.{needs}"
    parts = [f"## {rule.name}", _wrapped(told), _wrapped(rule.why)]
    if rule.options:
        rows = ((f"`{n}`", f"`{value}`", rule.reads[n]) for n, value in rule.options.items())
        parts.append(table(("option", "default", "meaning"), rows))
    for said, text in (
        (f"Found in `{rule.example.file}`:", rule.example.before),
        ("Mended:", rule.example.after),
    ):
        parts += [said, f"```\n{_shortened(text)}```"]
    return "\n\n".join(parts)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _shortened(text: str) -> str:
    """Cut long lines of an example."""
    lines = text.rstrip("\n").split("\n")
    return "".join(f"{line if len(line) <= 120 else line[:100] + ' ...'}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Part:
    """A generated part of a document.

    The document it stands in, and what makes it from the root of the project.
    """

    document: str
    make: Callable[[Path], str]


PARTS: Mapping[str, Part] = {
    "commands": Part("docs/cli.md", commands),
    "settings": Part("docs/operations.md", settings),
    "metrics": Part("docs/operations.md", metrics),
    "formats": Part("docs/formats.md", formats),
    "targets": Part("docs/formats.md", targets),
    "routes": Part("docs/http-api.md", routes),
    "rules": Part("docs/lint.md", rules),
    "benchmark": Part("docs/benchmarks.md", benchmark),
    "decisions": Part("docs/decisions/index.md", decisions),
    "files": Part("DESIGN.md", files),
    "reached": Part("README.md", reached),
}


def with_parts(root: Path, document: str, text: str) -> str:
    """Return the text of a document with its generated parts made anew.

    Raises:
        ValueError: a part does not stand in its document exactly once.
    """
    for name, part in PARTS.items():
        if part.document == document:
            between = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
            made = part.make(root)
            text, found = between.subn(lambda m, made=made: f"{m[1]}{made}\n{m[2]}", text)  # type: ignore[misc]
            if found != 1:
                raise ValueError(f"{document} has {found} parts named {name}, not one")
    return text
