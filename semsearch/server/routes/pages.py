"""Routes of the search page, the interactive documentation, problem types and static files.

Pages load nothing from other hosts and have no inline script or style, so that the
Content-Security-Policy can be strict. Their URLs are relative, so that they also work below the
path prefix of a proxy.
"""

from __future__ import annotations

import json
import shlex
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from semsearch.search.answer import SearchRequest
from semsearch.server.auth.permissions import caller_of
from semsearch.server.example_questions import ExampleQuestions
from semsearch.server.http import problem_types, problems
from semsearch.server.http.strict_requests import StrictRoute, client_of
from semsearch.server.request_context import RequestContext
from semsearch.server.search_service import SearchService
from semsearch.text.questions import check_question
from semsearch.web import render
from semsearch.web.answer_view import answer_view
from semsearch.web.assets import FOLDER, assets_path

_SWAGGER_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The policy of all pages without trusted types, which Swagger UI does not support."""


router = APIRouter(include_in_schema=False, route_class=StrictRoute)


class SearchPageQuery(BaseModel):
    """Parameters of the search page, which ignores unknown ones as every page does."""

    q: str = ""
    glossary: str = ""
    lang: str = ""


@router.get("/")
async def landing(query: Annotated[SearchPageQuery, Query()], request: Request) -> Response:
    """Return the search page, with the answer if the URL has a question."""
    search_service: SearchService = request.app.state.search_service
    await search_service.refresh()
    context = RequestContext(request, refresh=False)
    if context.is_not_modified:
        return context.not_modified()
    question = query.q.strip()
    answer = await _answer(request, question, query) if question else None
    make = partial(_search_page, request, context, question, query, answer)
    return context.page(await search_service.workers.run(make, client_of(request.scope)))


async def _answer(request: Request, question: str, query: SearchPageQuery) -> bytes:
    """Return the JSON of an answer, from which the page is rendered."""
    glossary = caller_of(request).searchable_glossary(query.glossary or None)
    search = SearchRequest(check_question(question), glossary=glossary, language=query.lang or None)
    reply = await request.app.state.search_service.ask(search, client_of(request.scope))
    request.scope["timings"] |= reply.timings
    content: bytes = reply.content
    return content


def _search_page(
    request: Request,
    context: RequestContext,
    question: str,
    query: SearchPageQuery,
    answer: bytes | None,
) -> bytes:
    examples: ExampleQuestions = request.app.state.example_questions
    may_see_all = not caller_of(request).glossaries
    return render(
        "search",
        context.site(),
        question=question,
        glossary=query.glossary,
        language=query.lang,
        languages=_language_choices(context.languages(), query.lang),
        answer=answer_view(json.loads(answer)) if answer else None,
        examples=examples.get() if may_see_all and not question else [],
        usage=_usage(request, question),
    )


def _language_choices(languages: list[str], chosen: str) -> list[str]:
    """Return the languages to choose from; a range such as `de`, if chosen, comes first."""
    existing = {tag.lower() for tag in languages}
    return languages if not chosen or chosen.lower() in existing else [chosen, *languages]


def _usage(request: Request, question: str) -> str:
    """Return the shell command that sends the same question to the HTTP interface."""
    parameter = shlex.quote(f"q={question or 'your question'}")
    header = "" if request.app.state.is_open else ' -H "Authorization: Bearer $SEMSEARCH_KEY"'
    address = shlex.quote(f"{request.base_url}v1/search")
    return f"curl -G{header} {address} --data-urlencode {parameter}"


@router.get("/docs")
def docs() -> Response:
    """Return the interactive documentation: Swagger UI of an installed package."""
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": _SWAGGER_POLICY}
    return HTMLResponse((FOLDER / "docs.html").read_bytes(), headers=headers)


@router.get("/problems/{slug}")
async def problem(slug: Annotated[str, Path()]) -> Response:
    """Explain a problem type: the `type` of an error is the URL of its explanation."""
    kind = problem_types.PROBLEM_TYPES.get(slug)
    if kind is None:
        raise problems.Refused(problem_types.NOT_FOUND, "there is no such kind of problem")
    return PlainTextResponse(f"{kind.title} (status {kind.status})\n\n{kind.meaning}\n")


def asset_mounts() -> list[Mount]:
    """Return the mounts of the static files, more specific paths first."""
    swagger = StaticFiles(packages=[("fastapi_offline", "static")])
    return [
        Mount("/static/swagger", swagger, name="swagger"),
        Mount(f"/{assets_path()}".rstrip("/"), StaticFiles(directory=FOLDER), name="assets"),
        Mount("/static", StaticFiles(directory=FOLDER), name="static"),
    ]
