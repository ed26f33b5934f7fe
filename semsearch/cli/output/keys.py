"""Prints access keys."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from semsearch.cli.output import common

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from semsearch.server.auth.keys import AccessKey, Secret


def created(key: AccessKey, secret: Secret, *, as_json: bool) -> None:
    """Print a new key, alone on standard output so that it can be piped.

    It cannot be shown again.
    """
    if as_json:
        common.print_json(json.dumps({"key": secret.text, **_to_dict(key)}))
        return
    typer.echo(secret.text)
    Console(stderr=True, highlight=False).print(
        Text(
            f"This is the key {key.id} ({_permits(key)}, {_until(key)}). "
            "Keep it now: it is not shown again."
        ),
        soft_wrap=True,
    )


def listed(keys: Sequence[AccessKey], now: datetime, *, as_json: bool) -> None:
    """Print all keys, oldest first."""
    if as_json:
        common.print_json(json.dumps([_to_dict(key) for key in keys]))
        return
    if not keys:
        common.done("There is no key; `semsearch keys create` makes one")
        return
    table = Table("Id", "Name", "Permits", "Made", "State", box=None, padding=(0, 2, 0, 0))
    for key in keys:
        state = key.refusal(now)
        shown = Text(state.removeprefix(f"the key {key.id} "), "red") if state else _until(key)
        made = f"{key.created:%Y-%m-%d}"
        table.add_row(key.id, Text(key.name), Text(_permits(key)), made, shown)
    common.print_table(table)


def revoked(key: AccessKey, *, as_json: bool) -> None:
    """Print that a key was revoked."""
    if as_json:
        common.print_json(json.dumps(_to_dict(key)))
    else:
        common.done(f"The key {key.id} opens nothing any more")


def _permits(key: AccessKey) -> str:
    return f"{key.scope} in {', '.join(key.glossaries)}" if key.glossaries else str(key.scope)


def _until(key: AccessKey) -> str:
    from semsearch.server.auth.keys import shown  # noqa: PLC0415 - loads the library

    return f"good until {shown(key.expires)}" if key.expires else "good until it is revoked"


def _to_dict(key: AccessKey) -> dict[str, Any]:
    """Return the JSON of a key."""
    return {
        "id": key.id,
        "name": key.name,
        "scope": str(key.scope),
        "glossaries": list(key.glossaries),
        "created": key.created.isoformat(),
        "expires": key.expires and key.expires.isoformat(),
        "revoked": key.revoked and key.revoked.isoformat(),
    }
