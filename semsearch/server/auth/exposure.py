"""Who reaches a service, and who may read: decided once, by the address that is bound.

What the operator calls the host is no evidence: `--host $(hostname)` or `127.1` may be a loopback
address, and a public URL may name this machine.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Self
from urllib.parse import urlsplit

from semsearch.core.errors import InvalidSetting
from semsearch.core.settings import Settings
from semsearch.index.manifest import current_generation
from semsearch.server.auth.key_store import KeyRing, KeyStore
from semsearch.storage.files.layout import IndexLayout


@dataclass(frozen=True, slots=True)
class Exposure:
    """Who reaches a service, and who may read."""

    is_only_here: bool
    """Whether only this machine reaches it: it listens on a loopback address, and no proxy
    publishes it."""
    is_open: bool
    """Whether anybody who reaches it may read."""

    @classmethod
    def of(cls, settings: Settings, address: str) -> Self:
        """Return the exposure of a service.

        Args:
            settings: of it. `read` is `auto` for open where only this machine reaches it.
            address: on which it listens.
        """
        is_only_here = is_local(address) and not _is_published(settings)
        is_open = is_only_here if settings.read == "auto" else settings.read == "open"
        return cls(is_only_here, is_open)

    @property
    def is_private(self) -> bool:
        """Whether nothing but being reached from this machine alone protects the service."""
        return self.is_only_here and self.is_open


def resolve_read_access(settings: Settings, listener: socket.socket) -> Settings:
    """Return settings whose `read` is `open` or `key`, by a bound socket and the public URL.

    Raises:
        InvalidSetting: other machines reach the service, reading needs a key, and the index has no
            valid one.
        StoredIndexError: there is no index, or the key file cannot be read.
    """
    KeyStore(IndexLayout(settings.index).keys).check()
    address = listener.getsockname()[0]
    exposure = Exposure.of(settings, address)
    if not exposure.is_open and not exposure.is_only_here:
        _require_key(settings, address)
    return settings.model_copy(update={"read": "open" if exposure.is_open else "key"})


def _require_key(settings: Settings, address: str) -> None:
    layout = IndexLayout(settings.index)
    current_generation(layout)  # raises if there is no index
    if not KeyRing(layout.keys).has_valid_keys():
        reached = settings.host
        if is_local(address):
            url = settings.public_url
            reached = (
                f"{url} (--public-url)" if url else f"{reached} by a proxy (SEMSEARCH_PROXIES)"
            )
        raise InvalidSetting(
            f"other machines reach {reached}, and the index in {settings.index} has no valid "
            f"access key: make one with `semsearch keys create --index {settings.index}`, or open "
            "reading to everybody with `--read open` (SEMSEARCH_READ=open)"
        )


def _is_published(settings: Settings) -> bool:
    """Whether a proxy publishes the service: its public URL is not of this machine.

    Without one, a proxy that is named tells as much. A name is not resolved: the hosts file of this
    machine may say something else than those of others.
    """
    if not settings.public_url:
        return bool(settings.proxies)
    return not is_local(urlsplit(settings.public_url).hostname or "")


def is_local(host: str) -> bool:
    """Whether a host is this machine wherever it is named: `localhost`, or a loopback IP address.

    >>> is_local("LOCALHOST."), is_local("127.1"), is_local("::ffff:127.0.0.1"), is_local("0.0.0.0")
    (True, True, True, False)
    """
    name = host.lower().removesuffix(".")
    if name == "localhost" or name.endswith(".localhost"):  # RFC 6761, 6.3
        return True
    address = _address_of(name)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return address is not None and (mapped or address).is_loopback


def _address_of(name: str) -> IPv4Address | IPv6Address | None:
    """Return the IP address that a text is, also one of fewer than four numbers; else None."""
    try:
        return ip_address(name)
    except ValueError:
        pass
    if not set(name) <= set("0123456789abcdefx."):  # `inet_aton` ignores what follows a blank
        return None
    try:
        return IPv4Address(socket.inet_aton(name))
    except OSError:
        return None
