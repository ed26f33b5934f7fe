"""What a browser sees: the pages, the interactive documentation, their assets.

Nothing is fetched from elsewhere and nothing is inline, so that the Content-Security-Policy can be
strict. Addresses in the pages are relative: they also work below a prefix of a proxy.
"""

from __future__ import annotations

import json
import shlex
from functools import partial
from ipaddress import ip_address
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from semsearch.core.settings import Settings
from semsearch.search.answer import SearchRequest
from semsearch.search.glossary import Glossary
from semsearch.server.auth.permissions import caller_of
from semsearch.server.http import problems
from semsearch.server.http.error_responses import page_root
from semsearch.server.http.openapi_examples import example_questions
from semsearch.server.http.strict_requests import StrictRoute, client_of
from semsearch.server.request_context import Service
from semsearch.server.search_service import SearchService
from semsearch.text.normalise import check_question
from semsearch.web import Site, render
from semsearch.web.answer_view import shown
from semsearch.web.assets import FOLDER, assets_path

_FIRST_QUESTION = "What is this glossary about?"
"""Asked once before the service is ready; the entries nearest to it make the examples."""

_SWAGGER_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""That of all pages but for trusted types, which Swagger UI knows nothing of."""

HTML = "text/html"


class Start:
    """The examples of the start page, which are questions that the index answers."""

    def __init__(self, glossary: Glossary) -> None:
        self._glossary = glossary
        self._known: tuple[str, list[str]] = ("", [])

    def warm(self) -> None:
        """Ask the first question."""
        self.questions()

    def questions(self) -> list[str]:
        """Return up to three questions that what the index holds now answers."""
        tag = self._glossary.tag
        known, questions = self._known
        if known != tag:
            nearest = self._glossary.ask(_FIRST_QUESTION, k=20)
            questions = example_questions([hit.entry for hit in nearest.hits])
            self._known = tag, questions
        return questions


router = APIRouter(include_in_schema=False, route_class=StrictRoute)


class SearchPageQuery(BaseModel):
    """Parameters of the page that asks; what is unknown is left alone, as on every page."""

    q: str = ""
    glossary: str = ""
    lang: str = ""


def site_of(request: Request, service: Service) -> Site:
    """Return what the pages of this request share."""
    return Site(
        page_root(request.scope),
        _public(request),
        address_of(request),
        tuple(service.glossaries()),
        may_edit=caller_of(request).may_edit,
    )


def _public(request: Request) -> str:
    settings: Settings = request.app.state.settings
    return settings.public_url and settings.public_url.rstrip("/") + "/"


def address_of(request: Request) -> str:
    """Return the whole address of the service: as it is set, or as it was asked where only this machine reaches it.

    What a request says of its host is not believed elsewhere.
    """
    host = request.url.hostname or ""
    is_here = host == "localhost" or _is_loopback(host)
    return _public(request) or (str(request.base_url) if is_here else "")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@router.get("/")
async def landing(query: Annotated[SearchPageQuery, Query()], request: Request) -> Response:
    """Return the page that asks, with the answer if its address has a question."""
    asking: SearchService = request.app.state.asking
    await asking.follow()
    service = Service(request, follows=False)
    if service.is_not_modified:
        return service.not_modified()
    question = query.q.strip()
    answer = await _answer(request, question, query) if question else None
    make = partial(_search_page, request, service, question, query, answer)
    return service.found(await asking.workers.run(make, client_of(request.scope)), HTML)


async def _answer(request: Request, question: str, query: SearchPageQuery) -> bytes:
    """Return the JSON of an answer: the page is told what any client is."""
    within = caller_of(request).within(query.glossary or None)
    asked = SearchRequest(check_question(question), glossary=within, language=query.lang or None)
    reply = await request.app.state.asking.ask(asked, client_of(request.scope))
    request.scope["timings"] |= reply.timings
    content: bytes = reply.content
    return content


def _search_page(
    request: Request,
    service: Service,
    question: str,
    query: SearchPageQuery,
    answer: bytes | None,
) -> bytes:
    start: Start = request.app.state.start
    is_whole = not caller_of(request).glossaries
    return render(
        "search",
        site_of(request, service),
        question=question,
        glossary=query.glossary,
        language=query.lang,
        languages=_offered(service.languages(), query.lang),
        answer=shown(json.loads(answer)) if answer else None,
        examples=start.questions() if is_whole and not question else [],
        usage=_usage(request, question),
    )


def _offered(languages: list[str], asked: str) -> list[str]:
    """Return the languages to choose from, also one that was asked for and matches others (`de`)."""
    known = {tag.lower() for tag in languages}
    return languages if not asked or asked.lower() in known else [asked, *languages]


def _usage(request: Request, question: str) -> str:
    """Return the command that asks the same of the interface."""
    asked = shlex.quote(f"q={question or 'your question'}")
    header = "" if request.app.state.is_open else ' -H "Authorization: Bearer $SEMSEARCH_KEY"'
    address = shlex.quote(f"{request.base_url}v1/search")
    return f"curl -G{header} {address} --data-urlencode {asked}"


@router.get("/docs")
def docs() -> Response:
    """Return the interactive documentation: Swagger UI, from an installed package."""
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": _SWAGGER_POLICY}
    return HTMLResponse((FOLDER / "docs.html").read_bytes(), headers=headers)


@router.get("/problems/{slug}")
async def problem(slug: Annotated[str, Path()]) -> Response:
    """Explain a kind of problem: what the `type` of an error points at."""
    kind = problems.KINDS.get(slug)
    if kind is None:
        raise problems.Refused(problems.NOT_FOUND, "there is no such kind of problem")
    return PlainTextResponse(f"{kind.title} (status {kind.status})\n\n{kind.meaning}\n")


def asset_mounts() -> list[Mount]:
    """Return the mounts of the pages' files, the more specific one first."""
    swagger = StaticFiles(packages=[("fastapi_offline", "static")])
    return [
        Mount("/static/swagger", swagger, name="swagger"),
        Mount(f"/{assets_path()}".rstrip("/"), StaticFiles(directory=FOLDER), name="assets"),
        Mount("/static", StaticFiles(directory=FOLDER), name="static"),
    ]
