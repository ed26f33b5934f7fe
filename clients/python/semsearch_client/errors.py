"""Errors of the client. All of them are `SemsearchClientError`."""

from __future__ import annotations

import email.utils
import time

import httpx2

from semsearch_client.decoding import decode
from semsearch_client.models import Problem


class SemsearchClientError(Exception):
    """Something went wrong; the message says what, where, and what to do."""


class InvalidArgumentError(SemsearchClientError, ValueError):
    """What the caller states cannot be sent, such as an address without a host; nothing was."""


class UnreachableError(SemsearchClientError):
    """No service answered."""


class UnexpectedAnswerError(SemsearchClientError):
    """What answered is not the API of semsearch, or is another version of it."""


class ProblemError(SemsearchClientError):
    """The service answered with a problem (RFC 9457).

    Attributes:
        status: the HTTP status.
        slug: the type, such as `entry-not-found`; `/problems/SLUG` of the service explains it.
            Empty if something between answered, such as a proxy.
        detail: what is wrong.
        retry_after: seconds after which the same request may succeed, if the service said so.
        problem: all that the service said.
    """

    def __init__(self, problem: Problem, retry_after: float | None) -> None:
        self.status = problem.status
        self.slug = problem.type.rpartition("/problems/")[2]
        self.detail = problem.detail
        self.retry_after = retry_after
        self.problem = problem
        super().__init__(f"{self.detail} ({self.status} {self.slug or problem.title})")

    @staticmethod
    def of(response: httpx2.Response) -> ProblemError:
        """Return the error that a response states."""
        problem = _problem(response)
        kind = _KINDS.get(response.status_code, ProblemError)
        return kind(problem, _seconds(response.headers.get("Retry-After", "")))


class NotFoundError(ProblemError):
    """There is no such entry, glossary, or route."""


class ConflictError(ProblemError):
    """Somebody else changed the entry meanwhile, it exists already, or no state was stated."""


class BusyError(ProblemError):
    """The service has too much to do, or the caller has sent too many requests."""


_KINDS = {
    404: NotFoundError,
    409: ConflictError,
    412: ConflictError,
    428: ConflictError,
    429: BusyError,
    503: BusyError,
}


def _problem(response: httpx2.Response) -> Problem:
    if response.headers.get("Content-Type", "").startswith("application/problem+json"):
        try:
            return decode(Problem, response.json())
        except ValueError:
            pass  # cut short, or of something else than semsearch
    said = f"{response.url} answered {response.text[:200]!r}"
    status, title = response.status_code, response.reason_phrase
    return Problem(type="", title=title, status=status, detail=said)


def _seconds(stated: str) -> float | None:
    """Return the seconds of a `Retry-After`, which may also be a date."""
    if stated.isdecimal():
        return float(stated)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(stated).timestamp() - time.time())
    except ValueError:
        return None
