"""`semsearch keys`: what is printed, and what is refused."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from semsearch.cli.output import common
from semsearch.ingest.build import build_index
from semsearch.search.glossary import Glossary
from semsearch.server.auth.key_store import KeyStore
from semsearch.server.auth.keys import KeyScope, is_key, utc_now
from semsearch.server.workers.process import Listening
from tests.cli.running import run
from tests.conftest import ENTRIES
from tests.own_indexes import keys_of


@pytest.fixture
def index(own_hashed_index: Path) -> Path:
    """Give an index of its own."""
    return own_hashed_index


def test_a_key_is_printed_once(index: Path) -> None:
    """Alone on standard output, to be piped.

    What it permits is said beside it, and later nothing shows it.
    """
    done = run("keys", "create", "-i", str(index), "--scope", "edit", "--name", "Ann")
    text = done.stdout.decode().removesuffix("\n")
    assert is_key(text)
    (key,) = keys_of(index).all()
    assert done.stderr.decode() == (
        f"This is the key {key.id} (edit, good until it is revoked). Keep it now: it is not shown again.\n"
    )
    assert (key.name, key.scope, key.glossaries, key.expires) == ("Ann", KeyScope.EDIT, (), None)
    for command in (
        ("list",),
        ("list", "--json"),
        ("revoke", key.id),
        ("revoke", key.id, "--json"),
    ):
        shown = run("keys", *command, "-i", str(index))
        assert (shown.returncode, shown.stderr) == (0, b"")
        assert text.rpartition("_")[2] not in shown.stdout.decode()
        assert key.id in shown.stdout.decode()


def test_a_key_as_json(index: Path) -> None:
    """JSON has all stated options; `list` gives the same without the key."""
    given = ("-g", "harbour", "-g", "bakery", "--expires", "30d", "--json", "-i", str(index))
    before = utc_now()
    made = json.loads(run("keys", "create", *given).stdout)
    assert is_key(made.pop("key"))
    created = datetime.fromisoformat(made["created"])
    assert before <= created <= utc_now()
    assert made == {
        "id": made["id"],
        "name": "",
        "scope": "search",
        "glossaries": ["harbour", "bakery"],
        "created": created.isoformat(),
        "expires": (created + timedelta(days=30)).isoformat(),
        "revoked": None,
    }
    assert json.loads(run("keys", "list", "-i", str(index), "--json").stdout) == [made]
    revoked = json.loads(run("keys", "revoke", made["id"], "-i", str(index), "--json").stdout)
    assert revoked == made | {"revoked": revoked["revoked"]}
    assert revoked["revoked"] >= made["created"]


def test_keys_as_a_table(index: Path) -> None:
    """What each permits and whether it is good; markup in a name is shown as it is."""
    assert run("keys", "list", "-i", str(index)).stdout.decode() == (
        "There is no key; `semsearch keys create` makes one\n"
    )
    store = keys_of(index)
    past = datetime(2026, 1, 2, tzinfo=UTC)
    store.create(name="[red]Ann", scope=KeyScope.EDIT, glossaries=["harbour"], now=past)
    store.create(
        name="Bob", scope=KeyScope.SEARCH, expires=past + timedelta(days=1), now=past + timedelta(1)
    )
    gone, _ = store.create(name="", scope=KeyScope.ADMIN, now=past + timedelta(days=2))
    store.revoke(gone.id, now=past + timedelta(days=3))
    shown = run("keys", "list", "-i", str(index), env={"COLUMNS": "120"}).stdout.decode()
    lines = [re.split(r"\s{2,}", line.strip()) for line in shown.splitlines()]
    ids = [key.id for key in store.all()]
    assert lines == [
        ["Id", "Name", "Permits", "Made", "State"],
        [ids[0], "[red]Ann", "edit in harbour", "2026-01-02", "good until it is revoked"],
        [ids[1], "Bob", "search", "2026-01-03", "expired on 2026-01-03 00:00 UTC"],
        [ids[2], "admin", "2026-01-04", "was revoked on 2026-01-05 00:00 UTC"],
    ]


def test_revoking_says_so(index: Path) -> None:
    """Revoking a key again prints the same."""
    key, _ = keys_of(index).create(name="", scope=KeyScope.EDIT, now=utc_now())
    for _ in range(2):
        done = run("keys", "revoke", key.id, "-i", str(index))
        assert done.stdout.decode() == f"The key {key.id} opens nothing any more\n"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("create", "--scope", "root"), "'root' is no scope of a key; choose search, edit, admin"),
        (
            ("create", "-g", "ships"),
            "there is no glossary 'ships' in this index; there are bakery,",
        ),
        (("create", "--expires", "soon"), "'soon' is not a time to expire at; state days (30d)"),
        (("create", "--expires", "2020-01-01"), "a key cannot expire at '2020-01-01'; choose"),
        (("create", "--expires", ""), "'' is not a time to expire at"),
        (("create", "--name", "a\nb"), "the name of a key is one line"),
        (("create", "-s", "admin", "-g", "bakery"), "a key of scope admin is for the whole index"),
        (("revoke", "nothing"), "there is no key with the id 'nothing'; `semsearch keys list`"),
    ],
)
def test_what_is_refused(index: Path, given: tuple[str, ...], said: str) -> None:
    """A refusal is one line, before anything is written."""
    done = run("keys", *given, "-i", str(index))
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith(f"semsearch: {said}")
    assert not (index / "keys.db").exists()


@pytest.mark.parametrize("command", [("create",), ("list",), ("revoke", "a")])
def test_keys_are_those_of_an_index(tmp_path: Path, command: tuple[str, ...]) -> None:
    """A folder without an index is refused, and no file is made in it."""
    done = run("keys", *command, "-i", str(tmp_path / "indx"))
    assert done.returncode == 3
    assert done.stderr.decode().startswith(f"semsearch: there is no index in {tmp_path}/indx;")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_of_keys_is_index_trouble(index: Path) -> None:
    """The exit code is 3, and the message says what to do."""
    (index / "keys.db").write_bytes(b"nothing that SQLite knows" * 100)
    done = run("keys", "list", "-i", str(index))
    assert done.returncode == 3
    assert b"keys.db is not a sound database of keys" in done.stderr


def test_a_build_leaves_the_keys_alone(tmp_path: Path) -> None:
    """A key stays valid, although its glossary is gone."""
    build_index(ENTRIES, tmp_path, model="hashed")
    store = KeyStore(tmp_path / "keys.db")
    made, _ = store.create(name="", scope=KeyScope.EDIT, glossaries=["harbour"], now=utc_now())
    build_index(ENTRIES[:3], tmp_path, model="hashed")
    assert store.all() == [made]


def test_serve_says_that_reading_needs_a_key(
    glossary: Glossary, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message says how to send a key; with open reading it is missing."""
    for is_open in (True, False):
        listening = Listening("http://127.0.0.1:8000", "what?", glossary.info(), is_open)
        common.serving(listening, named_model=None)
        said = capsys.readouterr().out
        assert ("Reading needs an access key; `semsearch keys create` makes one" in said) != is_open
        assert ('-H "Authorization: Bearer $SEMSEARCH_KEY"' in said) != is_open
