"""Prints what `doctor` found."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from semsearch.cli.output.common import done, print_json, print_table

if TYPE_CHECKING:
    from semsearch.server.diagnosis import Diagnosis

_STYLES = {"ok": "green", "warning": "yellow", "error": "bold red"}


def diagnosis(found: Diagnosis, *, as_json: bool) -> None:
    """Print a line for each check, and how many found something."""
    if as_json:
        print_json(json.dumps({"is_sound": found.is_sound, **asdict(found)}))
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    for check in found.checks:
        table.add_row(Text(check.state, _STYLES[check.state]), check.name, Text(check.message))
    print_table(table)
    counts = {
        kind: sum(check.state == kind for check in found.checks) for kind in ("error", "warning")
    }
    told = [f"{n} {kind}{'s' if n > 1 else ''}" for kind, n in counts.items() if n]
    done(", ".join(told) if told else "everything is in order")
