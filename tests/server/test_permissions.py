"""Permissions: every route has a required scope, and every request checks its key.

Covers `server/request_context` and `server/auth/described_scopes`.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from semsearch.core.settings import load_settings
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.auth import permissions
from semsearch.server.auth.key_store import KeyRing
from semsearch.server.auth.keys import AccessKey, KeyScope, Secret
from semsearch.server.auth.permissions import (
    COSTLY,
    EDIT,
    OPEN,
    REQUIRED_SCOPES,
    SEARCH,
    Authenticator,
    RouteGuard,
    guard,
)
from semsearch.server.client_address import Proxies
from semsearch.server.http import exception_handlers, middleware
from semsearch.server.queueing.admission import Admission
from semsearch.server.queueing.waiting_line import WaitingLine
from semsearch.server.search_service import SearchService
from tests.own_indexes import key_header, keys_of
from tests.server.clock import SettableClock
from tests.server.conftest import check_common_headers, problem_of

NOW = datetime(2027, 3, 1, 12, 30, tzinfo=UTC)
READS = (
    "/v1/search?q=soup",
    "/v1/entries/kitchen:whisk",
    "/v1/entries/kitchen:whisk/related",
    "/v1/glossaries",
    "/v1/suggest?q=wh",
    "/v1/map?glossary=kitchen",
    "/v1/map/question?q=soup&glossary=kitchen",
    "/entry/kitchen:whisk",
    "/entry/kitchen:whisk.md",
    "/glossary/kitchen",
    "/map",
    "/llms.txt",
    "/suggestions?q=wh",
)
OPEN_PATHS = (
    "/docs",
    "/openapi.json",
    "/widget",
    "/widget.js",
    "/livez",
    "/readyz",
    "/static/page.js",
)
Made = tuple[AccessKey, dict[str, str]]


@pytest.fixture(scope="module")
def clock() -> SettableClock:
    """Return the clock of the applications below."""
    return SettableClock(NOW)


@pytest.fixture(scope="module")
def make(module_folder: Path) -> Callable[..., Made]:
    """Return what makes a key, and the header that sends it."""
    store = keys_of(module_folder)

    def made(
        scope: KeyScope = SEARCH, glossaries: Sequence[str] = (), expires: datetime | None = None
    ) -> Made:
        key, secret = store.create(
            name="Ann", scope=scope, glossaries=glossaries, expires=expires, now=NOW
        )
        return key, {"Authorization": f"Bearer {secret.text}"}

    return made


@pytest.fixture(scope="module")
def keyed(module_folder: Path, clock: SettableClock) -> Iterator[Glossary]:
    """Yield the open index."""
    with Glossary.open(module_folder) as opened:
        yield opened


@pytest.fixture(scope="module")
def closed_app(
    keyed: Glossary, module_folder: Path, clock: SettableClock, direct_paths: Collection[str]
) -> FastAPI:
    """Return an application where reading needs a key."""
    settings = load_settings(index=module_folder, read="key")
    return create_app(keyed, settings, clock=clock, direct_paths=direct_paths)


@pytest.fixture(scope="module")
def closed(closed_app: FastAPI) -> Iterator[TestClient]:
    """Yield a client of a service where reading needs a key."""
    with TestClient(closed_app) as started:
        yield started


@pytest.fixture(scope="module")
def opened(
    keyed: Glossary, module_folder: Path, clock: SettableClock, direct_paths: Collection[str]
) -> Iterator[TestClient]:
    """Yield a client of a service that anybody may read."""
    settings = load_settings(index=module_folder, read="open")
    app = create_app(keyed, settings, clock=clock, direct_paths=direct_paths)
    with TestClient(app) as started:
        yield started


def test_every_route_has_a_decision(app: FastAPI) -> None:
    """The table has all routes, also those outside the interface description, and no others."""
    for route in app.routes:
        assert isinstance(route, Route | Mount)
        assert isinstance(route.app, RouteGuard), route.path
        assert route.app.needed == REQUIRED_SCOPES[str(route.name)]
    paths = {route.path for route in app.routes if isinstance(route, Route | Mount)}
    assert {"/", "/docs", "/openapi.json", "/static", "/static/swagger", "/livez"} <= paths
    assert {route.name for route in app.routes if isinstance(route, Route | Mount)} == set(
        REQUIRED_SCOPES
    )


def test_every_operation_states_its_decision(app: FastAPI) -> None:
    """The interface description has the scope that a key needs, and the refusals."""
    schema = app.openapi()
    assert schema["components"]["securitySchemes"]["accessKey"]["scheme"] == "bearer"
    routes = {
        (route.path_format, method.lower()): route
        for route in app.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            needed = REQUIRED_SCOPES[routes[path, method].name]
            if needed is OPEN:
                assert operation["security"] == []
                continue
            keyed = {"accessKey": [str(needed)]}
            is_open = needed is SEARCH and routes[path, method].name not in COSTLY
            assert operation["security"] == ([{}, keyed] if is_open else [keyed])
            assert {"400", "401", "403"} <= set(operation["responses"]), path
            assert "WWW-Authenticate" in operation["responses"]["401"]["headers"]


@pytest.mark.parametrize(("history", "status"), [("key", 401), ("open", 200)])
def test_histories_need_a_key_unless_they_are_opened(
    module_folder: Path, make: Callable[..., Made], history: str, status: int
) -> None:
    """Histories name editors and have deleted entries, so open reading does not include them."""
    path = "/v1/entries/kitchen:whisk/history"
    settings = load_settings(index=module_folder, history=history)
    with (
        Glossary.open(module_folder) as glossary,
        TestClient(create_app(glossary, settings)) as client,
    ):
        assert client.get("/v1/entries/kitchen:whisk").status_code == 200
        assert client.get(path).status_code == status
        assert client.get(path, headers=make(SEARCH)[1]).status_code == 200
        declared = client.get("/openapi.json").json()["paths"]["/v1/entries/{id}/history"]
        assert ({} in declared["get"]["security"]) == (history == "open")


def test_a_closed_service_states_that_reading_needs_a_key(closed: TestClient) -> None:
    """The interface description offers no access without a key."""
    schema = closed.get("/openapi.json").json()
    assert schema["paths"]["/v1/search"]["get"]["security"] == [{"accessKey": ["search"]}]
    assert schema["paths"]["/livez"]["get"]["security"] == []


def _admission() -> Admission:
    line = WaitingLine(1, 1, 1)
    return Admission(line, line, line, line, Proxies())


def test_an_application_with_a_route_without_decision_is_not_made(tmp_path: Path) -> None:
    """This includes routes outside the interface description."""
    router = APIRouter()

    @router.get("/secrets", include_in_schema=False)
    def secrets() -> None:
        """Tell all."""

    for routes in (router.routes, [Mount("/files", app=Starlette(), name="files")]):
        door = Authenticator(KeyRing(tmp_path / "keys.db"), is_open=True)
        with pytest.raises(
            TypeError,
            match=r"is missing from semsearch\.server\.auth\.permissions\.REQUIRED_SCOPES",
        ):
            guard(routes, door, _admission())


@pytest.mark.parametrize("busy", ["key", "address"])
def test_heavy_requests_share_by_key(
    keyed: Glossary, module_folder: Path, make: Callable[..., Made], clock: SettableClock, busy: str
) -> None:
    """Two keys at one address have a share each, beside that of callers without a key."""
    (key, headers), (_, other) = make(), make()
    settings = load_settings(index=module_folder, read="open", queue=8, patience=600)
    app = create_app(keyed, settings, clock=clock)
    service: SearchService = app.state.search_service
    party = f"key {key.id}" if busy == "key" else "testclient"
    batch, export = {"questions": ["soup"]}, "/v1/glossaries/kitchen/export"
    with TestClient(app) as http:
        with ExitStack() as stack:
            while not service.heavy_line.is_full(party):
                stack.enter_context(service.heavy_line.entered(party, timed=False))
            for sent in ({}, headers, other):
                is_busy = sent == (headers if busy == "key" else {})
                for answer in (
                    http.post("/v1/search", json=batch, headers=sent),
                    http.get(export, headers=sent),
                ):
                    assert answer.status_code == (503 if is_busy else 200)
        assert http.post("/v1/search", json=batch, headers=headers).status_code == 200
    assert service.heavy_line.count == 0


@pytest.mark.parametrize("path", READS)
def test_reading_with_and_without_a_key(
    closed: TestClient, opened: TestClient, make: Callable[..., Made], path: str
) -> None:
    """If reading is closed any key is enough; if it is open none is needed.

    Answers are the same, but for the links of whoever may edit.
    """
    links = re.compile(rb'<p class="owners".*')
    body = problem_of(closed.get(path), 401, "key-needed")
    assert body["detail"] == "send a key as Authorization: Bearer KEY"
    refused = closed.get(path)
    assert refused.headers["www-authenticate"] == 'Bearer realm="semsearch"'
    expected = opened.get(path)
    assert expected.status_code == 200
    for scope in KeyScope:
        _, header = make(scope)
        answer = closed.get(path, headers=header)
        assert answer.status_code == 200
        for one in (answer, opened.get(path, headers=header)):
            assert links.sub(b"", one.content) == links.sub(b"", expected.content)


def test_an_answer_that_is_held_still_needs_a_key(
    closed: TestClient, make: Callable[..., Made]
) -> None:
    """An ETag is no key; and caches are told that answers differ by it."""
    _, header = make()
    first = closed.get(READS[0], headers=header)
    assert first.headers["vary"] == "Accept, Authorization"
    held = {"If-None-Match": first.headers["etag"]}
    assert closed.get(READS[0], headers=held).status_code == 401
    assert closed.get(READS[0], headers=held | header).status_code == 304


@pytest.mark.parametrize("path", OPEN_PATHS)
def test_what_says_nothing_of_the_index_is_open(closed: TestClient, path: str) -> None:
    """Health checks, pages and their files; a header for a proxy changes nothing."""
    assert closed.get(path).status_code == 200
    for sent in ("Basic YTpi", "Bearer nonsense"):
        assert closed.get(path, headers={"Authorization": sent}).status_code == 200


def test_a_batch_is_not_read_before_the_key(closed: TestClient, make: Callable[..., Made]) -> None:
    """A body that would be refused is not even looked at."""
    problem_of(closed.post("/v1/search", content=b"x" * 300_000), 401, "key-needed")
    asked = {"questions": ["soup"]}
    assert closed.post("/v1/search", json=asked, headers=make()[1]).status_code == 200


def test_a_key_is_made_revoked_and_expires_while_the_service_runs(
    closed: TestClient, module_folder: Path, make: Callable[..., Made], clock: SettableClock
) -> None:
    """Each counts at the next request; the holder of a key is told why it is not good."""
    key, header = make(expires=NOW + timedelta(days=30))
    assert closed.get(READS[3], headers=header).status_code == 200
    clock.now = NOW + timedelta(days=30)
    try:
        answer = closed.get(READS[3], headers=header)
        body = problem_of(answer, 401, "key-refused")
    finally:
        clock.now = NOW
    assert body["detail"].startswith(f"the key {key.id} expired on 2027-03-31 12:30 UTC; ")
    assert answer.headers["www-authenticate"] == 'Bearer realm="semsearch", error="invalid_token"'
    assert closed.get(READS[3], headers=header).status_code == 200
    keys_of(module_folder).revoke(key.id, now=NOW)
    body = problem_of(closed.get(READS[3], headers=header), 401, "key-refused")
    assert body["detail"].startswith(f"the key {key.id} was revoked on 2027-03-01 12:30 UTC; ")


def test_a_key_that_is_sent_is_judged_where_none_is_needed(
    opened: TestClient, make: Callable[..., Made]
) -> None:
    """Nobody goes on believing in a key that is not good; credentials of a proxy are let be."""
    wrong = {"Authorization": f"Bearer {Secret.new().text}"}
    problem_of(opened.get(READS[0], headers=wrong), 401, "key-refused")
    assert opened.get(READS[0], headers={"Authorization": "Basic YTpi"}).status_code == 200
    answer = opened.get(READS[0] + "&glossary=ships", headers=make(SEARCH, ["kitchen"])[1])
    problem_of(answer, 403, "not-permitted")


@pytest.mark.parametrize("form", ["bearer {}", "BEARER {}", "Bearer    {}", "Bearer {}  "])
def test_forms_of_the_header(closed: TestClient, make: Callable[..., Made], form: str) -> None:
    """The scheme is read in any case, and blanks around the key do not count."""
    text = make()[1]["Authorization"].removeprefix("Bearer ")
    answer = closed.get(READS[3], headers={"Authorization": form.format(text)})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("sent", "slug"),
    [
        ("", "key-needed"),
        ("Bearer", "key-refused"),
        ("Bearer ", "key-refused"),
        ("Basic YTpi", "key-needed"),
        ("Token {}", "key-needed"),
        ("{}", "key-needed"),
        ("Bearer {} {}", "key-refused"),
        ("Bearer {}, Bearer {}", "key-refused"),
        ('Bearer "{}"', "key-refused"),
        ("Bearer\t{}", "key-needed"),
    ],
)
def test_what_is_no_key_in_a_header(
    closed: TestClient, make: Callable[..., Made], sent: str, slug: str
) -> None:
    """It is refused, and not repeated."""
    text = make()[1]["Authorization"].removeprefix("Bearer ")
    sent = sent.replace("{}", text)
    answer = closed.get(READS[3], headers={"Authorization": sent})
    problem_of(answer, 401, slug)
    assert text not in answer.text + str(answer.headers)


def test_two_headers_are_refused(opened: TestClient, make: Callable[..., Made]) -> None:
    """Nobody knows which of them another program on the way would take."""
    value = make()[1]["Authorization"]
    sent = [("Authorization", value), ("Authorization", value)]
    problem_of(opened.get(READS[0], headers=sent), 400, "malformed-request")


@given(st.binary(max_size=200).filter(lambda sent: not set(sent) & set(b"\r\n\0")))
def test_whatever_stands_in_the_header_lets_nobody_in(closed: TestClient, sent: bytes) -> None:
    """Any bytes in the header are answered with status 401."""
    for value in (sent, b"Bearer " + sent, b"Bearer semsearch_" + sent):
        answer = closed.get("/v1/glossaries", headers=[(b"authorization", value)])
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith('Bearer realm="semsearch"')


@pytest.mark.parametrize(
    "name",
    ["access_token", "access_key", "api_key", "apikey", "api-key", "key", "token", "authorization"],
)
@pytest.mark.parametrize("path", ["/v1/search?q=soup&", "/?", "/livez?", "/static/page.js?"])
def test_a_parameter_for_a_key_is_refused(
    closed: TestClient, make: Callable[..., Made], path: str, name: str
) -> None:
    """Every route refuses it with advice, and does not repeat the key."""
    text = make()[1]["Authorization"].removeprefix("Bearer ")
    for value in (text, "abc", ""):
        answer = closed.get(f"{path}{name.upper()}={value}")
        body = problem_of(answer, 400, "key-in-address")
        assert body["detail"].startswith("send a key as Authorization: Bearer KEY, never in an")
        assert text not in answer.text


@pytest.mark.parametrize(
    "path", ["/v1/search?q={}", "/v1/search?{}=1", "/?x=%73{}", "/v1/entries/{}", "/problems/{}"]
)
def test_a_key_anywhere_in_an_address_is_refused(
    closed: TestClient, make: Callable[..., Made], path: str
) -> None:
    """A good key in the header does not help: the address may be in logs."""
    _, header = make()
    text = header["Authorization"].removeprefix("Bearer ")
    sent = path.replace("%73{}", "%73" + text[1:]).replace("{}", text)
    answer = closed.get(sent, headers=header)
    problem_of(answer, 400, "key-in-address")
    assert text not in answer.text


def test_questions_about_keys_are_questions(opened: TestClient) -> None:
    """Only the name of a parameter and the form of a key count, not words."""
    for asked in ("key", "access_token", "semsearch_", "token=1", "what is semsearch_0123?"):
        assert opened.get("/v1/search", params={"q": asked}).status_code == 200


def test_a_key_for_one_glossary(
    closed: TestClient, opened: TestClient, make: Callable[..., Made]
) -> None:
    """It is asked without naming it; of the others nothing is said."""
    _, header = make(SEARCH, ["kitchen"])
    for path in ("/v1/search?q=bow", "/v1/search?q=bow&glossary=kitchen"):
        expected = opened.get("/v1/search?q=bow&glossary=kitchen")
        assert closed.get(path, headers=header).content == expected.content
    batch = {"questions": ["bow", "whisk"]}
    answers = closed.post("/v1/search", json=batch, headers=header).json()
    assert {hit["glossary"] for answer in answers for hit in answer["hits"]} == {"kitchen"}
    assert closed.get("/v1/glossaries", headers=header).json() == [
        {"name": "kitchen", "entries": 4}
    ]
    for glossary in ("ships", "none"):
        asked = {"q": "bow", "glossary": glossary}
        body = problem_of(
            closed.get("/v1/search", params=asked, headers=header), 403, "not-permitted"
        )
        assert body["detail"] == "this key is not for that glossary, but for kitchen"
        answer = closed.post("/v1/search", json=batch | {"glossary": glossary}, headers=header)
        problem_of(answer, 403, "not-permitted")


def test_answers_of_callers_who_may_see_different_things_have_different_tags(
    closed: TestClient, make: Callable[..., Made]
) -> None:
    """A browser with a new key revalidates with its old ETag, which must not match."""
    path = "/v1/glossaries"
    callers: list[list[str]] = [[], ["kitchen"], ["ships"], ["kitchen", "ships"]]
    answers = [closed.get(path, headers=make(SEARCH, names)[1]) for names in callers]
    tags = [answer.headers["etag"] for answer in answers]
    assert len(set(tags)) == 4
    for names, tag in zip(callers, tags, strict=True):
        held = {"If-None-Match": ", ".join(set(tags) - {tag})}
        _, header = make(SEARCH, names[::-1])
        assert closed.get(path, headers=header | held).headers["etag"] == tag
        assert closed.get(path, headers=header | held).status_code == 200
        assert closed.get(path, headers=header | {"If-None-Match": tag}).status_code == 304


def test_a_key_for_two_glossaries_names_one(closed: TestClient, make: Callable[..., Made]) -> None:
    """A request that names none is told which glossaries it may name."""
    _, header = make(EDIT, ["ships", "kitchen"])
    answer = closed.get("/v1/search?q=bow", headers=header)
    body = problem_of(answer, 403, "not-permitted")
    assert body["detail"] == "this key is not for the whole index; name one of ships, kitchen"
    asked = {"q": "bow", "glossary": "ships"}
    assert closed.get("/v1/search", params=asked, headers=header).status_code == 200
    assert len(closed.get("/v1/glossaries", headers=header).json()) == 2


def test_a_key_cannot_probe_names_of_other_glossaries(folder: Path) -> None:
    """A name that its holder adds is found, whether or not another glossary has it before."""
    header = key_header(folder, EDIT, "ships")
    with _serving(folder) as client:
        for term in ("Whisk", "Whisky"):  # the first is an entry of the kitchen
            entry = {"glossary": "ships", "term": term, "definition": "A boat of the harbour."}
            assert client.post("/v1/entries", json=entry, headers=header).status_code == 201
            found = client.get(f"/v1/entries/{term}", headers=header)
            assert (found.status_code, found.json()["glossary"]) == (200, "ships")
            assert client.get(f"/v1/entries/{term}/related", headers=header).status_code == 200


def test_tags_for_one_glossary_say_nothing_of_edits_in_others(folder: Path) -> None:
    """They change with an edit of its own; an unrestricted tag changes with each."""
    headers = {
        "all": key_header(folder),
        "ships": key_header(folder, EDIT, "ships"),
        "kitchen": key_header(folder, EDIT, "kitchen"),
    }
    path = "/v1/glossaries"
    with _serving(folder) as client:

        def tags() -> dict[str, str]:
            return {
                name: client.get(path, headers=h).headers["ETag"] for name, h in headers.items()
            }

        before = tags()
        sieve = {"glossary": "kitchen", "term": "Sieve", "definition": "A mesh for flour."}
        id_ = client.post("/v1/entries", json=sieve, headers=headers["all"]).json()["id"]
        added = tags()
        assert [name for name in headers if added[name] != before[name]] == ["all", "kitchen"]
        deleted = client.delete(f"/v1/entries/{id_}", headers=headers["all"] | {"If-Match": "*"})
        assert deleted.status_code == 200
        gone = tags()
        assert [name for name in headers if gone[name] != added[name]] == ["all", "kitchen"]


@contextmanager
def _serving(folder: Path) -> Iterator[TestClient]:
    """Yield a client of a service of its own."""
    with (
        Glossary.open(folder) as glossary,
        TestClient(create_app(glossary, load_settings(index=folder, read="key"))) as client,
    ):
        yield client


@pytest.mark.parametrize("name", ["ships:keel", "Keel", "GPS", "keeel", "nothing", "%00"])
@pytest.mark.parametrize("suffix", ["", "/related"])
def test_entries_of_other_glossaries_are_not_there(
    closed: TestClient, make: Callable[..., Made], name: str, suffix: str
) -> None:
    """Ids, names and suggestions do not reveal whether such an entry exists."""
    _, header = make(SEARCH, ["kitchen"])
    answer = closed.get(f"/v1/entries/{name}{suffix}", headers=header)
    body = problem_of(answer, 404, "entry-not-found")
    expected = "there is no entry with this id or name; this key is for kitchen only"
    assert body["detail"] == expected


def test_related_entries_of_other_glossaries_are_left_out(
    closed: TestClient, opened: TestClient, make: Callable[..., Made]
) -> None:
    """The others move up, in their order."""
    path = "/v1/entries/kitchen:colander/related?limit=100"
    whole = opened.get(path).json()
    own = closed.get(path, headers=make(SEARCH, ["kitchen"])[1]).json()
    kept = [near for near in whole["similar_meaning"] if near["glossary"] == "kitchen"]
    assert len(kept) < len(whole["similar_meaning"])
    expected = [near | {"rank": i} for i, near in enumerate(kept, 1)]
    assert own == whole | {"similar_meaning": expected}
    one = closed.get(path.replace("100", "1"), headers=make(SEARCH, ["kitchen"])[1]).json()
    assert one["similar_meaning"] == expected[:1]


async def _tell(request: Request) -> JSONResponse:
    """Do what an edit would do with its caller."""
    caller = permissions.caller_of(request)
    caller.check(request.path_params["glossary"])
    return JSONResponse({"id": caller.id, "name": caller.name})


@pytest.mark.parametrize("is_open", [True, False])
def test_editing_always_needs_a_key(
    module_folder: Path, make: Callable[..., Made], is_open: bool
) -> None:
    """The key needs the scope edit or admin and the right glossary; the route knows its name."""
    with closing(
        Authenticator(KeyRing(module_folder / "keys.db", lambda: NOW), is_open=is_open)
    ) as door:
        route = Route("/{glossary}", _tell, name="put")
        route.app = RouteGuard(route.app, route, door, _admission())
        app = Starlette(routes=[route])
        exception_handlers.handle_problems(app)
        http = TestClient(middleware.OutermostMiddleware(app))
        problem_of(http.get("/ships"), 401, "key-needed")
        answer = http.get("/ships", headers=make(SEARCH)[1])
        body = problem_of(answer, 403, "not-permitted")
        assert body["detail"] == "this needs a key of scope edit; this one is of scope search"
        assert answer.headers["www-authenticate"] == (
            'Bearer realm="semsearch", error="insufficient_scope", scope="edit"'
        )
        for scope in (EDIT, KeyScope.ADMIN):
            key, header = make(scope)
            assert http.get("/ships", headers=header).json() == {"id": key.id, "name": "Ann"}
        problem_of(http.get("/ships", headers=make(EDIT, ["kitchen"])[1]), 403, "not-permitted")


def test_nobody_is_let_in_when_the_keys_cannot_be_read(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is the service's fault, and its log says which file."""
    (folder / "keys.db").write_bytes(b"nothing that SQLite knows" * 100)
    with Glossary.open(folder) as glossary:
        app = create_app(glossary, load_settings(index=folder, read="key"))
        with TestClient(app) as http:
            sent = {"Authorization": f"Bearer {Secret.new().text}"}
            body = problem_of(http.get(READS[0], headers=sent), 503, "keys-unreadable")
            assert http.get("/livez").status_code == 200
    assert "keys.db" not in json.dumps(body)
    assert "keys.db is not a sound database of keys" in caplog.text


def test_a_key_is_never_logged(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Logs and answers show neither valid nor invalid keys."""
    caplog.set_level(logging.DEBUG)
    store = keys_of(folder)
    _, good = store.create(name="", scope=SEARCH, glossaries=["ships"], now=NOW)
    secrets = [good, Secret.new(), Secret(good.id, Secret.new().secret)]
    others = ("/v1/search?q=soup&glossary=kitchen", "/none", "/livez")
    answers: list[Any] = []
    with Glossary.open(folder) as glossary:
        app = create_app(glossary, load_settings(index=folder), clock=lambda: NOW)
        with TestClient(app) as http:
            for secret in secrets:
                sent = {"Authorization": f"Bearer {secret.text}"}
                answers += [http.get(path, headers=sent) for path in (*READS, *others)]
                answers += [http.get(path, params={"key": secret.text}) for path in READS]
                answers += [http.delete("/v1/search", headers=sent)]
                answers += [http.post("/v1/search", headers=sent, content=b"{")]
            app.state.glossary = None  # every look-up fails, and is logged with a traceback
            for secret in secrets:
                sent = {"Authorization": f"Bearer {secret.text}"}
                answers += [http.get("/v1/entries/ships:keel/related", headers=sent)]
    assert {200, 400, 401, 403, 404, 405, 500} <= {answer.status_code for answer in answers}
    for answer in answers:
        check_common_headers(answer.headers)
        said = f"{answer.text} {answer.headers}"
        assert not any(secret.secret in said for secret in secrets)
    ours = (record for record in caplog.records if record.name != "httpx2")
    logged = "\n".join(map(caplog.handler.format, ours))
    assert "Traceback" in logged
    assert not any(secret.secret in logged for secret in secrets)


def test_a_key_file_that_cannot_be_read_is_told(
    module_folder: Path, make: Callable[..., Made], caplog: pytest.LogCaptureFixture
) -> None:
    """Damaged while the service runs: 503 to who sends a key, and the log names the way out."""
    _, sent = make()
    file = module_folder / "keys.db"
    whole = file.read_bytes()
    with Glossary.open(module_folder) as opened:
        app = create_app(opened, load_settings(index=module_folder), clock=lambda: NOW)
        with TestClient(app) as client:
            try:
                file.unlink()  # a new file, so that no connection has it open
                file.write_bytes(b"no database at all, " * 500)
                for path in ("/v1/search?q=soup", "/llms.txt", "/entry/kitchen:whisk"):
                    refused = problem_of(client.get(path, headers=sent), 503, "keys-unreadable")
                    assert refused["detail"] == "keys cannot be checked now; the log says why"
                    assert client.get(path).status_code == 200
                message = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
                answer = client.post("/mcp", headers=sent, json=message)
                problem_of(answer, 503, "keys-unreadable")
            finally:
                file.unlink()
                file.write_bytes(whole)
            assert client.get("/v1/search?q=soup", headers=sent).status_code == 200
    assert f"{file} is not a sound database of keys" in caplog.text
    assert "move it away, and make new keys" in caplog.text
