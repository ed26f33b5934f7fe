"""The metrics of the service: names, types, labels, and what each says.

Names follow Prometheus (https://prometheus.io/docs/practices/naming/): a prefix, base units, and
`_total` for what is counted. Every label has a bounded set of values, since each combination is a
time series. `SHARED` values are written by the processes that answer (`meters.py`), `SCRAPED` ones
are found when somebody asks (`collector.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from starlette.routing import BaseRoute, Mount, Route

from semsearch.server.http.problem_types import PROBLEM_TYPES
from semsearch.server.http.route_templates import NO_ROUTE, OTHER, template_of

CLIENT_LEFT = 499
"""Status of a request whose client left before the end of the answer, as nginx has it."""

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", OTHER)

STATUSES = (
    *(200, 201, 204, 206),
    *(301, 302, 304, 307),
    *(
        400,
        401,
        403,
        404,
        405,
        406,
        408,
        409,
        410,
        412,
        413,
        415,
        416,
        421,
        422,
        428,
        429,
        431,
        499,
    ),
    *(500, 503, 507),
)
"""Statuses that are counted by themselves; further ones count as `other`."""

STATUS_CLASSES = ("2xx", "3xx", "4xx", "5xx")

STAGES = ("queue", "encode", "retrieve", "answer")
"""The stages of an answer, in their order."""

REQUEST_BOUNDS = (
    *(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5),
    *(1.0, 2.5, 5.0, 10.0, 30.0),
)
STAGE_BOUNDS = (
    *(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5),
    *(1.0, 2.5),
)
"""Upper bounds of buckets in seconds."""


class Kind(StrEnum):
    """The type of a metric."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Family:
    """A metric: its name, type, meaning, labels and the combinations of their values.

    `bounds` are those of the buckets of a histogram.
    """

    name: str
    kind: Kind
    about: str
    labels: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ((),)
    bounds: tuple[float, ...] = ()
    per_worker: bool = False
    """Whether each process has a time series of its own. Otherwise they are added up."""
    is_latest: bool = False
    """Whether the largest number of all processes counts, also of those that have ended."""
    leaves_out_zeros: bool = False
    """Whether `/metrics` leaves out rows in which nothing was counted, since there are many."""

    @property
    def width(self) -> int:
        """How many numbers one row takes: a histogram has its buckets, the last one, and a sum."""
        return len(self.bounds) + 2 if self.kind is Kind.HISTOGRAM else 1

    @property
    def size(self) -> int:
        """How many numbers all rows take."""
        return self.width * len(self.rows)


def _rows(*values: str) -> tuple[tuple[str, ...], ...]:
    return tuple((value,) for value in values)


_OPERATION = ("route", "method")

REQUESTS = Family(
    "semsearch_http_requests_total",
    Kind.COUNTER,
    "Requests by route, method and status. The route `none` has those refused before a route was "
    "found; the status 499 those whose client left.",
    (*_OPERATION, "status"),
    leaves_out_zeros=True,
)
DURATIONS = Family(
    "semsearch_http_request_duration_seconds",
    Kind.HISTOGRAM,
    "Time from the head of a request to the last byte of its answer.",
    (*_OPERATION, "status_class"),
    bounds=REQUEST_BOUNDS,
    leaves_out_zeros=True,
)
IN_PROGRESS = Family(
    "semsearch_http_requests_in_progress", Kind.GAUGE, "Requests under way in the application."
)
CONNECTIONS = Family("semsearch_http_connections", Kind.GAUGE, "Open connections.")
REFUSALS = Family(
    "semsearch_refusals_total",
    Kind.COUNTER,
    "Requests that were answered with a problem, by its type.",
    ("reason",),
    _rows(*PROBLEM_TYPES, OTHER),
)
STAGE_DURATIONS = Family(
    "semsearch_stage_duration_seconds",
    Kind.HISTOGRAM,
    "Stages of answers that no cache had: waiting in the queue, encoding, retrieval, and the rest "
    "of the answer. Questions of one batch share the time of encoding.",
    ("stage",),
    _rows(*STAGES),
    STAGE_BOUNDS,
)
QUEUE = Family(
    "semsearch_queue_length",
    Kind.GAUGE,
    "Requests that wait or are worked on, by line.",
    ("queue",),
    _rows("asking", "lookup", "heavy", "editing"),
)
CACHE_REQUESTS = Family(
    "semsearch_cache_requests_total",
    Kind.COUNTER,
    "Look-ups in the caches of answers, of vectors of questions, and of page fragments.",
    ("cache", "result"),
    tuple((cache, result) for cache in ("answer", "vector", "page") for result in ("hit", "miss")),
)
CACHE_BYTES = Family(
    "semsearch_answer_cache_bytes", Kind.GAUGE, "What the cache of answers holds, in bytes."
)
EDITS = Family(
    "semsearch_edits_total",
    Kind.COUNTER,
    "Entries that edits over HTTP have written, by what was done.",
    ("action",),
    _rows("written", "deleted"),
)
PUBLISHES = Family(
    "semsearch_publishes_total",
    Kind.COUNTER,
    "Generations that this service tried to publish from edits.",
    ("result",),
    _rows("success", "failure"),
)
LAST_PUBLISH = Family(
    "semsearch_last_publish_timestamp_seconds",
    Kind.GAUGE,
    "When this service last published edits, or failed to; 0 if it did not.",
    ("result",),
    _rows("success", "failure"),
    is_latest=True,
)
STARTS = Family(
    "semsearch_worker_starts_total",
    Kind.COUNTER,
    "Starts of worker processes; a number above that of the workers means that some have ended.",
)
HEARTBEAT = Family(
    "semsearch_worker_heartbeat_timestamp_seconds",
    Kind.GAUGE,
    "When the event loop of a process last ran, which it does every second.",
    ("worker",),
    per_worker=True,
)
LOST_LINES = Family(
    "semsearch_log_lines_lost_total",
    Kind.COUNTER,
    "Lines that are not in the log, by the reason: `sampled` out, since many of their kind came, or "
    "`blocked`, since nobody read the log.",
    ("reason",),
    _rows("sampled", "blocked"),
)
QUESTIONS = Family(
    "semsearch_recorded_questions_total",
    Kind.COUNTER,
    "Questions and opened hits that were to be recorded, if that is on: `written`, or `lost` since "
    "too many waited or the file could not be written.",
    ("result",),
    _rows("written", "lost"),
)
PID = Family("semsearch_worker_pid", Kind.GAUGE, "The process.", per_worker=True)
"""Is not exported: the processes of the service find each other by it."""

SHARED = (
    *(REQUESTS, DURATIONS, IN_PROGRESS, CONNECTIONS, REFUSALS, STAGE_DURATIONS, QUEUE),
    *(CACHE_REQUESTS, CACHE_BYTES, EDITS, PUBLISHES, LAST_PUBLISH, STARTS, HEARTBEAT, LOST_LINES),
    QUESTIONS,
)

WORKERS = Family(
    "semsearch_workers", Kind.GAUGE, "Processes that are to answer, and those alive.", ("state",)
)
ENTRIES = Family(
    "semsearch_index_entries", Kind.GAUGE, "Entries that answers come from.", ("glossary",)
)
GENERATION = Family(
    "semsearch_index_generation", Kind.GAUGE, "The generation that a process shows.", ("worker",)
)
REVISION = Family(
    "semsearch_index_revision",
    Kind.GAUGE,
    "The revision of the store that a process shows; each edit from anywhere counts one up.",
    ("worker",),
)
BUILT = Family(
    "semsearch_index_built_timestamp_seconds", Kind.GAUGE, "When the generation was written."
)
RESIDENT = Family(
    "semsearch_process_resident_memory_bytes",
    Kind.GAUGE,
    "Memory of each process, with what it shares with others (Linux).",
    ("process",),
)
PROPORTIONAL = Family(
    "semsearch_process_proportional_memory_bytes",
    Kind.GAUGE,
    "Memory of each process, what is shared divided among the sharers: the sum is what the service "
    "takes (Linux).",
    ("process",),
)
CPU = Family(
    "semsearch_process_cpu_seconds_total",
    Kind.COUNTER,
    "Processor time of each process (Linux).",
    ("process",),
)
BUILD_INFO = Family("semsearch_build_info", Kind.GAUGE, "The version; always 1.", ("version",))

SCRAPED = (WORKERS, ENTRIES, GENERATION, REVISION, BUILT, RESIDENT, PROPORTIONAL, CPU, BUILD_INFO)

Operation = tuple[str, str]
"""A route and a method, as labels have them."""


def operations_of(routes: Iterable[BaseRoute]) -> tuple[Operation, ...]:
    """Return the operations of an application by the templates of their paths."""
    found: dict[Operation, None] = {(NO_ROUTE, method): None for method in METHODS}
    for route in routes:
        if isinstance(route, Mount):
            methods: set[str] = {"GET", "HEAD"}
        elif isinstance(route, Route):
            methods = {*(route.methods or ())}
            methods |= {"HEAD"} if "GET" in methods else set()
        else:
            continue
        found |= {(template_of(route), method): None for method in sorted(methods)}
    return tuple(found)


def shared_families(operations: Iterable[Operation]) -> tuple[Family, ...]:
    """Return the families that processes write, with the rows of all operations."""
    operations = tuple(operations)
    statuses = (*map(str, STATUSES), OTHER)
    rows = {
        REQUESTS.name: tuple((*one, status) for one in operations for status in statuses),
        DURATIONS.name: tuple((*one, each) for one in operations for each in STATUS_CLASSES),
    }
    return tuple(replace(one, rows=rows.get(one.name, one.rows)) for one in (*SHARED, PID))
