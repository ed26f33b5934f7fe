"""The command `serve`: the pages and the HTTP API."""

from __future__ import annotations

import signal
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semsearch.cli.options import EmbeddingsApi, Index, Model, Store, join
from semsearch.cli.output import common
from semsearch.cli.watch import CorpusWatch

if TYPE_CHECKING:
    from semsearch.server.workers.process import Listening

app = typer.Typer()


@app.command()
def serve(
    index: Index = None,
    store: Store = None,
    read_store: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Read replica of the store, or several, from which the copy is kept in step "
            "(default: SEMSEARCH_READ_STORE, which other users of this machine do not see).",
        ),
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="Address (default: SEMSEARCH_HOST or 127.0.0.1).")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port, 0 for a free one (default: SEMSEARCH_PORT or 8000).")
    ] = None,
    model: Model = None,
    _embeddings_api: EmbeddingsApi = None,
    workers: Annotated[
        str | None,
        typer.Option(
            help="Processes that answer; auto is one for each core (default: SEMSEARCH_WORKERS or "
            "auto)."
        ),
    ] = None,
    read: Annotated[
        str | None,
        typer.Option(
            help="Who may read: everybody (open), who has a key (key), or auto: open on loopback "
            "without a --public-url of another host, else key (default: SEMSEARCH_READ or auto)."
        ),
    ] = None,
    history: Annotated[
        str | None,
        typer.Option(
            help="Who may read histories, which name editors: key or open "
            "(default: SEMSEARCH_HISTORY or key)."
        ),
    ] = None,
    public_url: Annotated[
        str | None,
        typer.Option(help="Public base URL of the service (default: SEMSEARCH_PUBLIC_URL)."),
    ] = None,
    allowed_host: Annotated[
        list[str] | None,
        typer.Option(
            help="Host name by which the service is asked; several times "
            "(default: SEMSEARCH_ALLOWED_HOSTS)."
        ),
    ] = None,
    record_questions: Annotated[
        bool | None,
        typer.Option(
            "--record-questions",
            help="Record what readers ask, redacted and in the index folder "
            "(default: SEMSEARCH_RECORD_QUESTIONS or no).",
        ),
    ] = None,
    question_days: Annotated[
        int | None,
        typer.Option(
            help="Days for which recorded questions are kept (default: SEMSEARCH_QUESTION_DAYS or "
            "90)."
        ),
    ] = None,
    suggestions: Annotated[
        bool | None,
        typer.Option(
            "--suggestions",
            help="Let readers suggest missing terms and changes "
            "(default: SEMSEARCH_SUGGESTIONS or no).",
        ),
    ] = None,
    metrics_port: Annotated[
        int | None,
        typer.Option(
            help="Port of /metrics, 0 for a free one (default: SEMSEARCH_METRICS_PORT, or off)."
        ),
    ] = None,
    metrics_host: Annotated[
        str | None,
        typer.Option(help="Address of /metrics (default: SEMSEARCH_METRICS_HOST or 127.0.0.1)."),
    ] = None,
    log_level: Annotated[
        str | None,
        typer.Option(
            help="Least level of the log: debug, info (a line for each request), warning or error "
            "(default: SEMSEARCH_LOG_LEVEL or info)."
        ),
    ] = None,
    log_format: Annotated[
        str | None,
        typer.Option(help="console or json (default: SEMSEARCH_LOG_FORMAT or console)."),
    ] = None,
    tls_cert: Annotated[
        Path | None,
        typer.Option(
            readable=False,  # the server's own message says more
            help="Certificate to speak HTTPS with, as PEM; read again when it changes "
            "(default: SEMSEARCH_TLS_CERT).",
        ),
    ] = None,
    tls_key: Annotated[
        Path | None,
        typer.Option(readable=False, help="Its private key, as PEM (default: SEMSEARCH_TLS_KEY)."),
    ] = None,
    origins: Annotated[
        str | None,
        typer.Option(
            help="Other sites whose pages may send requests (default: SEMSEARCH_ORIGINS)."
        ),
    ] = None,
    open_: Annotated[
        bool, typer.Option("--open", help="Open the page in a browser when it answers.")
    ] = False,
    watch: Annotated[
        list[str] | None,
        typer.Option(
            help="File, folder or NAME=PATH to build now and whenever something in it changes; "
            "several times."
        ),
    ] = None,
) -> None:
    """Serve the pages and the HTTP API."""
    from semsearch.core.settings import load_settings  # noqa: PLC0415 - loads pydantic
    from semsearch.server.workers.serve import serve as serve_now  # noqa: PLC0415 - loads FastAPI

    settings = load_settings(
        index=index,
        store=store,
        read_store=read_store,
        host=host,
        port=port,
        model=model,
        workers=workers,
        read=read,
        history=history,
        public_url=public_url,
        tls_cert=tls_cert,
        tls_key=tls_key,
        origins=origins,
        record_questions=record_questions,
        question_days=question_days,
        suggestions=suggestions,
        metrics_port=metrics_port,
        metrics_host=metrics_host,
        log_level=log_level,
        log_format=log_format,
        allowed_hosts=",".join(allowed_host) if allowed_host else None,
    )
    options = ["--index", str(settings.index), *(["--model", model] if model else [])]
    with CorpusWatch(watch or [], options) as watched:
        with stopped_by_sigterm():
            with common.BuildProgress(quiet=False) as progress:
                join(settings, progress)
            watched.build()
        serve_now(settings, ready=partial(_ready, settings.model, watched, in_browser=open_))
    common.done("stopped")


def _ready(
    named_model: str | None, watched: CorpusWatch, listening: Listening, *, in_browser: bool
) -> None:
    common.serving(listening, named_model=named_model)
    watched.start()
    if in_browser and not webbrowser.open(listening.url):
        common.remark(f"no browser could be started; open {listening.url} yourself")


@contextmanager
def stopped_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end what runs inside in order, as Ctrl-C does, before the service handles it."""

    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
