"""Checks heads of requests more strictly than the parser of HTTP does."""

from __future__ import annotations


class Unacceptable(Exception):
    """The request is not valid HTTP/1.1, or too large."""


def check_head(version: str, fields: list[tuple[bytes, bytes]]) -> None:
    """Refuse heads that the parser accepts although they are invalid or could smuggle a request.

    Args:
        version: of HTTP.
        fields: with names in lower case.

    Raises:
        Unacceptable: the head is refused.
    """
    hosts = codings = lengths = 0
    for name, value in fields:
        if name == b"host":
            hosts += 1
        elif name == b"content-length":
            lengths += 1
        elif name == b"transfer-encoding":
            codings += 1
            if version != "1.1" or value.lower() != b"chunked":
                raise Unacceptable
    needed_hosts = 1 if version == "1.1" else 0
    if version not in ("1.0", "1.1") or not needed_hosts <= hosts <= 1:
        raise Unacceptable
    if codings + lengths > 1:
        raise Unacceptable
