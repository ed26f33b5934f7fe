"""Write, or check, the generated parts of the documents: `make docs`, `make docs-check`.

A part stands between `<!-- NAME -->` and `<!-- /NAME -->` in README.md or docs/lint.md.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperArgument, TyperOption

from benchmarks.speed.bars import shown
from semsearch.cli.commands import app
from semsearch.core.settings import Settings
from semsearch.importers import FORMATS
from semsearch.quality.lint import RULES, Rule

README = Path(__file__).parents[1] / "README.md"
LINT = README.with_name("docs") / "lint.md"
BENCHMARK = README.with_name("docs") / "benchmark.json"


def commands() -> str:
    """Return a table of all commands with their arguments and options."""
    lines = ["| command | what it does | options |", "|---|---|---|"]
    for name, command in _all(typer.main.get_command(app)):
        arguments = [p for p in command.params if isinstance(p, TyperArgument)]
        options = [p for p in command.params if isinstance(p, TyperOption) and p.name != "help"]
        shown = " ".join([name, *(_argument(a) for a in arguments)])
        flags = " ".join(f"`{max(option.opts, key=len)}`" for option in options)
        lines.append(f"| `{shown}` | {command.help.splitlines()[0]} | {flags} |")
    return "\n".join(lines)


def _all(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - click's, which typer hides
    """Yield each command of a group and of the groups in it, with its whole name."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _all(command, f"{name} ")
        else:
            yield before + name, command


def _argument(argument: TyperArgument) -> str:
    name = str(argument.metavar or argument.name or "").upper() + (
        "..." if argument.nargs == -1 else ""
    )
    return name if argument.required else f"[{name}]"


def settings() -> str:
    """Return a table of all settings."""
    lines = ["| environment variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else f"`{field.default}`"
        lines.append(f"| `SEMSEARCH_{name.upper()}` | {default} | {field.description} |")
    return "\n".join(lines)


_MEASURED_BY = {
    "bench": "make bench",
    "growth": "make bench-growth",
    "overload": "make bench-overload",
}


def benchmark() -> str:
    """Return a table of what was asked of speed and memory and what was reached."""
    results = json.loads(BENCHMARK.read_text(encoding="utf-8"))
    lines = ["| what | asked | reached | command |", "|---|---|---|---|"]
    for name, command in _MEASURED_BY.items():
        for bar in results.get(name, {"bars": []})["bars"]:
            asked = f"{'≥' if bar['is_at_least'] else '≤'} {shown(bar['asked'])} {bar['unit']}"
            reached = f"{shown(bar['reached'])} {bar['unit']}".strip()
            said = reached if bar["is_met"] else f"{reached}, missed"
            lines.append(f"| {bar['name']} | {asked.strip()} | {said} | `{command}` |")
    return "\n".join(lines)


def formats() -> str:
    """Return a table of all formats that are read."""
    lines = ["| format | files | what it is |", "|---|---|---|"]
    for one in FORMATS.values():
        suffixes = " ".join(f"`{suffix}`" for suffix in one.suffixes)
        lines.append(f"| `{one.name}` | {suffixes} | {one.about} |")
    return "\n".join(lines)


def rules() -> str:
    """Return a table of all rules of lint, and a section for each."""
    lines = ["| rule | severity | what is found |", "|---|---|---|"]
    for rule in RULES.values():
        lines.append(f"| [`{rule.name}`](#{rule.name}) | {rule.severity} | {rule.summary} |")
    return "\n".join([*lines, *(f"\n{_rule(rule)}" for rule in RULES.values())])


def _rule(rule: Rule) -> str:
    needs = " It compares meanings, for which definitions are embedded." if rule.by_meaning else ""
    parts = [f"## {rule.name}", f"{rule.summary} Severity: {rule.severity}.{needs}", rule.why]
    if rule.options:
        rows = [f"| `{n}` | `{value}` | {rule.reads[n]} |" for n, value in rule.options.items()]
        parts.append("\n".join(["| option | default | meaning |", "|---|---|---|", *rows]))
    for said, text in (
        (f"Found in `{rule.example.file}`:", rule.example.before),
        ("Mended:", rule.example.after),
    ):
        parts += [said, f"```\n{_shortened(text)}```"]
    return "\n\n".join(parts)


def _shortened(text: str) -> str:
    """Cut long lines of an example."""
    lines = text.rstrip("\n").split("\n")
    return "".join(f"{line if len(line) <= 120 else line[:100] + ' ...'}\n" for line in lines)


PARTS = {"commands": commands, "formats": formats, "settings": settings, "benchmark": benchmark}
DOCUMENTS = {README: PARTS, LINT: {"rules": rules}}


def with_parts(document: Path) -> str:
    """Return the text of a document with its generated parts made anew."""
    text = document.read_text(encoding="utf-8")
    for name, make in DOCUMENTS[document].items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        text, found = pattern.subn(lambda m, make=make: m[1] + make() + "\n" + m[2], text)  # type: ignore[misc]
        if found != 1:
            raise SystemExit(f"{document.name} has {found} parts named {name}, not one")
    return text


def main() -> None:
    """Write the documents, or with --check say whether they are current."""
    for document in DOCUMENTS:
        before = document.read_text(encoding="utf-8")
        after = with_parts(document)
        if "--check" not in sys.argv:
            document.write_text(after, encoding="utf-8")
        elif before != after:
            raise SystemExit(f"{document.name} is not current; run `make docs`")


if __name__ == "__main__":
    main()
