"""Passes each request on to metrics, log and traces."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import TYPE_CHECKING

from semsearch.server.http.middleware import CurrentResponse
from semsearch.server.http.problem_types import INTERNAL, ProblemType
from semsearch.server.http.route_templates import NO_ROUTE, OTHER
from semsearch.server.http.strict_requests import client_of
from semsearch.server.telemetry import families
from semsearch.server.telemetry.families import CLIENT_LEFT, METHODS
from semsearch.server.telemetry.line_format import FieldValue
from semsearch.server.telemetry.logs import RequestLog
from semsearch.server.telemetry.tracing import Tracing

if TYPE_CHECKING:
    from semsearch.server.telemetry.meters import Meters

TELEMETRY = "semsearch.telemetry"
"""Key of the `Telemetry` in the lifespan state, where connections find it."""


class Telemetry:
    """Of one process. Each part may be left out.

    Args:
        meters: count for `/metrics`.
        log: has a line for each request.
        tracing: makes spans.
    """

    def __init__(
        self,
        meters: Meters | None = None,
        log: RequestLog | None = None,
        tracing: Tracing | None = None,
    ) -> None:
        self.meters = meters
        self.log = log
        self._tracing = tracing
        self.in_progress = 0
        """Requests under way."""

    def finished(self, response: CurrentResponse) -> None:
        """Tell of a request that was answered, or whose client left."""
        seconds = perf_counter() - response.began
        scope = response.scope
        client = client_of(scope)
        status = CLIENT_LEFT if client.has_left or not response.status else response.status
        problem = response.problem
        method = scope["method"]
        if self.meters is not None:
            self.meters.finished(response.route, method, status, seconds)
            if problem:
                self.meters.refused(problem)
        trace_id = self._tracing.finished(response, status) if self._tracing is not None else ""
        is_failure = problem == INTERNAL.slug
        if self.log is None or not (self.log.has_requests or is_failure):
            return
        fields: dict[str, FieldValue] = {
            "method": method if method in METHODS else OTHER,
            "route": response.route,
            "status": status,
            "ms": round(seconds * 1000, 2),
            "bytes": response.sent,
            "client": client.party,
            "request_id": response.request_id,
        }
        if trace_id:
            fields["trace_id"] = trace_id
        for name, value in response.timings.items():
            if isinstance(value, str):
                fields[name] = value
            elif name != "total":
                fields[f"{name}_ms"] = round(value, 2)
        self.log.request(fields, problem, is_failure=is_failure)

    def refused(self, kind: ProblemType, method: str, party: str) -> None:
        """Tell of a request that its connection refused without the application."""
        if self.meters is not None:
            self.meters.finished(NO_ROUTE, method, kind.status, 0.0)
            self.meters.refused(kind.slug)
        if self.log is not None and self.log.has_requests:
            fields: dict[str, FieldValue] = {
                "method": method if method in METHODS else OTHER,
                "route": NO_ROUTE,
                "status": kind.status,
                "client": party,
            }
            self.log.request(fields, kind.slug)

    def answered(self, timings: Mapping[str, float | str]) -> None:
        """Tell of a question that was answered."""
        if self.meters is not None:
            self.meters.answered(timings)

    def edited(self, *, written: int, deleted: int) -> None:
        """Tell of entries that an edit over HTTP wrote and deleted."""
        if self.meters is not None:
            self.meters.add(families.EDITS, "written", value=written)
            self.meters.add(families.EDITS, "deleted", value=deleted)

    def published(self, is_done: bool) -> None:
        """Tell that edits were published as a generation, or could not be."""
        if self.meters is not None:
            self.meters.published(is_done=is_done)

    def close(self) -> None:
        """Send what is left to send. May block for some seconds."""
        if self._tracing is not None:
            self._tracing.close()
