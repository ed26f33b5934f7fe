"""Decides in which line a request waits and whether it is refused at once.

`http/admission_guard.py` asks it for every request. The connection asks before, as soon as a head
is read, for a GET that it can refuse without reading more. Questions, pages and edits wait for
their own threads. A batch, an export, a static file or a message of an assistant counts from the
check of its key until the last byte of its answer. A tool that such a message calls waits like a
question. Health checks are never refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import Enum

from semsearch.server.client_address import Proxies
from semsearch.server.http.paths import (
    API_PREFIX,
    BACKUP_PATH,
    CHANGES_PATH,
    DRAFT_PATH,
    GAPS_PATH,
    HEALTH_PATHS,
    MCP_PATH,
    OPENED_PATH,
    PLACES_PATH,
    RECONCILE_PATH,
)
from semsearch.server.queueing.waiting_line import WaitingLine

Headers = Iterable[tuple[bytes, bytes]]

ADMISSION = "semsearch.admission"
"""Key of the `Admission` in the lifespan state, where connections find it."""

FILES_UNDER_WAY = 256
"""Most static files under way."""
MESSAGES_UNDER_WAY = 64
"""Most messages of assistants under way. Some, such as a list of the tools, wait for no thread, and
each takes milliseconds of the event loop."""

_FILES = "/static/"
_QUESTIONS = frozenset(("/", f"{API_PREFIX}/search"))
_EXPORTS = f"{API_PREFIX}/glossaries/"
_BATCHES = frozenset(
    (f"{API_PREFIX}/search", RECONCILE_PATH, f"{DRAFT_PATH}/match", f"{DRAFT_PATH}/extend")
)
_HEAVY_PATHS = frozenset(
    (CHANGES_PATH, PLACES_PATH, BACKUP_PATH, "/llms-full.txt", GAPS_PATH, "/gaps")
)


class RequestClass(Enum):
    """What a request costs."""

    HEALTH = "health"
    FILE = "file"
    ASKING = "asking"
    """Questions, and pages with their answers, which wait for the threads of questions."""
    LOOKUP = "lookup"
    """Other pages and lookups, which wait for the threads of pages."""
    MESSAGE = "message"
    """Messages of assistants, and of pages about opened hits."""
    EDITING = "editing"
    HEAVY = "heavy"


def class_of(method: str, path: str) -> RequestClass:
    """Return the class of a request."""
    if path in HEALTH_PATHS:
        return RequestClass.HEALTH
    if method in ("GET", "HEAD"):
        if path.startswith(_FILES):
            return RequestClass.FILE
        is_heavy = path.startswith(_EXPORTS) or path in _HEAVY_PATHS
        if is_heavy:
            return RequestClass.HEAVY
        return RequestClass.ASKING if path in _QUESTIONS else RequestClass.LOOKUP
    if path in {MCP_PATH, OPENED_PATH}:
        return RequestClass.MESSAGE
    return RequestClass.HEAVY if path in _BATCHES else RequestClass.EDITING


class Admission:
    """The lines of one process.

    Args:
        asking: of the threads that answer questions.
        lookups: of the threads that make pages.
        editing: of the thread that edits.
        heavy: of heavy requests.
        proxies: whose statements about addresses are believed.
    """

    def __init__(
        self,
        asking: WaitingLine,
        lookups: WaitingLine,
        editing: WaitingLine,
        heavy: WaitingLine,
        proxies: Proxies,
    ) -> None:
        self.proxies = proxies
        self._counted = {
            RequestClass.HEAVY: heavy,
            RequestClass.FILE: WaitingLine(1, FILES_UNDER_WAY, float("inf")),
            RequestClass.MESSAGE: WaitingLine(1, MESSAGES_UNDER_WAY - 1, float("inf")),
        }
        self._awaited = {
            RequestClass.ASKING: asking,
            RequestClass.LOOKUP: lookups,
            RequestClass.MESSAGE: asking,
            RequestClass.EDITING: editing,
        }

    def is_full(self, kind: RequestClass, party: str, headers: Headers) -> bool:
        """Whether a request is refused before its key is looked up.

        Args:
            kind: its class.
            party: its address, whose share counts unless it states a key.
            headers: of the request, with names in lower case.
        """
        is_keyed = any(name == b"authorization" for name, _ in headers)
        lines = (self._awaited.get(kind), self._counted.get(kind))
        return any(line is not None and line.is_full(None if is_keyed else party) for line in lines)

    @contextmanager
    def entered(self, kind: RequestClass, party: str) -> Iterator[None]:
        """Count a request of a class that is counted as a whole, while it is under way.

        Args:
            kind: its class.
            party: its access key, or without one its address.

        Raises:
            Overloaded: the line is full, or the party holds its share of it.
        """
        line = self._counted.get(kind)
        if line is None:
            yield
            return
        with line.entered(party, timed=False):
            yield
