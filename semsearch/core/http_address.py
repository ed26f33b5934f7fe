"""Which addresses of HTTP services are taken, and how a refused one is shown."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_http_address(url: str) -> bool:
    """Return whether a URL is the address of a service over HTTP or HTTPS.

    It has a host, perhaps a port and a path, and neither user nor password, query nor fragment. The
    host may have letters of any language, the path those of ASCII and percent signs.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
        (parts.hostname or "").encode("idna")
    except ValueError:  # UnicodeError is one
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and not ("@" in parts.netloc or parts.query or parts.fragment)
        and parts.path.isascii()
        and url.isprintable()
        and not any(map(str.isspace, url))
    )


def shown_address(url: str) -> str:
    """Return a refused address for a message, without what may be a password or a key."""
    user, at, rest = url.rpartition("@")
    shown, mark, _ = rest.partition("?")
    return repr(f"{'***' if user else ''}{at}{shown}{mark}{'***' if mark else ''}")
