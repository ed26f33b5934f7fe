"""What the shell offers when Tab is pressed; silent when there is no index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semsearch.errors import SemsearchError

if TYPE_CHECKING:
    from semsearch.storage.snapshot import Snapshot

MAX_OFFERED = 50


def glossaries(incomplete: str) -> list[str]:
    """Return names of glossaries that begin with what was typed."""
    snapshot = _snapshot()
    known = [info.name for info in snapshot.glossary_infos()] if snapshot else []
    return [name for name in known if name.startswith(incomplete)]


def names(incomplete: str) -> list[str]:
    """Return terms and aliases that begin with what was typed."""
    from semsearch.text import fold  # noqa: PLC0415 - Tab must answer fast

    snapshot = _snapshot()
    if snapshot is None:
        return []
    everything = range(len(snapshot.first_rows()))
    found = snapshot.by_prefix(fold(incomplete), everything, MAX_OFFERED)
    return list(dict.fromkeys(named.name.label for named in found))


def _snapshot() -> Snapshot | None:
    """Open the entries of the index that the environment names, if there is one."""
    from semsearch.config import load_settings  # noqa: PLC0415
    from semsearch.storage.layout import IndexLayout  # noqa: PLC0415
    from semsearch.storage.manifest import load_manifest  # noqa: PLC0415
    from semsearch.storage.snapshot import Snapshot  # noqa: PLC0415

    try:
        _, files = load_manifest(IndexLayout(load_settings().index))
    except SemsearchError:
        return None
    return Snapshot(files.entries)
