"""The Python client, in both forms, asks a real service; a proxy before it fails."""

from __future__ import annotations

import asyncio
import itertools
import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from email.utils import formatdate
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from semsearch_client import (
    AsyncClient,
    BusyError,
    Client,
    ConflictError,
    InvalidArgumentError,
    NotFoundError,
    ProblemError,
    SemsearchClientError,
    UnexpectedAnswerError,
    UnreachableError,
    __version__,
    models,
)
from semsearch_client.decoding import decode
from semsearch_client.models import Answer, Suggestion

import semsearch
from tests.clients.conftest import ClientTarget
from tests.conftest import PROJECT
from tests.own_indexes import OwnIndexes

pytestmark = pytest.mark.process
NUMBERS = itertools.count()
"""For names that no other test has."""


class BlockingClient:
    """An `AsyncClient` that is used like a `Client`, so that one test is of both."""

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - those of the client
        self._runner = asyncio.Runner()
        self._client = AsyncClient(*args, **options)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)
        return lambda *args, **kwargs: self._runner.run(method(*args, **kwargs))

    def close(self) -> None:
        """Close the client and its loop."""
        self._runner.run(self._client.close())
        self._runner.close()


Connect = Callable[..., Client]


@pytest.fixture(params=[Client, BlockingClient], ids=["sync", "async"])
def connect(request: pytest.FixtureRequest, target: ClientTarget) -> Iterator[Connect]:
    """Yield what makes a client with a key; with a script its requests pass the flaky proxy."""
    made = []

    def connect(script: str = "", **options: Any) -> Client:  # noqa: ANN401 - of the client
        url = f"{target.flaky}/{script}/py-{next(NUMBERS)}" if script else target.url
        made.append(request.param(url, **{"key": target.key, **options}))
        found: Client = made[-1]
        return found

    yield connect
    for client in made:
        client.close()


def test_questions_names_and_entries_are_read(connect: Connect, own_indexes: OwnIndexes) -> None:
    """As objects, whose members are those of the API."""
    client = connect()
    answer = client.search("whisks", limit=2)
    assert (answer.verdict, answer.hits[0].id, len(answer.hits)) == ("exact", "kitchen:whisk", 2)
    assert answer.hits[0].source is not None
    assert answer.hits[0].source.line == 3
    many = client.search_many(["GPS", "ladle"], limit=1, glossary="kitchen")
    assert [one.hits[0].glossary for one in many] == ["kitchen", "kitchen"]
    assert client.suggest("kee") == [
        Suggestion(name="Keel", id="ships:keel", term="Keel", glossary="ships")
    ]
    assert client.related("Whisk").see_also[0].id == "kitchen:ladle"
    assert client.entry("Port/Starboard").id == "ships:port-starboard"
    assert {one.name for one in client.glossaries()} == {"kitchen", "ships"}
    assert b"Keel" in client.export("ships")
    assert (client.info().follows is not None) == own_indexes.is_shared


def test_an_entry_is_added_changed_and_deleted(connect: Connect) -> None:
    """From the state that was read; its history and the changes say what became of it."""
    client = connect()
    term = f"Peel {next(NUMBERS)}"
    added = client.add_entry(glossary="kitchen", term=term, definition="A shovel for loaves.")
    read = client.entry(added.id)
    assert read == added
    changed = client.change_entry(added.id, aliases=["oven shovel"], if_match=read.etag)
    assert changed.aliases == ["oven shovel"]
    with pytest.raises(ConflictError, match="condition-failed") as refused:
        client.change_entry(added.id, aliases=[], if_match=read.etag)
    assert (refused.value.status, refused.value.retry_after) == (412, None)
    since = client.changes()
    taught = client.teach(added.id, "what puts bread into the oven?")
    assert taught.asked_as == ["what puts bread into the oven?"]
    put = client.replace_entry(
        added.id, if_match=taught.etag, term=term, definition="A flat shovel."
    )
    assert (put.definition, put.asked_as) == ("A flat shovel.", None)
    client.delete_entry(added.id, if_match=put.etag, successor="kitchen:ladle")
    assert client.entry(added.id).id == "kitchen:ladle"
    kinds = [one.kind for one in client.history(added.id)]
    assert kinds == ["added", "changed", "changed", "changed", "deleted"]
    page = client.changes(since.position, limit=10)
    assert [(one.id, one.entry, one.successor) for one in page.changes] == [
        (added.id, None, "kitchen:ladle")
    ]
    assert client.changes(page.position).changes == []
    assert not page.is_partial


def test_problems_are_errors_of_their_kind(connect: Connect) -> None:
    """They have the type, and what is wrong."""
    with pytest.raises(NotFoundError) as unknown:
        connect().entry("none")
    assert (unknown.value.status, unknown.value.slug) == (404, "entry-not-found")
    assert unknown.value.detail in str(unknown.value)
    with pytest.raises(ProblemError) as refused:
        connect(key="wrong").entry("Whisk")
    assert (refused.value.status, refused.value.slug) == (401, "key-refused")
    with pytest.raises(ProblemError, match=r"<h1>Bad Gateway</h1>.*502 Bad Gateway") as proxy:
        connect("html").info()
    assert proxy.value.slug == ""


def test_a_busy_service_and_a_lost_connection_are_tried_again(connect: Connect) -> None:
    """Until the retries are used up."""
    assert connect("busy,drop,busy").entry("Whisk").id == "kitchen:whisk"
    assert connect("drop").search_many(["whisk"])[0].verdict == "exact"
    with pytest.raises(BusyError) as busy:
        connect("busy,busy", retries=1).info()
    assert (busy.value.slug, busy.value.retry_after) == ("overloaded", 0)
    with pytest.raises(UnreachableError, match=r"no answer from http://127\.0\.0\.1"):
        connect("drop,drop", retries=1).info()


def test_nobody_waits_longer_than_agreed(connect: Connect) -> None:
    """Who is told to come again in a minute is told so at once."""
    begun = time.monotonic()
    with pytest.raises(BusyError) as busy:
        connect("busy60").info()
    assert busy.value.retry_after == 60
    assert time.monotonic() - begun < 30


def test_an_edit_whose_answer_was_lost_is_carried_out_once(connect: Connect) -> None:
    """Each edit has an `Idempotency-Key`, and of two calls with one key only the first counts."""
    client, term = connect(), f"Rack {next(NUMBERS)}"
    definition = "A grid on which loaves cool."
    added = connect("lost").add_entry(glossary="kitchen", term=term, definition=definition)
    assert connect("lost").teach(term, "where do loaves cool?").asked_as == [
        "where do loaves cool?"
    ]
    now = client.entry(added.id)
    delete = partial(client.delete_entry, added.id, if_match=now.etag, idempotency_key=term)
    assert delete() == delete()
    kinds = [one.kind for one in client.history(added.id)]
    assert kinds == ["added", "changed", "deleted"]


def test_what_is_not_semsearch_is_said(target: ClientTarget) -> None:
    """Instead of an error from deep inside."""
    with Client("http://127.0.0.1:9", retries=0) as closed, pytest.raises(UnreachableError):
        closed.info()
    with Client(f"{target.url}/docs") as wrong, pytest.raises(NotFoundError):
        wrong.info()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"url": "localhost:8000"}, "'localhost:8000' is not the address of a service, such as "),
        ({"url": "ftp://x"}, "'ftp://x' is not the address of a service"),
        ({"url": ""}, "'' is not the address of a service"),
        ({"url": None}, "None is not the address of a service"),
        ({"url": "http://"}, "'http://' is not the address of a service.*names no host"),
        ({"url": "https:///terms"}, "'https:///terms' is not the address of a service"),
        ({"url": "http://a b"}, "'http://a b' is not the address of a service"),
        ({"url": "http://."}, "'http://.' is not the address of a service"),
        ({"url": f"http://{'a' * 300}"}, "is not the address of a service.*label too long"),
        ({"url": "http://[::1"}, r"'http://\[::1' is not the address of a service"),
        ({"url": "http://x:y"}, "'http://x:y' is not the address of a service.*port: 'y'"),
        ({"url": "http://x:99999"}, "'http://x:99999' is not.*a port is at most 65535"),
        ({"url": "http://x/\n"}, r"'http://x/\\n' is not the address of a service"),
        ({"url": "http://x?q=1"}, "it has a query or a fragment"),
        ({"url": "http://x#q"}, "it has a query or a fragment"),
        ({"key": "schlüssel"}, "the key has 'ü' as character 5 of 9"),
        ({"key": "secret\n"}, r"the key has '\\n' as character 7 of 7"),
        ({"key": "two words"}, "the key has ' ' as character 4 of 9"),
        ({"key": b"x"}, "the key is a bytes, not a str"),
        ({"timeout": -1}, "timeout=-1 is not a number of more than 0"),
        ({"timeout": float("nan")}, "timeout=nan is not a number of more than 0"),
        ({"retries": -1}, "retries=-1 is not a number of 0 or more"),
        ({"max_wait": None}, "max_wait=None is not a number of 0 or more"),
    ],
)
@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_what_cannot_be_meant_is_refused_at_once(
    kind: type[Client | AsyncClient], options: dict[str, Any], message: str
) -> None:
    """By an error of the client that names the value; of a key, only the wrong character."""
    with pytest.raises(InvalidArgumentError, match=message) as refused:
        kind(**{"url": "http://127.0.0.1:9", **options})
    assert isinstance(refused.value, SemsearchClientError)
    assert "secret" not in str(refused.value)
    assert "words" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["HTTP://127.0.0.1:9", "http://[::1]:9/terms/", "http://bäcker.example"]
)
def test_odd_addresses_that_are_valid_are_taken(url: str) -> None:
    """A scheme in capitals, IPv6, a folder behind a proxy, a domain with accents."""
    Client(url, key="").close()


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda client: client.entry(".."), "'..' is not an id or a name: no address can have it"),
        (lambda client: client.related("."), "'.' is not an id or a name"),
        (lambda client: client.history(""), "'' is not an id or a name"),
        (lambda client: client.delete_entry(".."), "'..' is not an id or a name"),
        (lambda client: client.teach("..", "x"), "'..' is not an id or a name"),
        (lambda client: client.entry(5), "5 is not an id or a name: it is a int, not a str"),
        (lambda client: client.entry("a\ud800"), "is not an id or a name.*half of a character"),
        (lambda client: client.export(".."), "'..' is not the name of a glossary"),
        (lambda client: client.search("a\ud800b"), r"'\\ud800' in 'a\\ud800b' is half of a char"),
        (lambda client: client.search_many(["\ud800"]), "half of a character"),
        (
            lambda client: client.search_many([{1}]),
            "cannot be sent: Object of type set is not JSON",
        ),
        (lambda client: client.entry("a" * 70_000), "an argument cannot be sent: URL too long"),
        (lambda client: client.change_entry("a", if_match="ä"), "If-Match cannot be 'ä'"),
        (
            lambda client: client.add_entry(glossary="a", idempotency_key="a\nb"),
            r"Idempotency-Key cannot be 'a\\nb'",
        ),
    ],
)
def test_arguments_that_cannot_be_sent_are_refused(
    connect: Connect, act: Callable[[Client], object], message: str
) -> None:
    """By an error of the client that names the value; nothing is sent."""
    with pytest.raises(InvalidArgumentError, match=message):
        act(connect())


def test_names_with_dots_and_slashes_are_asked_for(connect: Connect) -> None:
    """As they are; the service says whether it has them."""
    for name in ("a/../b", "../x", "%2e%2e", "...", "x/."):
        with pytest.raises(NotFoundError, match="entry-not-found"):
            connect().entry(name)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "'\\[\\]' is a list, not a dict"),
        ({"query": "x"}, "Answer has no 'verdict', only query"),
        ({"query": 1}, "'1' is a int, not a str"),
    ],
)
def test_answers_of_another_shape_are_refused(value: object, message: str) -> None:
    """The message names the member; members that are not known are ignored."""
    with pytest.raises(ValueError, match=message):
        decode(Answer, value)
    known = {"name": "A", "id": "b", "term": "c", "glossary": "d"}
    assert decode(Suggestion, {**known, "new": 1}) == Suggestion(**known)


def _without_null(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a value without members that are null: they may also be left out."""
    if isinstance(value, dict):
        return {name: _without_null(one) for name, one in value.items() if one is not None}
    return [_without_null(one) for one in value] if isinstance(value, list) else value


def test_every_example_of_the_description_is_read() -> None:
    """Of all answers that have a class, null members included."""
    described = json.loads((PROJECT / "tests/server/openapi.json").read_text(encoding="utf-8"))
    read = set()
    for operation in (one for of in described["paths"].values() for one in of.values()):
        for media in operation["responses"].get("200", {}).get("content", {}).values():
            schema = media.get("schema", {})
            name = schema.get("items", schema).get("$ref", "").rpartition("/")[2]
            if kind := getattr(models, name, None):
                example = media["example"]
                for one in example if "items" in schema else [example]:
                    assert _without_null(asdict(decode(kind, one))) == _without_null(one)
                read.add(name)
    assert {"Answer", "Related", "Change", "Version", "ServiceInfo", "StoredEntry"} <= read
    mention = {"id": "a:b", "term": "B", "glossary": "a", "span": None, "relation": None}
    assert decode(models.Reference, mention).relation is None


@pytest.mark.parametrize(
    ("stated", "least", "most"), [("7", 7, 7), (formatdate(2e9, usegmt=True), 1, 2e9), ("0", 0, 0)]
)
def test_a_pause_is_stated_in_seconds_or_as_a_date(stated: str, least: float, most: float) -> None:
    """A service says seconds, a proxy may say a date; nonsense is no pause."""
    request = httpx2.Request("GET", "http://x")
    for said in (stated, "soon"):
        response = httpx2.Response(503, headers={"Retry-After": said}, request=request)
        wait = ProblemError.of(response).retry_after
        assert wait is None if said == "soon" else wait is not None and least <= wait <= most


def test_an_answer_in_another_format_is_said(target: ClientTarget) -> None:
    """Such as that of a page of another site."""
    page = httpx2.MockTransport(lambda _: httpx2.Response(200, html="<h1>It works!</h1>"))
    with Client(target.url) as client:
        client._http = httpx2.Client(transport=page)
        with pytest.raises(UnexpectedAnswerError, match="did not answer as semsearch does"):
            client.info()


def test_the_wheel_has_the_types_and_the_version_of_the_service(tmp_path: Path) -> None:
    """It needs nothing but its modules."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=PROJECT / "clients" / "python", check=True, capture_output=True)
    (wheel,) = tmp_path.iterdir()
    assert wheel.name == f"semsearch_client-{semsearch.__version__}-py3-none-any.whl"
    assert __version__ == semsearch.__version__
    names = zipfile.ZipFile(wheel).namelist()
    assert {"semsearch_client/py.typed", "semsearch_client/models.py"} <= set(names)
