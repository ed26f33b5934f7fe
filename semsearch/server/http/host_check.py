"""Refuses requests for other hosts, which a page of another site sends after DNS rebinding.

Such a page has a name of its own lead to an address of this service, and may then read all that a
browser here may read. An IP address or `localhost` in the header `Host` cannot have been rebound.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from semsearch.core.settings import Settings
from semsearch.server.auth.exposure import is_local
from semsearch.server.http import problem_types
from semsearch.server.http.error_responses import refuse
from semsearch.server.http.paths import HEALTH_PATHS

_HOST = re.compile(
    r"(?:\[(?P<address>[0-9a-f:.]+)\]|(?P<name>[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)\.?)(?::[0-9]{0,5})?"
)
"""`HOST:PORT` of RFC 3986, 3.2: an IPv6 address in brackets, an IPv4 address or a name."""


def allowed_hosts(settings: Settings, address: str) -> frozenset[str] | None:
    """Return the names by which a service is asked, in lower case; None for any name.

    Args:
        settings: of the service.
        address: on which it listens. Beyond this machine names are checked only if some were
            given, since a proxy or a cluster may ask by any name.
    """
    given = {name.strip().lower() for name in settings.allowed_hosts.split(",")} - {""}
    if not given and not is_local(address):
        return None
    public = urlsplit(settings.public_url).hostname or ""
    return frozenset({settings.host.lower(), public, *given} - {""})


class HostCheck:
    """ASGI middleware that answers requests for other hosts with 421.

    Args:
        app: what answers the others.
        hosts: names that are allowed, in lower case.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["path"] not in HEALTH_PATHS:
            stated = [value for name, value in scope["headers"] if name == b"host"]
            names = (value.decode("latin-1") for value in stated)
            if not all(is_allowed_host(name, self._hosts) for name in names):
                kind = problem_types.WRONG_HOST
                await refuse(scope, kind, kind.meaning)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def is_allowed_host(stated: str, hosts: Collection[str]) -> bool:
    """Whether a header `Host` is one of some names, `localhost`, or an address."""
    host = host_of(stated)
    return host is not None and (host in hosts or host == "localhost" or _is_address(host))


def host_of(stated: str) -> str | None:
    """Return the host of a header `Host` in lower case; None if it is no host with a port.

    >>> host_of("Words.Example.:8000"), host_of("[::1]:80"), host_of("[::1].evil.example")
    ('words.example', '::1', None)
    """
    found = _HOST.fullmatch(stated.strip().lower())
    return found and (found["address"] or found["name"])


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
