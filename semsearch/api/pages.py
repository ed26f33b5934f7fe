"""What a browser sees: the landing page, the interactive documentation, their assets.

Nothing is fetched from elsewhere and nothing is inline, so that the Content-Security-Policy can be
strict. Addresses in the pages are relative: they also work below a prefix of a proxy.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from html import escape
from pathlib import Path
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from semsearch.api import problems
from semsearch.api.examples import example_questions
from semsearch.glossary import Glossary
from semsearch.ranking.recipe import DEFAULT, PARTS
from semsearch.types import GlossaryInfo
from semsearch.wording import PART_NAMES

_WEB = Path(__file__).parents[1] / "web"

_FIRST_QUESTION = "What is this glossary about?"
"""Asked once before the service is ready; the entries nearest to it make the examples."""


class LandingPage:
    """The page at /, made for one index. Making it asks a first question."""

    def __init__(self, glossary: Glossary) -> None:
        self._glossary = glossary

    @cached_property
    def questions(self) -> list[str]:
        """Up to three questions that this index answers."""
        nearest = self._glossary.ask(_FIRST_QUESTION, k=20)
        return example_questions([hit.entry for hit in nearest.hits])

    @cached_property
    def content(self) -> bytes:
        """The page as it is sent."""
        infos = self._glossary.info().glossaries
        page = (_WEB / "index.html").read_text(encoding="utf-8")
        for mark, made in (
            ("<!-- examples -->", "".join(map(_chip, self.questions))),
            ("<!-- glossaries -->", _choice(infos)),
            ("<!-- count -->", escape(_count(infos))),
            ("<!-- parts -->", "".join(map(_part, PARTS))),
        ):
            page = page.replace(mark, made, 1)
        return page.encode()

    @cached_property
    def etag(self) -> str:
        """A tag that changes with the content."""
        return f'"{hashlib.sha256(self.content).hexdigest()[:16]}"'


def _chip(question: str) -> str:
    address = escape("./?" + urlencode({"q": question}))
    return f'<li><a href="{address}">{escape(question)}</a></li>'


def _choice(infos: tuple[GlossaryInfo, ...]) -> str:
    """Return the choice of a glossary, where there is one to make."""
    if len(infos) < 2:
        return ""
    options = "".join(f"<option>{escape(info.name)}</option>" for info in infos)
    return (
        '<label class="within">in <select name="glossary">'
        f'<option value="">all glossaries</option>{options}</select></label>'
    )


def _count(infos: tuple[GlossaryInfo, ...]) -> str:
    total = sum(info.entries for info in infos)
    entries = "1 entry" if total == 1 else f"{total:,} entries"
    if len(infos) == 1:
        return f"{entries} in {infos[0].name}"
    return f"{entries} in {len(infos)} glossaries"


def _part(name: str) -> str:
    """Return the row of one part of the score; the script fills in what one hit has of it."""
    return (
        f'<tr data-part="{name}" data-weight="{getattr(DEFAULT, name):g}">'
        f'<th scope="row">{escape(PART_NAMES[name])}</th><td></td><td></td></tr>'
    )


router = APIRouter(include_in_schema=False)


@router.get("/")
def landing(request: Request) -> Response:
    """Return the search page."""
    page: LandingPage = request.app.state.page
    headers = {"ETag": page.etag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match", "").removeprefix("W/") == page.etag:
        return Response(status_code=304, headers=headers)
    return HTMLResponse(page.content, headers=headers)


@router.get("/docs")
def docs() -> Response:
    """Return the interactive documentation: Swagger UI, from an installed package."""
    return HTMLResponse((_WEB / "docs.html").read_bytes(), headers={"Cache-Control": "no-cache"})


@router.get("/problems/{slug}")
async def problem(slug: str) -> Response:
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
        Mount("/static", StaticFiles(directory=_WEB), name="static"),
    ]
