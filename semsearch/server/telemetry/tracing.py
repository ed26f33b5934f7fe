"""Traces by OpenTelemetry: a span for each request, and one for each stage of its answer.

The variables of OpenTelemetry configure the sampler, the limits, the resource, the propagators and
the exporter, which is OTLP over HTTP. Without `OTEL_EXPORTER_OTLP_ENDPOINT` or that of traces, no
module of the SDK is loaded. Spans are made when an answer is complete, from the times that
`Server-Timing` states, so a request does the same work with and without them. They have the route,
and never the address or the question. FastAPI's own telemetry is off: its spans have the query.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Mapping
from time import perf_counter
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from semsearch.core.version import __version__
from semsearch.server.http.middleware import CurrentResponse
from semsearch.server.telemetry.families import STAGES

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
    from opentelemetry.trace import Tracer

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")

CLOSE_S = 2.0
"""Most seconds that the end of the process waits for a collector of spans."""

_log = logging.getLogger("semsearch.server")


def is_configured(environ: Mapping[str, str]) -> bool:
    """Whether the variables of OpenTelemetry ask for spans."""
    if environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    exporter = environ.get("OTEL_TRACES_EXPORTER", "").strip()
    return exporter != "none" and any(environ.get(name) for name in _ENDPOINTS)


def configured_tracing() -> Tracing | None:
    """Return what sends spans as the environment asks, or None if it does not ask.

    What is missing is logged, and stops nothing: such variables are often set for a whole cluster.
    """
    if not is_configured(os.environ):
        return None
    exporter = os.environ.get("OTEL_TRACES_EXPORTER", "").strip() or "otlp"
    protocol = (
        os.environ.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL")
        or os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL")
        or "http/protobuf"
    )
    if exporter != "otlp" or protocol != "http/protobuf":
        _log.warning(
            "no traces are sent: %s over %s is not supported; set OTEL_TRACES_EXPORTER=otlp and "
            "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
            exporter,
            protocol,
        )
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - not always used
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - as above

        return Tracing(_provider(BatchSpanProcessor(OTLPSpanExporter())))
    except ImportError as error:
        _log.warning(
            "no traces are sent: %s is missing; run `pip install '.[tracing]'` in the checkout of "
            "semsearch",
            error.name,
        )
        return None


def _provider(processor: SpanProcessor) -> TracerProvider:
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - not always used
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - as above

    own = {"service.version": __version__}
    stated = os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    if "OTEL_SERVICE_NAME" not in os.environ and "service.name=" not in stated:
        own["service.name"] = "semsearch"
    resource = Resource.create(own)
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(processor)
    return provider


class Tracing:
    """Makes the spans of requests.

    Args:
        provider: of OpenTelemetry's SDK.
    """

    def __init__(self, provider: TracerProvider) -> None:
        from opentelemetry import propagate, trace  # noqa: PLC0415 - not always used

        self._provider = provider
        self._tracer: Tracer = provider.get_tracer("semsearch", __version__)
        self._extract = propagate.extract
        self._trace = trace

    def finished(self, response: CurrentResponse, status: int) -> str:
        """Make the spans of a request that was answered. Return the id of its trace."""
        now, clock = time.time_ns(), perf_counter()

        def at(seconds: float) -> int:
            return now - round((clock - seconds) * 1e9)

        scope = response.scope
        span = self._tracer.start_span(
            f"{scope['method']} {response.route}",
            context=self._extract(Headers(scope=scope)),
            kind=self._trace.SpanKind.SERVER,
            start_time=at(response.began),
            attributes={
                "http.request.method": scope["method"],
                "http.route": response.route,
                "http.response.status_code": status,
                "url.scheme": scope.get("scheme", "http"),
                "semsearch.request_id": response.request_id,
                **({"error.type": response.problem} if response.problem else {}),
            },
        )
        parent = self._trace.set_span_in_context(span)
        stages = [(name, response.timings[name]) for name in STAGES if name in response.timings]
        took_s = sum(ms for _, ms in stages if isinstance(ms, float)) / 1000
        begins = response.answered_at - took_s
        for name, ms in stages:
            if isinstance(ms, float):
                child = self._tracer.start_span(name, context=parent, start_time=at(begins))
                begins += ms / 1000
                child.end(at(begins))
        if status >= 500:
            span.set_status(self._trace.StatusCode.ERROR)
        span.end(now)
        return format(span.get_span_context().trace_id, "032x")

    def close(self) -> None:
        """Send what is left, for `CLOSE_S` at most."""
        sending = threading.Thread(target=self._provider.shutdown, daemon=True)
        sending.start()
        sending.join(CLOSE_S)
