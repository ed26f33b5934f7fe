"""A service over a restored backup: what was told of the index before means nothing in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from semsearch.core.errors import InvalidSetting
from semsearch.core.settings import load_settings
from semsearch.index.backup import back_up
from semsearch.index.restore import restore_backup
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.auth.keys import Secret, utc_now
from tests.cli.running import run
from tests.own_indexes import keys_of, new_key
from tests.server.conftest import problem_of

WHISK = "/v1/entries/kitchen:whisk"
SIEVE = {"glossary": "kitchen", "term": "Sieve", "definition": "A mesh that holds back lumps."}
LADLE = {"glossary": "kitchen", "term": "Ladle", "definition": "A spoon for soup."}


@contextmanager
def _serving(folder: Path, secret: str = "") -> Iterator[TestClient]:
    with (
        Glossary.open(folder) as glossary,
        TestClient(create_app(glossary, load_settings(index=folder))) as started,
    ):
        if secret:
            started.headers["Authorization"] = f"Bearer {secret}"
        yield started


def test_tags_and_positions_from_before_match_nothing(folder: Path, tmp_path: Path) -> None:
    """Although the restored store counts the same revisions again, with another content."""
    secret = new_key(folder)
    back_up(folder, tmp_path / "b.tar")
    with _serving(folder, secret) as before:
        sieve = before.post("/v1/entries", json=SIEVE)
        tag, answer = sieve.headers["ETag"], before.get("/v1/search?q=whisk").headers["ETag"]
        heard = before.get("/v1/changes?since=0").headers["Semsearch-Position"]
        assert heard.endswith("-9")
        nothing = before.get(f"/v1/changes?since={heard}")
        assert (nothing.content, nothing.headers["Semsearch-Position"]) == (b"", heard)
    restore_backup(tmp_path / "b.tar", tmp_path / "new")
    with _serving(tmp_path / "new", secret) as after:
        problem_of(after.get(f"/v1/changes?since={heard}"), 410, "position-gone")
        problem_of(after.get("/v1/changes?since=9"), 410, "position-gone")
        other = after.post("/v1/entries", json={**LADLE, "term": "Sieve"})
        assert other.json()["revision"] == sieve.json()["revision"] == 9
        path = other.headers["Location"]
        changed = after.patch(path, json={"term": "Strainer"}, headers={"If-Match": tag})
        problem_of(changed, 412, "condition-failed")
        assert after.get(path, headers={"If-None-Match": tag}).status_code == 200
        again = after.get("/v1/search?q=whisk", headers={"If-None-Match": answer})
        assert again.status_code == 200
        problem_of(after.get(f"/v1/changes?since={heard}"), 410, "position-gone")
        told = after.get("/v1/changes?since=0&limit=2")
        position = told.headers["Semsearch-Position"]
        lines = after.get(f"/v1/changes?since={position}").content.splitlines()
        assert json.loads(lines[-1])["id"] == other.json()["id"]


def test_what_was_revoked_stays_revoked_beside_the_former_index(
    folder: Path, tmp_path: Path
) -> None:
    """A key made since is there too; without the former index the keys in doubt are counted."""
    secret = new_key(folder)
    back_up(folder, tmp_path / "b.tar")
    keys_of(folder).revoke(Secret.parse(secret).id, now=utc_now())
    later = new_key(folder, name="Bob")
    assert restore_backup(tmp_path / "b.tar", tmp_path / "alone").unsure_keys == 1
    restored = restore_backup(tmp_path / "b.tar", tmp_path / "new", former=folder)
    assert restored.unsure_keys == 0
    assert sorted(path.name for path in (tmp_path / "new").glob("*keys*")) == [
        "keys.db",
        "keys.db-journal",
    ]
    assert (tmp_path / "new" / "keys.db").stat().st_mode & 0o777 == 0o600
    for place, key, status in (("alone", secret, 201), ("new", secret, 401), ("new", later, 201)):
        with _serving(tmp_path / place, key) as client:
            assert client.post("/v1/entries", json=LADLE).status_code == status
    with pytest.raises(InvalidSetting, match="is not the folder of an index"):
        restore_backup(tmp_path / "b.tar", tmp_path / "third", former=tmp_path)


@pytest.mark.process
def test_the_command_line_says_which_keys_are_in_doubt(folder: Path, tmp_path: Path) -> None:
    """The message says what to do about these keys."""
    new_key(folder)
    back_up(folder, tmp_path / "b.tar")
    command = ("restore-backup", str(tmp_path / "b.tar"), "--index")
    alone = run(*command, str(tmp_path / "alone"))
    assert alone.returncode == 0
    assert b"1 of its keys may have been revoked since" in alone.stderr
    beside = run(*command, str(tmp_path / "new"), "--former", str(folder))
    assert (beside.returncode, beside.stderr) == (0, b"")
