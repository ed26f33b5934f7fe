"""Access keys and the calibration of a shared store, and their copies in an index folder."""

from __future__ import annotations

from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.atomic_files import replace_atomically
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.key_tables import copy_keys

_CALIBRATION = "calibration"
"""The name of the setting that has the content of `calibration.json`."""


def copy_settings(layout: IndexLayout, shared: EntryReader) -> None:
    """Copy access keys and calibration, if they differ."""
    copy_keys(shared.connection, layout.keys)
    row = shared.connection.execute(
        "SELECT content FROM setting WHERE name = ?", (_CALIBRATION,)
    ).fetchone()
    present = layout.calibration.read_bytes() if layout.calibration.exists() else None
    if row is None:
        layout.calibration.unlink(missing_ok=True)
    elif bytes(row[0]) != present:
        replace_atomically(layout.calibration, bytes(row[0]))


def put_calibration(content: bytes | None, shared: EntryReader) -> None:
    """Make the content of `calibration.json`, or that there is none, the one of a shared store."""
    with shared.connection.transaction():
        shared.connection.execute("DELETE FROM setting WHERE name = ?", (_CALIBRATION,))
        if content is not None:
            shared.connection.execute("INSERT INTO setting VALUES (?, ?)", (_CALIBRATION, content))
