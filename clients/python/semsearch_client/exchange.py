"""Sends a request, again if the service is busy or the connection fails, and reads the answer."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

import httpx2

from semsearch_client.arguments import checked_header, checked_number, not_sendable
from semsearch_client.decoding import decode
from semsearch_client.errors import (
    BusyError,
    ProblemError,
    UnexpectedAnswerError,
    UnreachableError,
)

T = TypeVar("T")

CONNECTION_FAILED = (httpx2.NetworkError, httpx2.RemoteProtocolError, httpx2.ConnectTimeout)
"""What may succeed at once when it is tried again; a service that is too slow does not."""
FIRST_PAUSE_S = 0.2
"""Before a failed connection is tried again; it doubles each time."""
SPREAD = 0.2
"""Part of a pause that is random, so that clients that were refused together return apart."""


class Exchange(ABC):
    """How a client sends requests.

    Every request may be sent again: it only reads, or it has an `Idempotency-Key`, with which the
    service carries it out once.
    """

    def __init__(
        self, build_request: Callable[..., httpx2.Request], retries: int, max_wait: float
    ) -> None:
        checked_number("retries", retries, is_zero_allowed=True)
        checked_number("max_wait", max_wait, is_zero_allowed=True)
        self._build_request = build_request
        self._retries = retries
        self._max_wait = max_wait

    @abstractmethod
    async def _send(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request once."""

    @abstractmethod
    async def _pause(self, seconds: float) -> None:
        """Wait."""

    @abstractmethod
    def _finish(self, work: Coroutine[Any, Any, T]) -> T | Coroutine[Any, Any, T]:
        """Return what an operation returns, or the operation to be awaited."""

    async def _ask(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str | None] | None = None,
        body: object = None,
    ) -> httpx2.Response:
        """Return the answer to a request; parameters and headers that are None are left out."""
        stated = {name: checked_header(name, value) for name, value in (headers or {}).items()}
        try:
            request = self._build_request(
                method, path, params=_given(params), headers=_given(stated), json=body
            )
        except (httpx2.InvalidURL, TypeError, ValueError) as error:
            raise not_sendable(error) from error
        failures = 0
        while True:
            try:
                response = await self._send(request)
                if response.is_success:
                    return response
                raise ProblemError.of(response)
            except BusyError as error:
                pause = error.retry_after
                if pause is None or pause > self._max_wait or failures >= self._retries:
                    raise
            except httpx2.RequestError as error:
                if not isinstance(error, CONNECTION_FAILED) or failures >= self._retries:
                    why = str(error) or type(error).__name__
                    raise UnreachableError(f"no answer from {request.url}: {why}") from error
                pause = min(FIRST_PAUSE_S * 2**failures, self._max_wait)
            failures += 1
            await self._pause(pause * (1 + SPREAD * random.random()))  # noqa: S311 - no secret


def read(kind: type[T], response: httpx2.Response, **members: object) -> T:
    """Return an answer as an object of a type, with members that its headers state.

    Raises:
        UnexpectedAnswerError: it is something else.
    """
    try:
        value = response.json()
        return decode(kind, {**value, **members} if members else value)
    except (ValueError, TypeError) as error:
        raise unexpected(response, error) from error


def unexpected(response: httpx2.Response, error: Exception) -> UnexpectedAnswerError:
    """Return the error for an answer that cannot be read."""
    return UnexpectedAnswerError(
        f"{response.url} did not answer as semsearch does ({error}); is it the address of a "
        "service, and of a version like this client's?"
    )


def _given(values: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (values or {}).items() if value is not None}
