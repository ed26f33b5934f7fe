"""`telemetry/tracing`: spans of requests, collected in memory by OpenTelemetry's SDK."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from semsearch.core.settings import load_settings
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.telemetry.telemetry import Telemetry
from semsearch.server.telemetry.tracing import Tracing, configured_tracing, is_configured

pytest.importorskip("opentelemetry.sdk", reason="the extra `tracing` is not installed")
from opentelemetry import propagate
from opentelemetry.context import Context
from opentelemetry.propagators.textmap import CarrierT, Getter, default_getter
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_TRACE = "0af7651916cd43dd8448eb211c80319c"
_PARENT = "b7ad6b7169203331"
_OTLP = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}


@dataclass(frozen=True)
class _Traced:
    """A client of an application, and the spans of its requests."""

    client: TestClient
    exporter: InMemorySpanExporter

    def spans(self) -> list[ReadableSpan]:
        found = [*self.exporter.get_finished_spans()]
        self.exporter.clear()
        return found


@pytest.fixture
def traced(glossary: Glossary, index: Path, direct_paths: Collection[str]) -> Iterator[_Traced]:
    """Yield a client whose requests are traced, unless their parent is not sampled."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(sampler=ParentBased(TraceIdRatioBased(1.0)))
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    settings = load_settings(index=index)
    telemetry = Telemetry(tracing=Tracing(provider))
    app = create_app(glossary, settings, direct_paths=direct_paths, telemetry=telemetry)
    with TestClient(app) as client:
        yield _Traced(client, exporter)
    telemetry.close()


def test_a_question_has_a_span_for_each_stage(traced: _Traced) -> None:
    """They are children of that of the request, follow each other, and lie within it."""
    request_id = traced.client.get("/v1/search?q=beams+of+hulls").headers["x-request-id"]
    *stages, request = sorted(
        traced.spans(), key=lambda span: (span.parent is None, span.start_time)
    )
    assert request.name == "GET /v1/search"
    assert request.kind.name == "SERVER"
    assert request.attributes == {
        "http.request.method": "GET",
        "http.route": "/v1/search",
        "http.response.status_code": 200,
        "url.scheme": "http",
        "semsearch.request_id": request_id,
    }
    assert [span.name for span in stages] == ["queue", "encode", "retrieve", "answer"]
    assert request.start_time
    assert request.end_time
    at = request.start_time
    for span in stages:
        assert span.parent
        assert span.parent.span_id == request.context.span_id
        assert span.start_time is not None
        assert span.end_time is not None
        assert at - 1000 <= span.start_time <= span.end_time
        at = span.end_time
    assert at <= request.end_time


def test_what_is_remembered_has_no_stages(traced: _Traced) -> None:
    """An answer of the cache, an entry and a page of the glossary are one span each."""
    traced.client.get("/v1/search?q=beams+of+hulls+again")
    traced.spans()
    for path in ("/v1/search?q=beams+of+hulls+again", "/v1/entries/ships:keel", "/glossary/ships"):
        traced.client.get(path)
    names = ["GET /v1/search", "GET /v1/entries/{id}", "GET /glossary/{name}"]
    assert [span.name for span in traced.spans()] == names


def test_the_trace_of_the_caller_goes_on(traced: _Traced) -> None:
    """The header `traceparent` of W3C is accepted; one that is malformed begins a new trace."""
    traced.client.get("/livez", headers={"traceparent": f"00-{_TRACE}-{_PARENT}-01"})
    (span,) = traced.spans()
    assert format(span.context.trace_id, "032x") == _TRACE
    assert span.parent
    assert format(span.parent.span_id, "016x") == _PARENT
    traced.client.get("/livez", headers={"traceparent": f"00-{_TRACE}-{_PARENT}"})
    (span,) = traced.spans()
    assert span.parent is None


def test_other_headers_of_traces_are_read(traced: _Traced, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which ones, `OTEL_PROPAGATORS` says; header names have no case."""

    class Amazon(TraceContextTextMapPropagator):
        def extract(
            self,
            carrier: CarrierT,
            context: Context | None = None,
            getter: Getter[CarrierT] = default_getter,
        ) -> Context:
            (stated,) = getter.get(carrier, "X-Amzn-Trace-Id") or [""]
            return super().extract({"traceparent": stated}, context)

    monkeypatch.setattr(propagate, "_HTTP_TEXT_FORMAT", Amazon())
    traced.client.get("/livez", headers={"X-Amzn-Trace-Id": f"00-{_TRACE}-{_PARENT}-01"})
    (span,) = traced.spans()
    assert format(span.context.trace_id, "032x") == _TRACE


def test_what_the_caller_does_not_sample_is_not_sent(traced: _Traced) -> None:
    """The last flag of `traceparent` decides."""
    traced.client.get("/v1/search?q=GPS", headers={"traceparent": f"00-{_TRACE}-{_PARENT}-00"})
    assert traced.spans() == []


def test_spans_have_no_question_and_no_key(traced: _Traced) -> None:
    """Neither of their own nor by FastAPI, whose spans would have the query."""
    secret = "semsearch_0123456789ab_" + 48 * "c"
    for path in ("/v1/search", "/v1/suggest", "/", "/nowhere"):
        traced.client.get(
            path, params={"q": "zebra whisperer"}, headers={"Authorization": f"Bearer {secret}"}
        )
    traced.client.get("/v1/entries/zebra")
    traced.client.post("/v1/search", json={"questions": ["zebra whisperer"]})
    spans = traced.spans()
    assert len([span for span in spans if span.parent is None]) == 6
    told = json.dumps([json.loads(span.to_json()) for span in spans])
    assert "zebra" not in told
    assert 24 * "c" not in told


def test_refusals_and_failures_say_why(traced: _Traced) -> None:
    """`error.type` is the kind of the problem; a refusal is no error of the service."""
    traced.client.get("/v1/entries/nobody")
    (span,) = traced.spans()
    assert span.attributes
    assert span.attributes["error.type"] == "entry-not-found"
    assert span.status.is_unset


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, False),
        (_OTLP, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:1/v1/traces"}, True),
        ({**_OTLP, "OTEL_SDK_DISABLED": "true"}, False),
        ({**_OTLP, "OTEL_TRACES_EXPORTER": "none"}, False),
        ({"OTEL_SERVICE_NAME": "x"}, False),
    ],
)
def test_the_variables_of_opentelemetry_decide(environ: Mapping[str, str], expected: bool) -> None:
    """Without an endpoint nothing is sent, and nothing is loaded."""
    assert is_configured(environ) is expected


def _set(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    for name, value in {**_OTLP, **variables}.items():
        monkeypatch.setenv(name, value)


def test_what_is_not_supported_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says what is wrong and the way out, since such variables hold for a whole cluster."""
    _set(monkeypatch, OTEL_EXPORTER_OTLP_PROTOCOL="grpc")
    with caplog.at_level(logging.WARNING):
        assert configured_tracing() is None
    assert "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf" in caplog.text
    _set(monkeypatch, OTEL_EXPORTER_OTLP_PROTOCOL="http/protobuf")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        assert configured_tracing() is None
    assert "pip install '.[tracing]'" in caplog.text


def test_a_collector_that_does_not_answer_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Closing waits for some seconds at most; the service has a name if none is set."""
    monkeypatch.setattr("semsearch.server.telemetry.tracing.CLOSE_S", 0.5)
    _set(monkeypatch)
    tracing = configured_tracing()
    assert tracing is not None
    attributes = tracing._provider.resource.attributes
    assert attributes["service.name"] == "semsearch"
    tracing.close()
    _set(monkeypatch, OTEL_SERVICE_NAME="glossary")
    named = configured_tracing()
    assert named is not None
    assert named._provider.resource.attributes["service.name"] == "glossary"
    named.close()


@pytest.mark.process
def test_nothing_is_loaded_without_it() -> None:
    """A service that neither counts nor traces loads none of the libraries for that."""
    code = """
import sys
import semsearch.server.workers.serve, semsearch.server.workers.supervisor
from semsearch.server.telemetry.tracing import configured_tracing
assert configured_tracing() is None
print([name for name in sys.modules if name.startswith(("opentelemetry.sdk", "prometheus_client"))])
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
