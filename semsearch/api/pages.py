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


_MARKS = ("reading", "count", "glossaries", "parts", "examples")
"""The places of `index.html` that are filled in."""


class LandingPage:
    """The page at /, made for what an index shows.

    Where reading needs a key it says nothing of the index; the script asks for the key and fills in the rest.
    """

    def __init__(self, glossary: Glossary, *, is_open: bool = True) -> None:
        self._glossary = glossary
        self._is_open = is_open
        self._tag = glossary.tag

    def current(self) -> LandingPage:
        """Return the page of what the index holds now: this one, unless something was changed."""
        self._glossary.follow(wait=False)
        if self._glossary.tag == self._tag:
            return self
        return LandingPage(self._glossary, is_open=self._is_open)

    def make(self) -> str:
        """Ask the first question, also for a page that does not show it, and return the tag of the page."""
        _ = self.questions
        return self.etag

    @cached_property
    def questions(self) -> list[str]:
        """Up to three questions that this index answers."""
        nearest = self._glossary.ask(_FIRST_QUESTION, k=20)
        return example_questions([hit.entry for hit in nearest.hits])

    @cached_property
    def content(self) -> bytes:
        """The page as it is sent."""
        page = (_WEB / "index.html").read_text(encoding="utf-8")
        made = self._of_the_index() if self._is_open else {"glossaries": _LATER, "reading": "key"}
        made["parts"] = "".join(map(_part, PARTS))
        for mark in _MARKS:
            page = page.replace(f"<!-- {mark} -->", made.get(mark, ""), 1)
        return page.encode()

    def _of_the_index(self) -> dict[str, str]:
        infos = self._glossary.info().glossaries
        return {
            "examples": "".join(map(_chip, self.questions)),
            "glossaries": _choice(infos) if len(infos) > 1 else "",
            "count": escape(_count(infos)),
            "reading": "open",
        }

    @cached_property
    def etag(self) -> str:
        """A tag that changes with the content."""
        return f'"{hashlib.sha256(self.content).hexdigest()[:16]}"'


def _chip(question: str) -> str:
    address = escape("./?" + urlencode({"q": question}))
    return f'<li><a href="{address}">{escape(question)}</a></li>'


def _choice(infos: tuple[GlossaryInfo, ...], attribute: str = "") -> str:
    """Return the choice of a glossary."""
    options = "".join(f"<option>{escape(info.name)}</option>" for info in infos)
    return (
        f'<label class="within"{attribute}>in <select name="glossary">'
        f'<option value="">all glossaries</option>{options}</select></label>'
    )


_LATER = _choice((), " hidden")
"""A choice that the script fills in, once it has a key."""


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
    state = request.app.state
    page: LandingPage = state.page.current()
    state.page = page
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
