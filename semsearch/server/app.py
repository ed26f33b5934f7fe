"""The ASGI application over an open index; `serve` runs it with the server of this package."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from copy import copy
from datetime import datetime
from pathlib import Path
from typing import Any

import anyio.to_thread
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from semsearch.core.settings import Settings
from semsearch.core.version import __version__
from semsearch.ingest import Editor
from semsearch.ingest.shared.follower import SharedFollower, follower_of
from semsearch.search.glossary import Glossary
from semsearch.server import auto_publish
from semsearch.server.app_state import AppState
from semsearch.server.assistants.endpoint import mcp_route
from semsearch.server.assistants.protocol import is_installed
from semsearch.server.auth import permissions
from semsearch.server.auth.described_scopes import describe
from semsearch.server.auth.edit_quotas import EditQuotas
from semsearch.server.auth.exposure import Exposure
from semsearch.server.auth.key_store import KeyRing
from semsearch.server.auth.keys import utc_now
from semsearch.server.auth.rate_limits import RateLimits
from semsearch.server.client_address import Proxies
from semsearch.server.example_questions import ExampleQuestions
from semsearch.server.feedback.question_recorder import recorder_of
from semsearch.server.feedback.suggestion_senders import forget_regularly
from semsearch.server.http import cors, edit_requests, exception_handlers
from semsearch.server.http.admission_guard import AdmissionGuard
from semsearch.server.http.connection_limits import CONNECTION_LIMITS, ConnectionLimits
from semsearch.server.http.dispatcher import DIRECT_PATHS, Application
from semsearch.server.http.host_check import HostCheck
from semsearch.server.http.openapi import declare_problems, name_by_title
from semsearch.server.page_cache import PageCache
from semsearch.server.queueing.admission import ADMISSION, Admission
from semsearch.server.request_context import settings_tag
from semsearch.server.routes import (
    changes,
    edit_pages,
    edits,
    entries,
    entry_pages,
    exports,
    gaps,
    health,
    inbox,
    map,
    mirrors,
    opensearch_and_widget,
    pages,
    reconciliation,
    reconciliation_lookups,
    recording,
    search,
)
from semsearch.server.search_service import THREADS, SearchService
from semsearch.server.telemetry.gauges import measure
from semsearch.server.telemetry.telemetry import TELEMETRY, Telemetry
from semsearch.storage.files.layout import IndexLayout

_DESCRIPTION = """\
Ask a glossary in plain language; get the entries that fit, the sentence that answers, and how sure
the service is.

Answers carry an `ETag`; send it back as `If-None-Match` to get 304 while the index is unchanged.
Every error is a problem detail (RFC 9457) whose `type` can be read with GET. Unknown parameters
are refused. A body needs the header `Content-Type: application/json`.

`Server-Timing` has milliseconds by stage: a question waits (`queue`), is embedded together with
others of the same moment (`encode`), is looked up (`retrieve`), and answered (`answer`). `cache`
says what was remembered: `answer` or `vector`. A service with too much to do answers 503 at once.

Every answer has an `X-Request-Id`, by which the log names it: the one that was sent, if it has 1 to
128 letters, digits or `._:=+/@-`, or else a new one.
"""
_TAGS = [
    {"name": "search", "description": "Questions and answers."},
    {"name": "entries", "description": "Terms and what they mean."},
    {"name": "editing", "description": "Entries changed, and what was changed."},
    {"name": "mirrors", "description": "Copies of the index that follow it."},
    {"name": "gaps", "description": "What people ask and do not find."},
    {"name": "inbox", "description": "What readers suggest to owners."},
    {"name": "map", "description": "Meaning in two dimensions."},
    {"name": "glossaries", "description": "What the index holds."},
    {"name": "reconciliation", "description": "Names in tables matched with entries (W3C)."},
    {"name": "health", "description": "For whoever runs the service."},
]


def create_app(
    glossary: Glossary,
    settings: Settings,
    *,
    clock: Callable[[], datetime] = utc_now,
    direct_paths: Collection[str] = DIRECT_PATHS,
    address: str | None = None,
    hosts: Collection[str] | None = None,
    telemetry: Telemetry | None = None,
) -> FastAPI:
    """Return the ASGI application over an open index.

    A request passes, in this order:

    1. `http/bounded_protocol.py`: the connection; it reads the head within bounds, and refuses GETs
       that need no body while there is too much to do.
    2. `http/middleware.py`: the request id, the time that is taken, errors nobody handled.
    3. `http/host_check.py`, and CORS: names of the service, pages of other origins.
    4. `http/admission_guard.py`: the lines of `admission.py`, for every request.
    5. `http/dispatcher.py`: the route, without the router for frequent paths.
    6. `auth/permissions.py`: the key, its scope, rate limits.
    7. `http/strict_requests.py`: parameters and body, all of which the route declares.
    8. `request_context.py`: the state of the index that is shown, glossaries of the key, the ETag.
    9. A function of `routes/`; questions go on to `search_service.py` and its `batching.py`.

    Args:
        glossary: the index, which the caller closes after the application has shut down.
        settings: stored in the application's state. If `read` is `auto`, reading is open if the
            address is a loopback one and `public_url` names no other machine.
        clock: returns the time, by which access keys expire.
        direct_paths: paths whose routes are found without the router; see `Dispatcher`.
        address: on which the ASGI server listens; `host` of the settings by default.
        hosts: names by which the service may be asked; any by default. See `host_check`.
        telemetry: is told of requests; by default nothing is.

    Returns:
        The application. It is ready, as /readyz reports, when its lifespan has started.
    """
    told = telemetry or Telemetry()
    layout = IndexLayout(Path(glossary.info().path))
    exposure = Exposure.of(settings, settings.host if address is None else address)
    read_store = settings.read_store
    follower = follower_of(layout, read_store.get_secret_value() if read_store else None)
    authenticator = permissions.Authenticator(
        KeyRing(layout.keys, clock, follower.check_keys if follower else None),
        is_open=exposure.is_open,
        keyed=permissions.COSTLY if settings.history == "open" else permissions.ALWAYS_KEYED,
    )
    state = AppState(
        settings=settings,
        glossary=glossary,
        is_open=authenticator.is_open,
        frame_ancestors=cors.frame_ancestors(settings, exposure),
        settings_tag=settings_tag(
            settings, is_open=authenticator.is_open, has_assistants=is_installed()
        ),
        search_service=SearchService(glossary, settings, told.answered),
        editor=Editor(layout.root, encoder_for=glossary.encoder_for),
        edit_quotas=EditQuotas(layout.usage, settings, clock),
        edit_worker=edit_requests.edit_worker(),
        page_cache=PageCache(),
        example_questions=ExampleQuestions(glossary),
        question_recorder=recorder_of(settings, layout.questions),
        telemetry=told,
    )
    admission = Admission(
        state.search_service.question_line,
        state.search_service.page_workers.line,
        state.edit_worker.line,
        state.search_service.heavy_line,
        Proxies(settings.proxies),
    )
    app = Application(
        direct_paths=direct_paths,
        telemetry=told,
        title="semsearch",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lambda _: _lifespan(state, admission, authenticator, follower, clock),
        routes=all_routes(),
    )
    app.state = state  # type: ignore[assignment] # with types, where State takes anything
    rates = RateLimits(settings.rate_limit, settings.rate_storage) if settings.rate_limit else None
    permissions.guard(app.routes, authenticator, admission, rates)
    exception_handlers.handle_problems(app)
    app.add_middleware(AdmissionGuard, admission=admission)
    cors.share(app, settings, exposure)
    if hosts is not None:
        app.add_middleware(HostCheck, hosts=hosts)
    app.openapi = lambda: _openapi(app, authenticator)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(
    state: AppState,
    admission: Admission,
    authenticator: permissions.Authenticator,
    follower: SharedFollower | None,
    clock: Callable[[], datetime],
) -> AsyncIterator[dict[str, Any]]:
    """Do what an application does beside answering, and yield what its connections share."""
    settings, layout = state.settings, IndexLayout(Path(state.glossary.info().path))
    recorder, told = state.question_recorder, state.telemetry
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    await run_in_threadpool(state.example_questions.get)  # asks a first question
    if recorder is not None:
        recorder.start()
    gc.collect()
    gc.freeze()  # loaded objects stay, so no later collection has to visit them
    state.is_ready = True
    if follower is not None:
        follower.start()
    connections = ConnectionLimits(settings.connections, admission.proxies)
    tasks = [
        asyncio.create_task(auto_publish.publish_regularly(layout, tell=told.published)),
        asyncio.create_task(measure(state, told, connections)),
        asyncio.create_task(forget_regularly(layout.inbox, clock)),
    ]
    yield {ADMISSION: admission, CONNECTION_LIMITS: connections, TELEMETRY: told}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    state.is_ready = False
    state.search_service.close()
    state.edit_worker.close()
    authenticator.close()
    if follower is not None:
        await run_in_threadpool(follower.close)
    if recorder is not None:
        await run_in_threadpool(recorder.close)


def all_routes() -> list[BaseRoute]:
    """Return copies of all routes, since the guard of an application is put before each.

    `include_router` would answer with a handler of FastAPI's, not with that of `StrictRoute`.
    """
    return [
        copy(route)
        for route in (
            *changes.router.routes,
            *mirrors.router.routes,
            *edits.router.routes,
            *search.router.routes,
            *recording.router.routes,
            *entries.router.routes,  # after the routes below the path of an entry
            *map.router.routes,
            *exports.router.routes,
            *gaps.router.routes,
            *gaps.pages.routes,
            *inbox.router.routes,
            *inbox.pages.routes,
            *health.router.routes,
            *pages.router.routes,
            *entry_pages.router.routes,
            *edit_pages.router.routes,
            *map.pages.routes,
            *opensearch_and_widget.router.routes,
            mcp_route(),
            *reconciliation.router.routes,
            *reconciliation_lookups.router.routes,
            *pages.asset_mounts(),
        )
    ]


def _openapi(app: FastAPI, authenticator: permissions.Authenticator) -> dict[str, Any]:
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
        describe(schema, app.routes, authenticator)
        app.openapi_schema = schema
    return app.openapi_schema
