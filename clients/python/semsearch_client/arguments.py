"""Checks what callers state before it is sent: addresses, keys, ids, headers, numbers."""

from __future__ import annotations

import math
from urllib.parse import quote

import httpx2

from semsearch_client.errors import InvalidArgumentError

_MAX_PORT = 65_535
_SHOWN_CHARS = 100


def checked_address(url: str) -> httpx2.URL:
    """Return the address of a service.

    Raises:
        InvalidArgumentError: it is none; a connection to it would fail with an obscure message.
    """
    try:
        found = httpx2.URL(url)
        found.host.encode("idna")
    except (httpx2.InvalidURL, TypeError, UnicodeError) as error:
        raise _no_address(url, str(error)) from error
    if found.scheme not in {"http", "https"}:
        raise _no_address(url, "it does not begin with http:// or https://")
    if not found.host or set(found.host) & set(" %"):
        raise _no_address(url, "it names no host")
    if found.port is not None and found.port > _MAX_PORT:
        raise _no_address(url, f"a port is at most {_MAX_PORT}")
    if found.query or found.fragment:
        raise _no_address(url, "it has a query or a fragment")
    return found


def checked_key(key: str) -> str:
    """Return an access key; a message names the character that is wrong, not the secret.

    Raises:
        InvalidArgumentError: it has characters that no key has.
    """
    if not isinstance(key, str):
        raise InvalidArgumentError(f"the key is a {type(key).__name__}, not a str")
    for place, char in enumerate(key, 1):
        if not "!" <= char <= "~":
            raise InvalidArgumentError(
                f"the key has {char!r} as character {place} of {len(key)}; keys are semsearch_ "
                "followed by letters, digits and _, without blanks or line ends"
            )
    return key


def path_part(what: str, value: str) -> str:
    """Return a value as one part of a path.

    Raises:
        InvalidArgumentError: no address can have it: it is empty, `.` or `..`, or no text.
    """
    if not isinstance(value, str):
        raise InvalidArgumentError(
            f"{value!r} is not {what}: it is a {type(value).__name__}, not a str"
        )
    if value in {"", ".", ".."}:
        raise InvalidArgumentError(
            f"{value!r} is not {what}: no address can have it as a part; `search` finds entries by "
            "any of their names"
        )
    try:
        return quote(value, safe=":")
    except UnicodeEncodeError as error:
        raise InvalidArgumentError(f"{shown(value)} is not {what}: {_surrogate(error)}") from error


def checked_header(name: str, value: str | None) -> str | None:
    """Return the value of a header.

    Raises:
        InvalidArgumentError: HTTP does not allow it.
    """
    if value is None or (isinstance(value, str) and value.isascii() and value.isprintable()):
        return value
    raise InvalidArgumentError(
        f"{name} cannot be {shown(value)}: headers have visible ASCII characters only"
    )


def checked_number(name: str, value: float, *, is_zero_allowed: bool) -> None:
    """Refuse a number of seconds or tries that means nothing.

    Raises:
        InvalidArgumentError: it is negative, infinite or no number.
    """
    is_number = isinstance(value, int | float) and math.isfinite(value) and value >= 0
    if is_number and (value or is_zero_allowed):
        return
    least = "0 or more" if is_zero_allowed else "more than 0"
    raise InvalidArgumentError(f"{name}={shown(value)} is not a number of {least}")


def not_sendable(error: Exception) -> InvalidArgumentError:
    """Return the error for parameters or a body of which no request can be made."""
    why = _surrogate(error) if isinstance(error, UnicodeEncodeError) else str(error)
    return InvalidArgumentError(f"an argument cannot be sent: {why}")


def shown(value: object) -> str:
    """Return a value as messages name it."""
    whole = repr(value)
    return whole if len(whole) <= _SHOWN_CHARS else f"{whole[:_SHOWN_CHARS]}…"


def _no_address(url: object, why: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"{shown(url)} is not the address of a service, such as http://127.0.0.1:8000: {why}"
    )


def _surrogate(error: UnicodeEncodeError) -> str:
    wrong = error.object[error.start : error.end]
    near = error.object[max(0, error.start - 20) : error.end + 20]
    return f"{wrong!r} in {near!r} is half of a character, which UTF-8 does not have"
