"""The application, and running it: `create_app` for any ASGI server, `serve` for ours."""

from __future__ import annotations

import asyncio
import errno
import gc
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import anyio.to_thread
import uvicorn
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.concurrency import run_in_threadpool

from semsearch.access.keys import utc_now
from semsearch.access.store import KeyRing
from semsearch.api import (
    access,
    carrying,
    editing,
    elsewhere,
    entries,
    exposure,
    following,
    handling,
    mapping,
    middleware,
    pages,
    problems,
    publishing,
    reading,
    routes,
    taking,
)
from semsearch.api.asking import THREADS, Asking
from semsearch.api.kept import Kept
from semsearch.api.protocol import IS_FULL, BoundedProtocol
from semsearch.core.errors import InvalidSetting
from semsearch.core.index_info import IndexInfo
from semsearch.core.settings import Settings
from semsearch.core.version import __version__
from semsearch.ingest import Editor
from semsearch.search.glossary import Glossary
from semsearch.storage.layout import IndexLayout

_DESCRIPTION = """\
Ask a glossary in plain language; get the entries that fit, the sentence that answers, and how sure
the service is.

Answers carry an `ETag`; send it back as `If-None-Match` to get 304 while the index is unchanged.
Every error is a problem detail (RFC 9457) whose `type` can be read with GET. Unknown parameters
are refused. A body needs the header `Content-Type: application/json`.

`Server-Timing` says how many milliseconds a question waited (`queue`), was embedded, together with others
that came at the same time (`encode`), and was answered (`search`), or what was remembered of it: `cache` is
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
        settings: what was set from outside, kept on the application's state. Where `read` is `auto`, reading is
            open if `host` is a loopback address, whatever address another ASGI server binds.
        clock: tells the time, which access keys expire by.

    Returns:
        The application. It is ready, and says so at /readyz, when its lifespan has started.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS  # of the pages
        await run_in_threadpool(app.state.start.warm)  # asks the first question
        gc.collect()
        gc.freeze()  # what is loaded stays, so no collection has to look at it again
        app.state.is_ready = True
        publishing_edits = asyncio.create_task(publishing.publish_edits(layout))
        yield {IS_FULL: app.state.asking.workers.is_full}
        publishing_edits.cancel()
        await asyncio.gather(publishing_edits, return_exceptions=True)
        app.state.is_ready = False
        app.state.asking.workers.close()
        app.state.edits.close()
        door.close()

    layout = IndexLayout(Path(glossary.info().path))
    door = access.Door(KeyRing(layout.keys, clock), is_open=exposure.is_open(settings))
    app = FastAPI(
        title="semsearch",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        # not `include_router`: it would answer with a handler of FastAPI's, not `StrictRoute`'s
        routes=[
            copy(route)  # a gate is put before each, which is this application's own
            for route in (
                *following.router.routes,
                *editing.router.routes,
                *routes.router.routes,
                *entries.router.routes,  # behind those below the address of an entry
                *mapping.router.routes,
                *taking.router.routes,
                *routes.health.routes,
                *pages.router.routes,
                *reading.router.routes,
                *mapping.pages.routes,
                *elsewhere.router.routes,
                *pages.asset_mounts(),
            )
        ],
    )
    access.guard(app.routes, door)
    app.state.settings = settings
    app.state.is_open = door.is_open
    app.state.glossary = glossary
    app.state.start = pages.Start(glossary)
    app.state.kept = Kept()
    app.state.asking = Asking(glossary, settings)
    app.state.editor = Editor(glossary.info().path, lend=glossary.lend)
    app.state.edits = carrying.lane()
    app.state.is_ready = False
    handling.handle_problems(app)
    if settings.origins:
        elsewhere.let_in(app, settings.origins)
    app.add_middleware(middleware.Envelope)
    app.openapi = lambda: _openapi(app, is_open=door.is_open)  # type: ignore[method-assign]
    return app


def _openapi(app: FastAPI, *, is_open: bool) -> dict[str, Any]:
    """Return the interface description; errors are problems, and are declared as such."""
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
        for path in schema["paths"].values():
            for operation in path.values():
                for status, response in operation["responses"].items():
                    if int(status) >= 400:
                        parts = response[
                            "content"
                        ].values()  # FastAPI thinks of the type of the answer
                        whole = {name: part[name] for part in parts for name in part}
                        response["content"] = {problems.MEDIA_TYPE: whole}
        access.describe(schema, app.routes, is_open=is_open)
        app.openapi_schema = schema
    return app.openapi_schema


@dataclass(frozen=True, slots=True)
class Listening:
    """A service that answers: its base URL, a question worth asking, and the index it answers from."""

    url: str
    example: str
    index: IndexInfo
    is_open: bool = True
    """Whether anybody may read."""


def serve(settings: Settings, ready: Callable[[Listening], None] = lambda listening: None) -> None:
    """Open the index and serve it until the process is told to stop. Blocks.

    Args:
        settings: what to serve, where, and by how many processes.
        ready: called once, when the socket listens and a first question has been answered by each process.

    Raises:
        InvalidSetting: the address cannot be listened on, or others reach it and there is no access key; found
            before the index is opened.
        StoredIndexError: the index cannot be opened.
        WorkerFailed: a process of several ended before it could answer.
    """
    with _bound(settings.host, settings.port) as listener:
        settings = exposure.settle(settings, listener)
        if settings.workers == 1:
            serve_on(listener, settings, ready)
        else:
            from semsearch.api.supervisor import supervise  # noqa: PLC0415 - it imports this module

            supervise(listener, settings, ready)


def serve_on(
    listener: socket.socket, settings: Settings, ready: Callable[[Listening], None]
) -> None:
    """Serve on a bound socket by this process alone; see `serve`."""
    with Glossary.open(settings.index, model=settings.model) as glossary:
        app = create_app(glossary, settings)
        config = uvicorn.Config(
            app,
            http=BoundedProtocol,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=30,
        )

        def listening() -> None:
            example = next(iter(app.state.start.questions()), "hello")
            ready(Listening(_url(listener), example, glossary.info(), exposure.is_open(settings)))

        server = _Server(config, listening)
        with _no_death_by_signal():
            try:
                server.run(sockets=[listener])
            except OSError as error:  # another process began to listen since `_bound`
                raise _unusable(settings.host, settings.port, error) from error


class _Server(uvicorn.Server):
    """uvicorn's server, which also says when it listens."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening()


@contextmanager
def _bound(host: str, port: int) -> Iterator[socket.socket]:
    """Yield a bound socket that does not listen yet."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = min(found, key=lambda info: info[0] != socket.AF_INET)
        # the protocol is named: without it asyncio leaves Nagle's algorithm on, which costs 40 ms
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        raise _unusable(host, port, error) from error
    with listener:
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except OSError as error:
            raise _unusable(host, port, error) from error
        yield listener


def _unusable(host: str, port: int, error: Exception) -> InvalidSetting:
    """Return the error for an address that cannot be listened on, with the way out."""
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return InvalidSetting(
            f"port {port} on {host} is in use; choose another with --port (PORT= for make)"
        )
    if number == errno.EACCES:
        return InvalidSetting(
            f"port {port} on {host} needs rights this process does not have; choose one above "
            "1023 with --port"
        )
    return InvalidSetting(
        f"{host!r} is not an address of this machine; choose one with --host, such as 127.0.0.1"
    )


def _url(listener: socket.socket) -> str:
    """Return where this machine reaches the service; a wildcard address is shown as loopback."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - not bound here
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def _no_death_by_signal() -> Iterator[None]:
    """End normally after a graceful stop: uvicorn raises the signal again when it has stopped."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)
