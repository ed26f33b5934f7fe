"""Backups that somebody else made: nothing in them leads out of the index, or costs more than it.

Covers `index/restore`, `index/backup_contents`, `index/manifest_names`.
"""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from semsearch.core.errors import IndexDamaged
from semsearch.core.progress import Silent
from semsearch.index.backup import back_up
from semsearch.index.backup_contents import info_of
from semsearch.index.restore import restore_backup
from semsearch.ingest.upgrade import upgrade, upgrade_restored
from tests.cpu_time import cpu_time_at_most
from tests.ingest.conftest import editor, index
from tests.ingest.test_upgrade import unpacked

__all__ = ["editor", "index"]

DEEP = b"[" * 100_000
CONTENTS = "BACKUP.json"


def _members(file: Path) -> dict[str, bytes]:
    with tarfile.open(file) as archive:
        streams = {one.name: archive.extractfile(one) for one in archive}
        return {name: stream.read() for name, stream in streams.items() if stream is not None}


def _write(file: Path, members: dict[str, bytes]) -> None:
    """Write a backup whose hashes are right."""
    if CONTENTS in members and not members[CONTENTS].startswith(b"["):
        stated = json.loads(members.pop(CONTENTS))
        hashes = {name: hashlib.sha256(content).hexdigest() for name, content in members.items()}
        members[CONTENTS] = json.dumps({**stated, "sha256": hashes}).encode()
    with tarfile.open(file, "w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


def _altered(file: Path, **values: object) -> None:
    """Alter the manifest of a backup, and all hashes that depend on it."""
    members = _members(file)
    name = next(one for one in members if one.endswith("MANIFEST.json"))
    members[name] = json.dumps({**json.loads(members[name]), **values}).encode()
    pointer = json.loads(members["CURRENT"])
    pointer["manifest_sha256"] = hashlib.sha256(members[name]).hexdigest()
    members["CURRENT"] = json.dumps(pointer).encode()
    _write(file, members)


def _nested(file: Path, member: str) -> None:
    members = _members(file)
    name = next(one for one in members if one.endswith(member))
    members[name] = DEEP
    if member == "MANIFEST.json":
        pointer = json.loads(members["CURRENT"])
        pointer["manifest_sha256"] = hashlib.sha256(DEEP).hexdigest()
        members["CURRENT"] = json.dumps(pointer).encode()
    _write(file, members)


def _sparse(file: Path) -> None:
    """Put 1 TiB of zeros into a kilobyte."""
    info = tarfile.TarInfo("store.db")
    content = b"0\n".ljust(512, b"\0")
    info.size = len(content)
    stated = {"major": "1", "minor": "0", "name": "store.db", "realsize": str(2**40)}
    info.pax_headers = {f"GNU.sparse.{key}": value for key, value in stated.items()}
    with tarfile.open(file, "w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(info, io.BytesIO(content))


def _sparse_of_gnu(file: Path) -> None:
    """Do the same in the older form."""
    header = bytearray(512)
    header[:8], header[100:108] = b"store.db", b"0000600\0"
    header[124:136], header[136:148] = b"00000000000\0", b"00000000000\0"
    header[156:157], header[257:265] = b"S", b"ustar  \0"
    header[386:398], header[398:410] = b"%011o\0" % 2**30, b"00000000000\0"
    header[483:495] = b"%011o\0" % 2**32
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    file.write_bytes(bytes(header) + bytes(1024))


def _large_contents(file: Path) -> None:
    _write(file, {**_members(file), CONTENTS: b"[" + b" " * 2**21})


def _infinite(file: Path) -> None:
    members = _members(file)
    pointer = json.loads(members["CURRENT"])
    _write(file, {**members, "CURRENT": json.dumps({**pointer, "generation": 1e999}).encode()})


def _with_sql(file: Path, sql: str) -> None:
    members = _members(file)
    made = file.with_name("made.db")
    made.write_bytes(members["store.db"])
    with closing(sqlite3.connect(made)) as store:
        store.execute(sql)
        store.commit()
    _write(file, {**members, "store.db": made.read_bytes()})


def _stating(file: Path, **values: object) -> None:
    members = _members(file)
    stated = {**json.loads(members[CONTENTS]), **values}
    _write(file, {**members, CONTENTS: json.dumps(stated).encode()})


def _before_the_first_revision(file: Path) -> None:
    _with_sql(file, "UPDATE store SET revision = -1")
    _stating(file, revision=-1)


TRIGGER = "CREATE TRIGGER a AFTER UPDATE ON store BEGIN DELETE FROM store; END"
VIRTUAL = "CREATE VIRTUAL TABLE a USING fts5(b)"
OUTSIDE = "../../../../../../../../../../dev/zero"


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_sparse, "'store.db' is not a file that `backup` writes"),
        (_sparse_of_gnu, "'store.db' is not a file that `backup` writes"),
        (_large_contents, "BACKUP.json has 2,097,153 bytes"),
        (partial(_nested, member=CONTENTS), "BACKUP.json cannot be read"),
        (partial(_nested, member="CURRENT"), "CURRENT cannot be read"),
        (partial(_nested, member="MANIFEST.json"), "is incomplete"),
        (_infinite, "CURRENT cannot be read"),
        (partial(_with_sql, sql=TRIGGER), "store.db has triggers, views or virtual tables"),
        (partial(_with_sql, sql=VIRTUAL), "store.db has triggers, views or virtual tables"),
        (partial(_with_sql, sql="DROP TABLE store"), "store.db cannot be read"),
        (partial(_with_sql, sql="UPDATE store SET identity = '../../a'"), "store.db has no identity"),
        (partial(_with_sql, sql="DELETE FROM store"), "store.db has no identity"),
        (partial(_with_sql, sql="INSERT INTO store SELECT * FROM store"), "store.db has no identity"),
        (partial(_with_sql, sql="UPDATE store SET revision = 1000"), "has the revision 1000, and"),
        (_before_the_first_revision, "BACKUP.json states the revision -1"),
        (partial(_stating, revision=-1), "BACKUP.json states the revision -1"),
        (partial(_stating, revision=1000), "and BACKUP.json states 1000"),
        (partial(_stating, generation=-1), "BACKUP.json states the generation -1"),
        (partial(_stating, generation=7), "CURRENT names the generation 1, and BACKUP.json states 7"),
        (partial(_altered, store="f" * 32), "was made from the store ffffffffffff at revision 7, and"),
        (partial(_altered, revision=99), "at revision 99, and store.db is"),
        (partial(_altered, sha256={OUTSIDE: "ab"}), "is incomplete"),
        (partial(_altered, sha256={"/dev/zero": "ab"}), "is incomplete"),
        (partial(_altered, fingerprint="../../out"), "is incomplete"),
        (partial(_altered, precision="../../out"), "is incomplete"),
        (partial(_altered, reranker={"model": "a", "fingerprint": "../../o", "precision": "int8", "sha256": ""}), "is incomplete"),
    ],
)  # fmt: skip
def test_what_no_backup_has_is_refused(
    index: Path, tmp_path: Path, spoil: Callable[[Path], Any], reason: str
) -> None:
    """Soon, by its name, and without a file left behind."""
    file = tmp_path / "b.tar"
    back_up(index, file)
    spoil(file)
    with cpu_time_at_most(2), pytest.raises(IndexDamaged, match=reason) as refused:
        restore_backup(file, tmp_path / "new")
    assert str(refused.value).startswith(f"{file} is not a complete backup (")
    assert ".tmp-" not in str(refused.value)
    assert not (tmp_path / "new").exists()
    assert not list(tmp_path.glob(".tmp-*"))


@pytest.mark.parametrize("spoil", [_sparse, _sparse_of_gnu, _large_contents])
def test_what_a_backup_says_of_itself_is_bounded(
    index: Path, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    """`upgrade` asks a file at the place of its backup."""
    file = tmp_path / "b.tar"
    back_up(index, file)
    spoil(file)
    with cpu_time_at_most(2), pytest.raises(IndexDamaged, match="is not a complete backup"):
        info_of(file)


@pytest.mark.parametrize(
    "values",
    [
        {"precision": "../../../out"},
        {"fingerprint": "../../../out"},
        {"fingerprint": ["a"]},
        {"sha256": {"../../out": "ab"}},
    ],
)
def test_a_manifest_of_an_earlier_format_leads_nowhere_else(
    tmp_path: Path, values: dict[str, object]
) -> None:
    """An upgrade would load a model from there."""
    upgrade(unpacked(6, tmp_path), tmp_path / "b.tar")
    _altered(tmp_path / "b.tar", **values)
    upgrading = partial(upgrade_restored, progress=Silent())
    with pytest.raises(IndexDamaged, match="is incomplete"):
        restore_backup(tmp_path / "b.tar", tmp_path / "new", upgrade=upgrading)
    assert not (tmp_path / "new").exists()
