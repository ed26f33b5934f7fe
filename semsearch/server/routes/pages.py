"""Routes of the search page, the interactive documentation, problem types and static files.

Pages load nothing from other hosts and have no inline script or style, so that the
Content-Security-Policy can be strict. Their URLs are relative, so that they also work below the
path prefix of a proxy.
"""

from __future__ import annotations

import shlex
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel
from pydantic_core import from_json
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from semsearch.search.answer import SearchRequest
from semsearch.server.app_state import state_of
from semsearch.server.auth.permissions import caller_of
from semsearch.server.feedback.question_recorder import note_question
from semsearch.server.http import problem_types, problems
from semsearch.server.http.error_responses import open_site
from semsearch.server.http.middleware import CONTENT_POLICY
from semsearch.server.http.strict_requests import StrictRoute, client_of
from semsearch.server.request_context import RequestContext
from semsearch.server.search_service import TimedAnswer
from semsearch.text.questions import check_question
from semsearch.web import Site, render
from semsearch.web.answer_view import answer_view
from semsearch.web.assets import FOLDER, assets_path
from semsearch.web.definition_html import shown_markdown
from semsearch.web.render import logo_file, theme

router = APIRouter(include_in_schema=False, route_class=StrictRoute)


class SearchPageQuery(BaseModel):
    """Parameters of the search page, which ignores unknown ones as every page does."""

    q: str = ""
    glossary: str = ""
    lang: str = ""


@router.get("/")
async def landing(query: Annotated[SearchPageQuery, Query()], request: Request) -> Response:
    """Return the search page, with the answer if the URL has a question."""
    context = await RequestContext.refreshed(request)
    if context.is_not_modified:
        return context.not_modified()
    question = query.q.strip()
    reply = await _answer(request, question, query) if question else None
    answer = reply.content if reply else None
    make = partial(_search_page, request, context, question, query, answer)
    search_service = state_of(request).search_service
    page = await search_service.page_workers.run(
        make, client_of(request.scope), is_next=reply is not None and not reply.is_cached
    )
    is_passing = reply.is_passing if reply else state_of(request).example_questions.are_passing
    if is_passing:
        return context.passing(page, "text/html")
    return context.ok(page, "text/html")


async def _answer(request: Request, question: str, query: SearchPageQuery) -> TimedAnswer:
    """Return the answer, from which the page is rendered."""
    glossary = caller_of(request).searchable_glossary(query.glossary or None)
    search = SearchRequest(check_question(question), glossary=glossary, language=query.lang or None)
    search_service = state_of(request).search_service
    reply = await search_service.ask(search, client_of(request.scope))
    request.scope["response"].answered(reply.timings)
    note_question(request, search, reply.content, "page")
    return reply


def _search_page(
    request: Request,
    context: RequestContext,
    question: str,
    query: SearchPageQuery,
    answer: bytes | None,
) -> bytes:
    examples = state_of(request).example_questions
    may_see_all = not caller_of(request).glossaries

    def markdown(id: str) -> str:
        entry = context.entry_or_none(id)
        return shown_markdown(entry) if entry else ""

    site = context.site()
    return render(
        "search",
        site,
        question=question,
        glossary=query.glossary,
        language=query.lang,
        languages=_language_choices(context.languages(), query.lang),
        answer=answer_view(from_json(answer), markdown) if answer else None,
        examples=examples.get() if may_see_all and not question else [],
        usage=_usage(request, question),
        adding=_adding(site, query.glossary),
        permalink=_permalink(question, query),
    )


def _permalink(question: str, query: SearchPageQuery) -> dict[str, str]:
    """Return the parameters of the URL that asks the same question in the same glossary."""
    every = {"q": question, "glossary": query.glossary, "lang": query.lang}
    return {name: value for name, value in every.items() if value}


def _language_choices(languages: list[str], chosen: str) -> list[str]:
    """Return the languages to choose from; a range such as `de`, if chosen, comes first."""
    existing = {tag.lower() for tag in languages}
    return languages if not chosen or chosen.lower() in existing else [chosen, *languages]


def _usage(request: Request, question: str) -> str:
    """Return the shell command that sends the same question to the HTTP interface."""
    parameter = shlex.quote(f"q={question or 'your question'}")
    header = "" if state_of(request).is_open else ' -H "Authorization: Bearer $SEMSEARCH_KEY"'
    address = shlex.quote(f"{request.base_url}v1/search")
    return f"curl -G{header} {address} --data-urlencode {parameter}"


def _adding(site: Site, chosen: str) -> str:
    """Return the shell command that adds a term to the chosen glossary, or to the only one."""
    names = [chosen] if chosen else [info.name for info in site.glossaries]
    glossary = shlex.quote(names[0]) if len(names) == 1 else "GLOSSARY"
    return f'semsearch add {glossary} "TERM" "DEFINITION"'


@router.get("/theme.css")
def theme_style(request: Request) -> Response:
    """Return the style sheet with the colours of the owner."""
    context = RequestContext(request)
    about = context.glossary.presentation
    if not about.accent:
        raise problems.Refused(problem_types.NOT_FOUND, "the owner of the index states no colours")
    return context.respond_with(lambda: theme(about), "text/css")


@router.get("/logo.{suffix}")
def logo(suffix: Annotated[str, Path()], request: Request) -> Response:
    """Return the logo of the owner, with the type that its content has."""
    context = RequestContext(request)
    about = context.glossary.presentation
    if not about.logo or logo_file(about) != f"logo.{suffix}":
        raise problems.Refused(problem_types.NOT_FOUND, "the index has no such logo")
    return context.respond_with(lambda: about.logo_bytes, about.logo_type)


@router.get("/docs")
def docs(request: Request) -> Response:
    """Return the interactive documentation: Swagger UI of an installed package."""
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": CONTENT_POLICY}
    return HTMLResponse(render("docs", open_site(request.scope)), headers=headers)


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
