"""The routes of both versions, asked as OpenRefine and as a client of the draft ask.

Covers `server/reconciliation/service`.
"""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from typing import Any, cast

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from semsearch.search.answer import SearchRequest
from semsearch.server.reconciliation import service
from semsearch.server.reconciliation.properties import PROPERTIES
from semsearch.server.reconciliation.queries import EntityQuery
from semsearch.server.schemas.reconciliation import WireCandidate
from tests.server.conftest import problem_of
from tests.server.reconciliation.conftest import ADDRESS, Asking
from tests.server.reconciliation.open_refine import OpenRefine

CELLS = [
    "Whisks",
    "egg beater",
    "LADLE",
    "",
    "!!",
    "colandr",
    "quantum chromodynamics",
    "ships:keel",
]
FOUND = ["kitchen:whisk", "kitchen:whisk", "kitchen:ladle", None, None, None, None, "ships:keel"]


def test_a_session_of_open_refine(local: TestClient) -> None:
    """A column is matched, a candidate looked at, another searched for, and columns are added."""
    refine = OpenRefine(local, f"{ADDRESS}/reconcile")
    found = refine.reconcile(CELLS)
    safe = [next((one["id"] for one in cell if one["match"]), None) for cell in found]
    assert safe == FOUND
    (fuzzy,) = found[CELLS.index("colandr")]
    assert (fuzzy["id"], fuzzy["match"]) == ("kitchen:colander", False)
    assert found[3:5] == [[], []]
    assert set(found[0][0]) == {
        "id", "name", "description", "type", "score", "match", "features",
    }  # fmt: skip
    assert found[0][0]["type"] == [{"id": "kitchen", "name": "kitchen"}]

    page = refine.preview("kitchen:whisk")
    assert "beating air into eggs" in page.text
    assert "frame-ancestors 'self' http://localhost:* " in page.headers["content-security-policy"]
    assert refine.view("kitchen:whisk").status_code == 200

    assert [one["id"] for one in refine.suggest("entity", "col")] == ["kitchen:colander"]
    assert [one["id"] for one in refine.suggest("entity", "ships:keel")] == ["ships:keel"]
    assert refine.suggest("entity", "") == []
    assert [one["id"] for one in refine.suggest("property", "defin")] == ["definition"]

    wanted = refine.proposed("kitchen")
    assert wanted == list(PROPERTIES)
    rows = refine.columns(["kitchen:whisk", "kitchen:spoon"], wanted)
    assert rows["kitchen:whisk"]["aliases"] == [{"str": "Egg beater"}]
    assert rows["kitchen:whisk"]["see_also"] == [{"id": "kitchen:ladle", "name": "Ladle"}]
    assert set(map(len, rows["kitchen:spoon"].values())) == {0}


def test_types_and_properties_narrow_a_session(local: TestClient) -> None:
    """Types are glossaries; a property that does not fit makes a match unsafe."""
    refine = OpenRefine(local, f"{ADDRESS}/reconcile")
    assert [one["id"] for one in refine.manifest["defaultTypes"]] == ["kitchen", "ships"]
    assert refine.reconcile(["keel"], type="kitchen") == [[]]
    assert refine.reconcile(["keel"], type="planets") == [[]]
    ((keel,),) = refine.reconcile(["keel"], type="ships", properties={"language": ["en"]})
    assert keel["match"]
    ((other,),) = refine.reconcile(["keel"], properties={"language": ["de"]})
    assert (other["id"], other["match"]) == ("ships:keel", False)
    assert other["score"] == pytest.approx(keel["score"] / 2, abs=0.01)


def test_the_draft_says_the_same(local: TestClient) -> None:
    """The same candidates for the same names, in a list; the same values in rows."""
    earlier = OpenRefine(local, f"{ADDRESS}/reconcile")
    manifest = local.get("/reconcile/draft").json()
    assert manifest["versions"] == ["1.0-draft"]
    assert manifest["standardizedScore"] is True
    batch = [{"conditions": [{"matchType": "name", "propertyValue": cell}]} for cell in CELLS]
    results = local.post("/reconcile/draft/match", json={"queries": batch}).json()["results"]
    assert [one["candidates"] for one in results] == earlier.reconcile(CELLS)
    query = {"ids": ["kitchen:whisk"], "properties": [{"id": "aliases"}, {"id": "see_also"}]}
    extension = local.post("/reconcile/draft/extend", json=query).json()
    assert extension["rows"] == [
        {
            "id": "kitchen:whisk",
            "properties": [
                {"id": "aliases", "values": [{"str": "Egg beater"}]},
                {"id": "see_also", "values": [{"id": "kitchen:ladle", "name": "Ladle"}]},
            ],
        }
    ]
    by_id = {"queries": [{"conditions": [{"matchType": "id", "propertyValue": "ships:gps"}]}]}
    ((only,),) = (
        one["candidates"]
        for one in local.post("/reconcile/draft/match", json=by_id).json()["results"]
    )
    assert (only["id"], only["score"], only["match"]) == ("ships:gps", 100, True)


def test_parameters_of_an_address_are_answered_too(local: TestClient) -> None:
    """A GET of version 0.2 may hold what a form holds, and parameters that nobody knows."""
    form = {"queries": json.dumps({"a": {"query": "keel"}})}
    posted = local.post("/reconcile", data=form).json()
    assert local.get("/reconcile", params={**form, "callback": "jsonp"}).json() == posted
    extend = {"extend": json.dumps({"ids": ["ships:keel"], "properties": [{"id": "term"}]})}
    assert local.get("/reconcile", params=extend).json()["rows"] == {
        "ships:keel": {"term": [{"str": "Keel"}]}
    }


def test_a_form_of_many_fields_is_refused(local: TestClient) -> None:
    """Before it is parsed: a body has room for 100,000."""
    answer = local.post("/reconcile", data={f"field{n}": "" for n in range(101)})
    detail = problem_of(answer, 400, "malformed-body")["detail"]
    assert detail == "the body has more than 100 fields"


@pytest.mark.parametrize(
    ("form", "status", "slug", "detail"),
    [
        ({"query": "keel"}, 422, "invalid-request", "neither `queries` nor `extend`"),
        ({"queries": "{"}, 400, "malformed-body", "`queries` is not JSON"),
        ({"extend": "[NaN]"}, 400, "malformed-body", "`extend` holds NaN"),
        ({"queries": '{"q0": {"limit": 1}}'}, 422, "invalid-request", "/queries/q0: "),
        ({"extend": '{"ids": "a"}'}, 422, "invalid-request", "/extend/ids: "),
    ],
)
def test_what_is_wrong_in_a_form(
    local: TestClient, form: dict[str, str], status: int, slug: str, detail: str
) -> None:
    """The place is named."""
    assert detail in problem_of(local.post("/reconcile", data=form), status, slug)["detail"]


def test_bodies_that_are_no_forms(local: TestClient) -> None:
    """Version 0.2 takes forms, the draft takes JSON."""
    problem_of(local.post("/reconcile", json={}), 415, "unsupported-media-type")
    problem_of(local.post("/reconcile/draft/match", data={"a": "b"}), 415, "unsupported-media-type")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for content in (b"queries=%FF", b"queries=\xff", b"queries={}&queries={}"):
        answer = local.post("/reconcile", content=content, headers=form)
        problem_of(answer, 400, "malformed-body")
    large = local.post("/reconcile", content=b"queries=" + b"a" * 300_000, headers=form)
    problem_of(large, 413, "too-large")


def test_large_batches_are_refused(local: TestClient) -> None:
    """50 queries are answered, 51 are not; nor are too many names by glossaries."""
    queries: list[dict[str, Any]] = [
        {"conditions": [{"matchType": "name", "propertyValue": f"thing {n}"}]} for n in range(51)
    ]
    post = local.post
    assert post("/reconcile/draft/match", json={"queries": queries[:50]}).status_code == 200
    refused = post("/reconcile/draft/match", json={"queries": queries})
    assert "51 queries" in problem_of(refused, 413, "too-large")["detail"]
    names = [{"matchType": "name", "propertyValue": ["keel"] + [f"a {n}" for n in range(201)]}]
    many = post("/reconcile/draft/match", json={"queries": [{"conditions": names}]})
    assert "202 searches" in problem_of(many, 413, "too-large")["detail"]


def test_searches_are_counted_before_any_is_made(
    local: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The product of types and texts would fill the memory; a type named twice counts once."""
    made: list[str] = []

    def counted(question: str, *given: Any) -> SearchRequest:  # noqa: ANN401 - handed on
        made.append(question)
        return SearchRequest(question, *given)

    monkeypatch.setattr(service, "SearchRequest", counted)
    texts = [f"thing {n}" for n in range(101)]
    query = {"properties": [{"pid": "term", "v": texts}], "type": ["kitchen", "ships"]}
    refused = local.post("/reconcile", data={"queries": json.dumps({"a": query})})
    assert "202 searches" in problem_of(refused, 413, "too-large")["detail"]
    assert not made
    repeated = {"query": "keel", "type": ["ships"] * 1000}
    answer = local.post("/reconcile", data={"queries": json.dumps({"a": repeated})})
    assert [one["id"] for one in answer.json()["a"]["result"]] == ["ships:keel"]
    assert made == ["keel"]


@pytest.mark.parametrize(
    ("ids", "properties", "status", "slug", "detail"),
    [
        (["ships:keel"] * 101, ["term"], 422, "invalid-request", "at most 100 items"),
        (["ships:keel"], ["term"] * 51, 422, "invalid-request", "at most 50 items"),
        (["i" * 1_001], ["term"], 422, "invalid-request", "at most 1000 characters"),
        (["ships:keel"], ["p" * 301], 422, "invalid-request", "at most 300 characters"),
        (
            [f"i{n}" for n in range(100)],
            [f"{n:0300}" for n in range(50)],
            413,
            "too-large",
            "the properties of 100 ids have more than 500,000 characters; send fewer ids, or fewer "
            "properties, in one request",
        ),
    ],
)
def test_an_answer_with_properties_is_bounded(
    local: TestClient, ids: list[str], properties: list[str], status: int, slug: str, detail: str
) -> None:
    """A name of a property came back with each id: 256 kB asked for 25 MB."""
    wanted = {"ids": ids, "properties": [{"id": one} for one in properties]}
    posted = local.post("/reconcile/draft/extend", json=wanted)
    assert detail in problem_of(posted, status, slug)["detail"]
    asked = local.post("/reconcile", data={"extend": json.dumps(wanted)})
    assert detail in problem_of(asked, status, slug)["detail"]


def test_too_many_ids_are_refused(local: TestClient) -> None:
    """Each is looked up, and judged with its related entries."""
    similar = {
        "matchType": "property",
        "propertyId": "similar_meaning",
        "propertyValue": "keel",
    }
    for count, status in ((200, 200), (201, 413)):
        ids = {"matchType": "id", "propertyValue": [f"ships:{n}" for n in range(count)]}
        batch = {"queries": [{"conditions": [ids, similar]}]}
        answer = local.post("/reconcile/draft/match", json=batch)
        assert answer.status_code == status
    assert "201 ids" in problem_of(answer, 413, "too-large")["detail"]


def test_candidates_are_judged_in_turns_within_the_time_of_the_batch(
    local: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other heavy requests have turns between two queries, and a late batch is ended."""
    asked = {f"q{n}": {"query": "keel"} for n in range(20)}
    judged: list[EntityQuery] = []

    def slow(query: EntityQuery, *_: object) -> list[WireCandidate]:
        judged.append(query)
        time.sleep(0.05)
        return []

    monkeypatch.setattr(service, "candidates", slow)
    monkeypatch.setattr("semsearch.server.search_service.BATCH_S", 0.3)
    late = local.post("/reconcile", data={"queries": json.dumps(asked)})
    problem_of(late, 503, "overloaded")
    assert 0 < len(judged) < 20


def test_a_get_with_queries_is_as_heavy_as_a_post(local: TestClient) -> None:
    """It is refused when the line of heavy requests is full; the manifest is not."""
    line = cast("FastAPI", local.app).state.search_service.heavy_line
    queries = {"queries": json.dumps({"a": {"query": "keel"}})}
    extend = {"extend": json.dumps({"ids": ["ships:keel"], "properties": [{"id": "term"}]})}
    with ExitStack() as stack:
        while not line.is_full():
            stack.enter_context(line.entered(f"party {line.count}", timed=False))
        for params in (queries, extend):
            problem_of(local.get("/reconcile", params=params), 503, "overloaded")
        assert local.get("/reconcile").status_code == 200
    for params in (queries, extend):
        assert local.get("/reconcile", params=params).status_code == 200
    assert not line.count


def test_a_key_sees_only_its_glossaries(keyed: Asking) -> None:
    """As everywhere; the manifest says that a key is needed, and needs it too."""
    with keyed("kitchen") as client:
        refine = OpenRefine(client, f"{ADDRESS}/reconcile")
        assert refine.manifest["authentication"] == {"type": "http", "scheme": "bearer"}
        assert refine.manifest["defaultTypes"] == [{"id": "kitchen", "name": "kitchen"}]
        found = refine.reconcile(["keel", "ships:keel", "a ship"])
        assert {one["type"][0]["id"] for cell in found for one in cell} <= {"kitchen"}
        assert not any(one["match"] for cell in found for one in cell)
        assert refine.reconcile(["keel"], type="ships") == [[]]
        assert refine.suggest("entity", "kee") == []
        assert refine.suggest("entity", "ships:keel") == []
        assert refine.columns(["ships:keel"], ["term"]) == {"ships:keel": {"term": []}}
        problem_of(client.get("/reconcile/preview?id=ships:keel"), 404, "entry-not-found")
        del client.headers["Authorization"]
        problem_of(client.get("/reconcile"), 401, "key-needed")
    with keyed("kitchen", "ships") as client:
        refine = OpenRefine(client, f"{ADDRESS}/reconcile")
        found = refine.reconcile(["keel", "ladle"])
        assert [cell[0]["id"] for cell in found] == ["ships:keel", "kitchen:ladle"]
        assert [cell[0]["match"] for cell in found] == [True, True]
        assert [one["id"] for one in refine.suggest("entity", "kee")] == ["ships:keel"]


def test_a_service_without_a_public_address_has_no_manifest(client: TestClient) -> None:
    """The addresses in it would lead nowhere."""
    for path in ("/reconcile", "/reconcile/draft"):
        assert "PUBLIC_URL" in problem_of(client.get(path), 404, "not-found")["detail"]
