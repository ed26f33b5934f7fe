"""The two clients: how a request is sent, and how long a pause is; `operations` has the rest."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any, Self, TypeVar

import httpx2

from semsearch_client.arguments import checked_address, checked_key, checked_number
from semsearch_client.operations import Operations
from semsearch_client.version import __version__

T = TypeVar("T")


class Client(Operations):
    """A client whose methods return answers. Threads may share it.

    Args:
        url: address of the service, such as https://terms.example.org.
        key: access key, for a service that needs one.
        retries: how often a request is sent again when the service is busy or the connection fails.
        max_wait: the longest pause before that, in seconds; if the service asks for a longer one,
            the error is raised at once.
        timeout: seconds to wait for an answer.

    Raises:
        InvalidArgumentError: one of these cannot be meant, such as an address without http://.
    """

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        retries: int = 3,
        max_wait: float = 30.0,
        timeout: float = 60.0,
    ) -> None:
        self._http = httpx2.Client(**_options(url, key, timeout))
        super().__init__(self._http.build_request, retries, max_wait)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _send(self, request: httpx2.Request) -> httpx2.Response:
        return self._http.send(request, follow_redirects=_may_follow(request))

    async def _pause(self, seconds: float) -> None:
        time.sleep(seconds)

    def _finish(self, work: Coroutine[Any, Any, T]) -> T:
        """Run an operation, which never suspends: what it awaits are the two methods above."""
        try:
            work.send(None)
        except StopIteration as done:
            result: T = done.value
            return result
        raise AssertionError("an operation awaited something else")


class AsyncClient(Operations):
    """A client whose methods are awaited, in asyncio; see `Client`."""

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        retries: int = 3,
        max_wait: float = 30.0,
        timeout: float = 60.0,
    ) -> None:
        self._http = httpx2.AsyncClient(**_options(url, key, timeout))
        super().__init__(self._http.build_request, retries, max_wait)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _send(self, request: httpx2.Request) -> httpx2.Response:
        return await self._http.send(request, follow_redirects=_may_follow(request))

    async def _pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def _finish(self, work: Coroutine[Any, Any, T]) -> Coroutine[Any, Any, T]:
        return work


def _may_follow(request: httpx2.Request) -> bool:
    """Whether a redirect may be followed: an edit would become a GET, which edits nothing."""
    return request.method == "GET"


def _options(url: str, key: str | None, timeout: float) -> dict[str, Any]:
    address = checked_address(url)
    checked_number("timeout", timeout, is_zero_allowed=False)
    headers = {"User-Agent": f"semsearch-client/{__version__}"}
    if key:
        headers["Authorization"] = f"Bearer {checked_key(key)}"
    return {"base_url": address, "headers": headers, "timeout": timeout}
