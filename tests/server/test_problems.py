"""Bad requests: `http.strict_requests`, `problems`, `exception_handlers`, `middleware`.

Each kind gets its own status and a problem. Nothing gets a 500.

Covers `server/http/error_responses`, `server/http/exception_handlers`,
`server/http/strict_requests`, `server/http/strict_json`, `server/routes/parameters`,
`server/http/problem_types`.
"""

from __future__ import annotations

import json
from urllib.parse import quote, quote_from_bytes

import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from semsearch.core.errors import SemsearchError
from semsearch.server.http import problems
from semsearch.server.http.error_responses import error_page, problem_response
from semsearch.server.http.exception_handlers import FROM_ERROR
from semsearch.server.http.problem_types import PROBLEM_TYPES, ProblemType
from semsearch.server.http.strict_requests import MAX_BODY_BYTES
from semsearch.web import Site
from tests.server.conftest import check_common_headers, problem_of

JSON = {"Content-Type": "application/json"}


def test_a_problem_in_full(client: TestClient) -> None:
    """The whole body of one refusal."""
    response = client.get("/v1/search?q=soup&limit=0")
    assert response.json() == {
        "type": "/problems/invalid-request",
        "title": "A parameter or member is not valid",
        "status": 422,
        "detail": "limit: input should be greater than or equal to 1",
        "errors": [{"detail": "input should be greater than or equal to 1", "parameter": "limit"}],
    }


@pytest.mark.parametrize("kind", PROBLEM_TYPES.values(), ids=lambda kind: kind.slug)
def test_retry_after_is_stated_by_its_type(kind: ProblemType) -> None:
    """API and pages have the header where the description mentions it."""
    stated = kind.headers.get("Retry-After")
    for response in (problem_response(kind, "x"), error_page(kind, "x", Site("."))):
        assert response.headers.get("retry-after") == stated
    assert (stated is not None) == ("Retry-After" in kind.meaning)


@pytest.mark.parametrize(
    ("query", "status", "slug", "detail"),
    [
        (
            "q=",
            422,
            "invalid-question",
            "the question is empty: it has no letter or digit; ask with at least one word",
        ),
        (
            "q=%20%09+",
            422,
            "invalid-question",
            "the question is empty: it has no letter or digit; ask with at least one word",
        ),
        (
            "q=%3F%21",
            422,
            "invalid-question",
            "no entry is called '?!', which has no letter or digit; ask with at least one word",
        ),
        (
            "q=" + "a" * 10_000,
            422,
            "invalid-question",
            "the question has 10,000 characters; at most 1,000 are read, so shorten it",
        ),
        (
            "q=a%00b",
            422,
            "invalid-question",
            "the question holds the character U+0000, which is not text; send UTF-8 without "
            "control characters",
        ),
        (
            "q=%FF%FE",
            400,
            "malformed-url",
            "the query holds bytes that are not percent-encoded UTF-8",
        ),
        (
            "q=%ED%A0%80",
            400,
            "malformed-url",
            "the query holds bytes that are not percent-encoded UTF-8",
        ),
        ("", 422, "invalid-request", "q: this is required"),
        (
            "query=soup",
            422,
            "invalid-request",
            "q: this is required; query: there is no such parameter",
        ),
        ("q=soup&Limit=3", 422, "invalid-request", "Limit: there is no such parameter"),
        ("q=soup&q=ship", 422, "invalid-request", "a parameter is given more than once"),
        (
            "q=soup&limit=-1",
            422,
            "invalid-request",
            "limit: input should be greater than or equal to 1",
        ),
        (
            "q=soup&limit=101",
            422,
            "invalid-request",
            "limit: input should be less than or equal to 100",
        ),
        (
            "q=soup&limit=1000000000",
            422,
            "invalid-request",
            "limit: input should be less than or equal to 100",
        ),
        (
            "q=soup&limit=ten",
            422,
            "invalid-request",
            "limit: input should be a valid integer, unable to parse string as an integer",
        ),
        (
            "q=soup&limit=" + "9" * 5000,
            422,
            "invalid-request",
            "limit: unable to parse input string as an integer, exceeded maximum size",
        ),
        (
            "q=soup&min_confidence=1.01",
            422,
            "invalid-request",
            "min_confidence: input should be less than or equal to 1",
        ),
        (
            "q=soup&min_confidence=-0.1",
            422,
            "invalid-request",
            "min_confidence: input should be greater than or equal to 0",
        ),
        (
            "q=soup&min_confidence=NaN",
            422,
            "invalid-request",
            "min_confidence: input should be a finite number",
        ),
        (
            "q=soup&min_confidence=1e999",
            422,
            "invalid-request",
            "min_confidence: input should be a finite number",
        ),
        (
            "q=soup&min_confidence=",
            422,
            "invalid-request",
            "min_confidence: input should be a valid number, unable to parse string as a number",
        ),
        (
            "q=soup&min_confidence=.4&min_confidence=.5",
            422,
            "invalid-request",
            "a parameter is given more than once",
        ),
        (
            "q=soup&glossary=cars",
            404,
            "glossary-not-found",
            "there is no glossary 'cars' in this index; there are kitchen, ships",
        ),
        (
            "q=soup&glossary=",
            422,
            "invalid-request",
            "glossary: string should have at least 1 character",
        ),
        (
            "q=soup&glossary=" + "a" * 201,
            422,
            "invalid-request",
            "glossary: string should have at most 200 characters",
        ),
    ],
)
def test_bad_questions(client: TestClient, query: str, status: int, slug: str, detail: str) -> None:
    """Each is refused with what was wrong and what to do."""
    body = problem_of(client.get(f"/v1/search?{query}"), status, slug)
    assert body["detail"] == detail
    if "a" * 50 in query or "9" * 50 in query:
        assert len(json.dumps(body)) < 1000  # nothing long is repeated


@pytest.mark.parametrize(
    "path",
    [
        "none",
        "kitchen:none",
        "",
        "a%00b",
        "%3F",
        "/",
        "x" * 2000,
        quote("\U0001f95a"),
    ],
)
@pytest.mark.parametrize("tail", ["", "/related"])
def test_unknown_entries(client: TestClient, path: str, tail: str) -> None:
    """An unknown id of any characters gets 404."""
    body = problem_of(client.get(f"/v1/entries/{path}{tail}"), 404, "entry-not-found")
    assert body["detail"].startswith("there is no entry with th")
    assert len(body["detail"]) < 300


def test_entries_address_that_is_not_utf8(client: TestClient) -> None:
    """A path is read as strictly as a query."""
    body = problem_of(client.get("/v1/entries/%FF"), 400, "malformed-url")
    assert body["detail"] == "the path holds bytes that are not percent-encoded UTF-8"


@pytest.mark.parametrize("path", ["/v1/glossaries", "/v1/entries/kitchen:whisk"])
def test_parameters_are_refused_where_there_are_none(client: TestClient, path: str) -> None:
    """A mistyped parameter never passes in silence."""
    body = problem_of(client.get(f"{path}?limit=3"), 422, "invalid-request")
    assert body["errors"] == [{"detail": "there is no such parameter", "parameter": "limit"}]


def test_long_parameter_names_are_cut(client: TestClient) -> None:
    """The reply to a huge bad request is small."""
    query = "&".join(f"{'n' * 200}{i}=1" for i in range(100))
    body = problem_of(client.get(f"/v1/search?{query}"), 422, "invalid-request")
    assert len(body["errors"]) == problems.MAX_PARAMS
    assert len(json.dumps(body)) < 4000


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "the body is not JSON: Expecting value at character 0"),
        (
            b"{",
            "the body is not JSON: Expecting property name enclosed in double quotes at character 1",
        ),
        (b'{"questions": ["\xff"]}', "the body is not UTF-8"),
        ('{"questions": ["a"]}'.encode("utf-16"), "the body is not UTF-8"),
        (b'{"questions": ["\\ud800"]}', "the body holds a lone surrogate, which is not text"),
        (b'{"\\ud800": 1}', "the body holds a lone surrogate, which is not text"),
        (b'{"questions": ["a"], "limit": NaN}', "the body holds NaN, which is not JSON"),
        (
            b'{"questions": ["a"], "limit": -Infinity}',
            "the body holds -Infinity, which is not JSON",
        ),
        (b'{"limit": 1e999}', "the body holds a number that is out of range"),
        (b'{"limit": ' + b"9" * 5000 + b"}", "the body holds a number of too many digits"),
        (
            b'{"questions": ["a"], "questions": ["b"]}',
            "the body has an object with a name that occurs twice",
        ),
        (b"[" * 33 + b"]" * 33, "the body has more than 32 levels"),
        (b"[" * 100_000, "the body has more than 32 levels"),
        (
            b'{"questions": [' + b",".join([b"0"] * 5_000) + b"]}",
            "the body has more than 5,000 values; send several requests",
        ),
    ],
)
def test_bodies_that_are_not_strict_json(client: TestClient, body: bytes, detail: str) -> None:
    """Each is refused before anything reads it."""
    response = client.post("/v1/search", content=body, headers=JSON)
    assert problem_of(response, 400, "malformed-body")["detail"] == detail


@pytest.mark.parametrize("path", ["/v1/search", "/livez", "/static/x.js", "/nothing"])
def test_many_parameters_are_refused_before_they_are_compared(
    client: TestClient, path: str
) -> None:
    """Comparing 4,300 names with each other took 200 ms; any of them twice was enough."""
    names = [f"p{i}=" for i in range(100)]
    assert client.get(path, params="&".join(names)).status_code != 400
    refused = client.get(path, params="&".join([*names, "p1="]))
    if path == "/nothing":
        problem_of(refused, 404, "not-found")
    else:
        detail = problem_of(refused, 400, "malformed-url")["detail"]
        assert detail == "the query has more than 100 parameters"


def test_of_a_list_the_first_fault_is_told(client: TestClient) -> None:
    """An error for each of 80,000 wrong values took six seconds of the event loop."""
    body = {"queries": [{"conditions": [{"matchType": "name", "propertyValue": [[]] * 4_000}]}]}
    answer = client.post("/reconcile/draft/match", json=body)
    places = [fault["pointer"] for fault in problem_of(answer, 422, "invalid-request")["errors"]]
    assert places
    assert not any(place.endswith("/1") for place in places)
    answer = client.post("/v1/search", json={"questions": [0] * 4_000})
    places = [fault["pointer"] for fault in problem_of(answer, 422, "invalid-request")["errors"]]
    assert places == ["/questions/0"]


@pytest.mark.parametrize(
    ("body", "pointer", "detail"),
    [
        ({}, "/questions", "this is required"),
        ([], "", "input should be a valid dictionary or object to extract fields from"),
        (
            {"questions": []},
            "/questions",
            "list should have at least 1 item after validation, not 0",
        ),
        ({"questions": "a"}, "/questions", "input should be a valid list"),
        ({"questions": ["a", 1]}, "/questions/1", "input should be a valid string"),
        ({"questions": ["a", None]}, "/questions/1", "input should be a valid string"),
        ({"questions": ["a"], "limit": "5"}, "/limit", "input should be a valid integer"),
        ({"questions": ["a"], "limit": True}, "/limit", "input should be a valid integer"),
        ({"questions": ["a"], "limit": 0}, "/limit", "input should be greater than or equal to 1"),
        (
            {"questions": ["a"], "min_confidence": 2},
            "/min_confidence",
            "input should be less than or equal to 1",
        ),
        (
            {"questions": ["a"], "min_confidence": ".5"},
            "/min_confidence",
            "input should be a valid number",
        ),
        (
            {"questions": ["a"], "min_confidence": True},
            "/min_confidence",
            "input should be a valid number",
        ),
        (
            {"questions": ["a"], "min_confidence": None},
            "/min_confidence",
            "input should be a valid number",
        ),
        ({"questions": ["a"], "k": 5}, "/k", "there is no such member"),
        ({"questions": ["a"], "a/b~": 5}, "/a~1b~0", "there is no such member"),
    ],
)
def test_bodies_that_are_not_a_batch(
    client: TestClient, body: object, pointer: str, detail: str
) -> None:
    """A pointer says where the fault is."""
    stated = problem_of(client.post("/v1/search", json=body), 422, "invalid-request")
    assert stated["errors"] == [{"detail": detail, "pointer": pointer}]


def test_a_bad_question_of_a_batch_is_pointed_at(client: TestClient) -> None:
    """One bad question refuses the batch, and says which it was."""
    response = client.post("/v1/search", json={"questions": ["soup", " "]})
    body = problem_of(response, 422, "invalid-question")
    detail = "the question is empty: it has no letter or digit; ask with at least one word"
    assert body["errors"] == [{"detail": detail, "pointer": "/questions/1"}]
    unknown = client.post("/v1/search", json={"questions": ["soup"], "glossary": "cars"})
    problem_of(unknown, 404, "glossary-not-found")
    typed = client.post("/v1/search?limit=3", json={"questions": ["soup"]})
    problem_of(typed, 422, "invalid-request")


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "multipart/form-data", "application/json; charset=utf-16", "é", "json"],
)
def test_other_media_types(client: TestClient, content_type: str) -> None:
    """A body is JSON and says so; a web page of another site cannot send one unasked."""
    response = client.post(
        "/v1/search",
        content=b'{"questions": ["soup"]}',
        headers={b"Content-Type": content_type.encode("latin-1")},
    )
    problem_of(response, 415, "unsupported-media-type")


@pytest.mark.parametrize("content_type", ["application/json; charset=UTF-8", "application/x+json"])
def test_json_media_types(client: TestClient, content_type: str) -> None:
    """Any spelling of JSON in UTF-8 will do."""
    response = client.post(
        "/v1/search",
        content=b'{"questions": ["soup"]}',
        headers={"Content-Type": content_type},
    )
    assert response.status_code == 200


def test_large_bodies(client: TestClient) -> None:
    """A body is counted, whether or not it declares its length; one at the bound is read."""
    start, end = b'{"questions": ["soup"], "pad": "', b'"}'
    full = start + b"x" * (MAX_BODY_BYTES - len(start) - len(end)) + end
    problem_of(client.post("/v1/search", content=full, headers=JSON), 422, "invalid-request")
    declared = client.post("/v1/search", content=full + b" ", headers=JSON)
    assert "262,144 bytes" in problem_of(declared, 413, "too-large")["detail"]
    pieces = (b" " * 65536 for _ in range(5))
    problem_of(client.post("/v1/search", content=pieces, headers=JSON), 413, "too-large")


@pytest.mark.parametrize(
    "path", ["/nothing", "/v1", "/v1/", "/v2/search", "/v1/glossaries/", "/static/x"]
)
def test_unknown_routes(client: TestClient, path: str) -> None:
    """An unknown address is a problem too, and nothing is redirected."""
    body = problem_of(client.get(path), 404, "not-found")
    assert body["detail"] == "there is nothing at this address; /openapi.json lists the routes"


@pytest.mark.parametrize(
    "path",
    [
        "/static/%00",
        "/static/" + "x" * 5000,
        "/static/../app.py",
        "/static/%2e%2e/%2e%2e/pyproject.toml",
    ],
)
def test_assets_stay_in_their_folder(client: TestClient, path: str) -> None:
    """No address leads out of the folder of assets."""
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/search", "GET, HEAD, POST"),
        ("POST", "/v1/glossaries", "GET, HEAD"),
        ("OPTIONS", "/v1/entries/kitchen:whisk", "DELETE, GET, HEAD, PATCH, PUT"),
        ("BREW", "/", "GET, HEAD"),
        ("POST", "/static/page.js", "GET, HEAD"),
    ],
)
def test_other_methods(client: TestClient, method: str, path: str, allowed: str) -> None:
    """Allow lists what an address takes."""
    response = client.request(method, path)
    body = problem_of(response, 405, "method-not-allowed")
    assert response.headers["allow"] == allowed
    assert body["detail"] == f"this address takes {allowed}"


def test_a_fault_of_the_service_says_nothing(
    app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    """The client gets a request id, the log has the rest."""

    class Broken:
        def refresh(self, *, wait: bool) -> None:
            assert not wait
            raise SemsearchError("secret path")

    whole, app.state.glossary = app.state.glossary, Broken()
    try:
        response = TestClient(app).get("/v1/glossaries")
    finally:
        app.state.glossary = whole
    body = problem_of(response, 500, "internal-error")
    assert body["detail"] == "the service failed; see its log"
    assert body["request_id"] == response.headers["x-request-id"]
    assert "secret path" not in response.text
    assert body["request_id"] in caplog.text
    assert "secret path" in caplog.text


def test_every_kind_is_told_apart() -> None:
    """Slugs are unique and every error of the table has a kind that can be read."""
    assert all(slug == kind.slug for slug, kind in PROBLEM_TYPES.items())
    assert set(FROM_ERROR.values()) <= set(PROBLEM_TYPES.values())
    assert all(400 <= kind.status < 600 for kind in PROBLEM_TYPES.values())


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60).map(lambda t: quote(t.encode("utf-8", "surrogatepass"))),
        st.binary(max_size=60).map(quote_from_bytes),
    )
)
def test_no_question_breaks_the_service(client: TestClient, question: str) -> None:
    """Any bytes: an answer or a refusal, never a fault."""
    response = client.get(f"/v1/search?q={question}&limit=3")
    assert response.status_code in (200, 400, 422)
    check_common_headers(response.headers)
    # a client takes "." out of an address, and what is left takes no GET
    assert client.get(f"/v1/entries/{question}").status_code in (200, 400, 404, 405)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "questions": _JSON | st.lists(st.text(max_size=20)),
            "limit": _JSON,
            "glossary": _JSON,
        },
    )
    | _JSON
)
def test_no_body_breaks_the_service(client: TestClient, body: object) -> None:
    """Any JSON: answers or a refusal, never a fault."""
    response = client.post("/v1/search", content=json.dumps(body).encode(), headers=JSON)
    assert response.status_code in (200, 400, 404, 422)
    check_common_headers(response.headers)


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=200),
    st.binary(max_size=40).filter(lambda b: b"\n" not in b and b"\r" not in b),
)
def test_no_bytes_break_the_service(client: TestClient, body: bytes, content_type: bytes) -> None:
    """Any bytes under any media type: refused as what they are."""
    for stated in (b"application/json", content_type):
        response = client.post("/v1/search", content=body, headers={b"Content-Type": stated})
        assert response.status_code in (400, 415, 422)
