"""What a service opens, and to whom: settled once, before anything is served."""

from __future__ import annotations

import socket
from ipaddress import ip_address

from semsearch.core.errors import InvalidSetting
from semsearch.core.settings import Settings
from semsearch.index.manifest import current_generation
from semsearch.server.auth.key_store import KeyRing
from semsearch.storage.layout import IndexLayout


def is_open(settings: Settings) -> bool:
    """Whether anybody may read; `auto` goes by the host, a name other than localhost counting as everybody's."""
    if settings.read == "auto":
        return settings.host == "localhost" or _is_loopback(settings.host)
    return settings.read == "open"


def settle(settings: Settings, listener: socket.socket) -> Settings:
    """Return settings that say whether reading is open, by the address that a socket is bound to.

    Raises:
        InvalidSetting: others reach the address, reading needs a key, and the index has none that is good.
        StoredIndexError: there is no index, or its file of keys cannot be read.
    """
    is_local = _is_loopback(listener.getsockname()[0])
    read = "open" if is_local and settings.read == "auto" else settings.read
    read = "key" if read == "auto" else read
    if read == "key" and not is_local:
        _require_key(settings)
    return settings.model_copy(update={"read": read})


def _require_key(settings: Settings) -> None:
    layout = IndexLayout(settings.index)
    current_generation(layout)  # a key is of no use without an index
    if not KeyRing(layout.keys).has_good_keys():
        raise InvalidSetting(
            f"other machines reach {settings.host}, and the index in {settings.index} has no access key that is "
            f"good: make one with `semsearch keys create --index {settings.index}`, or open reading to everybody "
            "with `--read open` (SEMSEARCH_READ=open)"
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
