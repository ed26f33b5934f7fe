"""The address that a request is counted for: of the connection, or as a named proxy states it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from semsearch.core.errors import InvalidSetting

HOST_PREFIX = 64
"""Bits of an IPv6 address that are counted: a customer of a provider has all addresses of them."""


_NETWORKS = {4: 24, 6: 48}
"""Bits that the addresses of one network share, by version of IP: the smallest networks that the
internet routes."""


class Proxies:
    """Proxies whose header `X-Forwarded-For` is believed.

    Args:
        named: addresses and networks, separated by commas.

    Raises:
        InvalidSetting: one is neither.
    """

    def __init__(self, named: str = "") -> None:
        self._networks = []
        for one in filter(None, map(str.strip, named.split(","))):
            try:
                self._networks.append(ip_network(one))
            except ValueError:
                raise InvalidSetting(
                    f"the proxy {one!r} is neither an address nor a network; name one as "
                    "192.0.2.7 or 192.0.2.0/24"
                ) from None
        self.include = lru_cache(1024)(self._include)

    def _include(self, address: str) -> bool:
        """Whether an address is that of a proxy."""
        parsed = _parsed(address)
        return parsed is not None and any(parsed in network for network in self._networks)

    def party_of(self, peer: str, headers: Iterable[tuple[bytes, bytes]]) -> str:
        """Return the address that a request is counted for.

        Every proxy appends the address that it was asked from. The last one that is no proxy is
        the client's; what stands before it may be made up. What is no address counts as the peer.

        Args:
            peer: the other side of the connection.
            headers: of the request, with names in lower case.
        """
        if not self._networks or not self.include(peer):
            return owner_of(peer)
        stated = b",".join(value for name, value in headers if name == b"x-forwarded-for")
        for address in reversed(stated.decode("latin-1").split(",")):
            if address.strip() and not self.include(address):
                return owner_of(address) if _parsed(address) else owner_of(peer)
        return owner_of(peer)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    """Return an address, also one with a port, in brackets or quotes; None if it is none.

    An IPv4 address that a socket of IPv6 states is that of IPv4.
    """
    text = address.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        parsed = ip_address(text)
    except ValueError:
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed


@lru_cache(1024)
def owner_of(address: str) -> str:
    """Return an address, or of IPv6 the network of its owner."""
    parsed = _parsed(address)
    if parsed is None:
        return address[:64]
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, HOST_PREFIX), strict=False))
    return str(parsed)


def network_of(party: str) -> str:
    """Return the network around what `Proxies.party_of` returns; what is no address is its own."""
    try:
        owned = ip_network(party)
    except ValueError:
        return party
    return str(owned.supernet(new_prefix=_NETWORKS[owned.version]))
