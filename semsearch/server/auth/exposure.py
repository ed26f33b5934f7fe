"""Whether anybody may read, resolved once before the service starts."""

from __future__ import annotations

import socket
from ipaddress import ip_address

from semsearch.core.errors import InvalidSetting
from semsearch.core.settings import Settings
from semsearch.index.manifest import current_generation
from semsearch.server.auth.key_store import KeyRing
from semsearch.storage.layout import IndexLayout


def is_open(settings: Settings) -> bool:
    """Whether anybody may read. `auto` means on a loopback address or localhost only."""
    if settings.read == "auto":
        return is_local(settings.host)
    return settings.read == "open"


def resolve_read_access(settings: Settings, listener: socket.socket) -> Settings:
    """Return settings whose `read` is `open` or `key`, by the address of a bound socket.

    Raises:
        InvalidSetting: other machines reach the address, reading needs a key, and the index has no
            valid one.
        StoredIndexError: there is no index, or its key file cannot be read.
    """
    only_here = is_local(listener.getsockname()[0])
    read = "open" if only_here and settings.read == "auto" else settings.read
    read = "key" if read == "auto" else read
    if read == "key" and not only_here:
        _require_key(settings)
    return settings.model_copy(update={"read": read})


def _require_key(settings: Settings) -> None:
    layout = IndexLayout(settings.index)
    current_generation(layout)  # raises if there is no index
    if not KeyRing(layout.keys).has_valid_keys():
        raise InvalidSetting(
            f"other machines reach {settings.host}, and the index in {settings.index} has no valid "
            f"access key: make one with `semsearch keys create --index {settings.index}`, or open "
            "reading to everybody with `--read open` (SEMSEARCH_READ=open)"
        )


def is_local(host: str) -> bool:
    """Whether only this machine reaches a host: localhost, or a loopback IP address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
