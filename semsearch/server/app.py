"""The ASGI application over an open index; `serve` runs it with the server of this package."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from copy import copy
from datetime import datetime
from pathlib import Path
from typing import Any

import anyio.to_thread
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.concurrency import run_in_threadpool

from semsearch.core.settings import Settings
from semsearch.core.version import __version__
from semsearch.ingest import Editor
from semsearch.search.glossary import Glossary
from semsearch.server import auto_publish
from semsearch.server.auth import exposure, permissions
from semsearch.server.auth.key_store import KeyRing
from semsearch.server.auth.keys import utc_now
from semsearch.server.example_questions import ExampleQuestions
from semsearch.server.http import edit_requests, exception_handlers, middleware
from semsearch.server.http.bounded_protocol import IS_FULL
from semsearch.server.http.openapi import declare_problems, name_by_title
from semsearch.server.page_cache import PageCache
from semsearch.server.routes import (
    changes,
    edits,
    entries,
    entry_pages,
    exports,
    health,
    map,
    opensearch_and_widget,
    pages,
    search,
)
from semsearch.server.search_service import THREADS, SearchService
from semsearch.storage.layout import IndexLayout

_DESCRIPTION = """\
Ask a glossary in plain language; get the entries that fit, the sentence that answers, and how sure
the service is.

Answers carry an `ETag`; send it back as `If-None-Match` to get 304 while the index is unchanged.
Every error is a problem detail (RFC 9457) whose `type` can be read with GET. Unknown parameters
are refused. A body needs the header `Content-Type: application/json`.

`Server-Timing` says how many milliseconds a question waited (`queue`), was embedded, together \
with others
that came at the same time (`encode`), and was answered (`search`), or what was remembered of \
it: `cache` is
`answer` or `vector`. A service with too much to do answers 503 at once.
"""
_TAGS = [
    {"name": "search", "description": "Questions and answers."},
    {"name": "entries", "description": "Terms and what they mean."},
    {"name": "editing", "description": "Entries changed, and what was changed."},
    {"name": "map", "description": "Meaning in two dimensions."},
    {"name": "glossaries", "description": "What the index holds."},
    {"name": "health", "description": "For whoever runs the service."},
]


def create_app(
    glossary: Glossary, settings: Settings, *, clock: Callable[[], datetime] = utc_now
) -> FastAPI:
    """Return the ASGI application over an open index.

    Args:
        glossary: the index, which the caller closes after the application has shut down.
        settings: stored in the application's state. If `read` is `auto`, reading is open if `host`
            is a loopback address, whatever address another ASGI server binds.
        clock: returns the time, by which access keys expire.

    Returns:
        The application. It is ready, as /readyz reports, when its lifespan has started.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS  # for pages
        await run_in_threadpool(app.state.example_questions.get)  # asks a first question
        gc.collect()
        gc.freeze()  # loaded objects stay, so no later collection has to visit them
        app.state.is_ready = True
        publishing_edits = asyncio.create_task(auto_publish.publish_edits(layout))
        yield {IS_FULL: app.state.search_service.workers.is_full}
        publishing_edits.cancel()
        await asyncio.gather(publishing_edits, return_exceptions=True)
        app.state.is_ready = False
        app.state.search_service.workers.close()
        app.state.edit_worker.close()
        authenticator.close()

    layout = IndexLayout(Path(glossary.info().path))
    authenticator = permissions.Authenticator(
        KeyRing(layout.keys, clock), is_open=exposure.is_open(settings)
    )
    app = FastAPI(
        title="semsearch",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        # not `include_router`: it would answer with a handler of FastAPI's, not `StrictRoute`'s
        routes=[
            copy(route)  # a guard of this application is put before each
            for route in (
                *changes.router.routes,
                *edits.router.routes,
                *search.router.routes,
                *entries.router.routes,  # after the routes below the path of an entry
                *map.router.routes,
                *exports.router.routes,
                *health.router.routes,
                *pages.router.routes,
                *entry_pages.router.routes,
                *map.pages.routes,
                *opensearch_and_widget.router.routes,
                *pages.asset_mounts(),
            )
        ],
    )
    permissions.guard(app.routes, authenticator)
    app.state.settings = settings
    app.state.is_open = authenticator.is_open
    app.state.glossary = glossary
    app.state.example_questions = ExampleQuestions(glossary)
    app.state.page_cache = PageCache()
    app.state.search_service = SearchService(glossary, settings)
    app.state.editor = Editor(glossary.info().path, lend=glossary.lend)
    app.state.edit_worker = edit_requests.edit_worker()
    app.state.is_ready = False
    exception_handlers.handle_problems(app)
    if settings.origins:
        opensearch_and_widget.allow_origins(app, settings.origins)
    app.add_middleware(middleware.Envelope)
    app.openapi = lambda: _openapi(app, is_open=authenticator.is_open)  # type: ignore[method-assign]
    return app


def _openapi(app: FastAPI, *, is_open: bool) -> dict[str, Any]:
    """Return the interface description, made at the first call."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title,
            version=app.version,
            summary="Semantic search over definitions",
            description=_DESCRIPTION,
            routes=app.routes,
            tags=_TAGS,
            license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        )
        name_by_title(schema)
        declare_problems(schema)
        permissions.describe(schema, app.routes, is_open=is_open)
        app.openapi_schema = schema
    return app.openapi_schema
