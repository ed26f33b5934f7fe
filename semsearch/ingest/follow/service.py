"""The followed service over HTTP: one connection, bounded answers, no redirects.

A redirect is never followed, since the key would go with it. What passes by itself raises
`SourceFailed`, what somebody has to change `SourceRefused`.
"""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from shutil import disk_usage
from urllib.parse import urlsplit

from semsearch.core.closeable import Closeable
from semsearch.core.entries import EntryPlace
from semsearch.core.errors import InvalidSetting, SourceFailed, SourceRefused
from semsearch.core.http_address import is_http_address, shown_address
from semsearch.core.http_deadline import HTTP_FAILURES, BoundedConnection, Deadline
from semsearch.core.progress import Progress
from semsearch.core.version import __version__
from semsearch.ingest.follow.answers import (
    FeedPage,
    SourceInfo,
    info_of_service,
    page_of,
    places_of,
)
from semsearch.ingest.follow.redaction import MAX_SAID, Redaction

MAX_ANSWER_BYTES = 256 << 20
"""Most bytes of an answer beside the first copy; the places of a million entries have 90 MB."""
ANSWER_S = 300.0
"""Seconds in which such an answer has to be there."""
TIMEOUT_S = 30.0
"""Seconds without a byte after which a connection is given up. Making a copy of an index takes
seconds for a gigabyte, in which nothing is sent."""
COPY_TIMEOUT_S = 600.0
"""Seconds in which the first copy has to begin."""
COPY_PIECE_S = 300.0
"""Seconds in which each further megabyte of it has to be there; all of it has no bound, since some
indexes are large and some lines slow."""
_PIECE_BYTES = 1 << 20
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers after which the same request may succeed."""

NO_KEY = (
    "make a key there (`semsearch keys create --scope search`), and give it with --key or "
    "SEMSEARCH_SOURCE_KEY"
)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    """By name in lower case."""
    content: bytes


class FollowedService(Closeable):
    """A service whose changes are followed; for one thread at a time."""

    def __init__(self, url: str, key: str | None = None, timeout_s: float = TIMEOUT_S) -> None:
        """Take the address; nothing is asked yet.

        Args:
            url: of the service, as `https://glossary.example.org`, with its path if it has one.
            key: an access key of it, if it needs one.
            timeout_s: seconds without a byte after which a connection is given up.

        Raises:
            InvalidSetting: it is not the address of a service, or no key.
        """
        self.url = checked_url(url)
        parts = urlsplit(self.url)
        self._host, self._port = parts.hostname or "", parts.port
        self._is_https, self._path = parts.scheme == "https", parts.path
        self._timeout_s = timeout_s
        self._headers = {"User-Agent": f"semsearch/{__version__}"}
        if key is not None:
            if not (key.isascii() and key.isprintable() and key.strip() == key and key):
                raise InvalidSetting("--key (SEMSEARCH_SOURCE_KEY) has characters that no key has")
            self._headers["Authorization"] = f"Bearer {key}"
        self.redaction = Redaction(key)
        """Quotes the service in messages."""
        self._connection: BoundedConnection | None = None

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def changes(self, position: str, limit: int, etag: str = "") -> FeedPage | None:
        """Return the changes behind a position, or None if the last answer still holds.

        Args:
            position: identity and revision of the store, `0123456789ab-21`.
            limit: most changes.
            etag: of the last answer for this position, if there was one.

        Raises:
            SourceFailed: there is no answer now. SourceRefused: there will be none.
        """
        headers = {"If-None-Match": etag} if etag else {}
        answer = self._get(f"/v1/changes?since={position}&limit={limit}", headers)
        if answer.headers.get("semsearch-feed") == "partial":
            raise self._refused(
                "shows this key some glossaries only, and changes of the others would be missing for "
                f"good; {NO_KEY}, without --glossary"
            )
        if answer.status == http.client.NOT_MODIFIED:
            return None
        return page_of(answer.headers, answer.content, limit, self.redaction)

    def places(self) -> list[EntryPlace]:
        """Return where the entries of the service stand.

        Raises:
            SourceFailed: there is no answer now. SourceRefused: there will be none.
        """
        return places_of(self._get("/v1/changes/places").content, self.redaction)

    def info(self) -> SourceInfo:
        """Return what the service says of itself.

        Raises:
            SourceFailed: there is no answer now. SourceRefused: there will be none.
        """
        return info_of_service(self._get("/v1/info").content, self.redaction)

    def copy(self, file: Path, progress: Progress) -> None:
        """Write a backup of the index of the service into a file, which is replaced.

        Args:
            file: in a folder with room for it.
            progress: reports the megabytes.

        Raises:
            SourceFailed: there is no answer now. SourceRefused: there will be none, or there is no
                room for it.
        """
        self.close()
        try:
            deadline = Deadline(COPY_TIMEOUT_S)
            response = self._ask("/v1/backup", {}, deadline)
            headers = _headers_of(response)
            if response.status != http.client.OK:
                content = response.read(_PIECE_BYTES)
                raise self._refusal(_Answer(response.status, headers, content), "/v1/backup")
            size = headers.get("content-length", "")
            if not (size.isdecimal() and len(size) < 19):
                raise self._refused("does not say how large the copy is")
            self._receive(response, deadline, int(size), file, progress)
        except HTTP_FAILURES as error:
            raise self._unreachable(error) from error
        finally:
            self.close()

    def _receive(
        self,
        response: http.client.HTTPResponse,
        deadline: Deadline,
        size: int,
        file: Path,
        progress: Progress,
    ) -> None:
        free = disk_usage(file.parent).free
        if 2 * size > free:  # once as it comes, once as the index
            raise self._refused(
                f"has an index of {size / 1e6:,.0f} MB, which needs twice the room for the first "
                f"copy, and {file.parent} has {free / 1e6:,.0f} MB; free some, or choose another "
                "folder with --index"
            )
        progress.start("copying, MB", max(1, size // _PIECE_BYTES))
        left = size
        with file.open("wb") as target:
            while left:
                deadline.renew(COPY_PIECE_S)
                piece = response.read(min(left, _PIECE_BYTES))
                if not piece:
                    raise http.client.IncompleteRead(b"", left)
                target.write(piece)
                left -= len(piece)
                progress.advance(1)

    def _get(self, path: str, headers: Mapping[str, str] | None = None) -> _Answer:
        """Return the answer to a GET: 200, or 304 if a tag was sent in `headers`."""
        try:
            answer = self._read(path, headers or {})
        except HTTP_FAILURES as error:
            self.close()
            raise self._unreachable(error) from error
        if answer.status not in (http.client.OK, http.client.NOT_MODIFIED):
            raise self._refusal(answer, path.partition("?")[0])
        if answer.status == http.client.NOT_MODIFIED and not headers:
            raise self._refused(
                "answers with status 304 to a request without If-None-Match; check the address, and "
                "whether a cache stands between"
            )
        return answer

    def _read(self, path: str, headers: Mapping[str, str]) -> _Answer:
        is_open = self._connection is not None
        deadline = Deadline(ANSWER_S, self._timeout_s)
        try:
            response = self._ask(path, headers, deadline)
        except (http.client.RemoteDisconnected, ConnectionError, BrokenPipeError):
            self.close()
            if not is_open:  # else the service has closed what was idle
                raise
            response = self._ask(path, headers, deadline)
        content = bytearray()
        while piece := response.read(_PIECE_BYTES):
            content += piece
            if len(content) > MAX_ANSWER_BYTES:
                self.close()
                raise self._refused(f"answers with more than {MAX_ANSWER_BYTES:,} bytes")
        if response.length:
            raise http.client.IncompleteRead(b"", response.length)
        return _Answer(response.status, _headers_of(response), bytes(content))

    def _ask(
        self, path: str, headers: Mapping[str, str], deadline: Deadline
    ) -> http.client.HTTPResponse:
        if self._connection is None:
            self._connection = BoundedConnection(
                self._host, self._port, is_https=self._is_https, deadline=deadline
            )
        self._connection.deadline = deadline
        self._connection.request("GET", f"{self._path}{path}", headers={**self._headers, **headers})
        return self._connection.getresponse()

    def _unreachable(self, error: Exception) -> SourceFailed:
        if isinstance(error, ssl.SSLCertVerificationError):
            return self._refused(
                f"has no certificate that is trusted here ({error.verify_message}); name the file "
                "of its authority in SSL_CERT_FILE, or mend the certificate"
            )
        if isinstance(error, ssl.SSLError) and error.reason in {
            "WRONG_VERSION_NUMBER",
            "HTTP_REQUEST",
        }:
            return self._refused("does not speak HTTPS at this address; write it with http://")
        said = self.redaction.quote(str(error), MAX_SAID) or type(error).__name__
        return SourceFailed(f"{self.url} cannot be reached ({said})")

    def _refusal(self, answer: _Answer, path: str) -> SourceFailed:
        status, said = answer.status, self.redaction.said(answer.content)
        if 300 <= status < 400:
            to = self.redaction.quote(answer.headers.get("location", "nowhere"), 200)
            return self._refused(
                f"redirects {path} to {to!r}, which is not followed, since the key would go with "
                "it; give the address that it leads to, if that is the service"
            )
        if status in _AGAIN:
            after = _seconds(answer.headers.get("retry-after", ""))
            return SourceFailed(f"{self.url} answers with status {status}: {said}", after)
        ways = {
            401: f"wants a valid key ({said}); {NO_KEY}",
            403: f"refuses the key ({said}); {NO_KEY}",
            404: f"has no {path} ({said}); check the address, and upgrade semsearch there first",
            410: "has another store than the one that was copied: it was restored, made anew, or "
            "another service took its place. Move the index folder away, and run this again: that "
            "copies it anew",
        }
        return self._refused(ways.get(status, f"answers with status {status}: {said}"))

    def _refused(self, what: str) -> SourceRefused:
        return SourceRefused(f"{self.url} {what}")


def checked_url(url: str) -> str:
    """Return the address of a service without a slash at its end.

    Raises:
        InvalidSetting: it is not one of http or https, or holds what belongs elsewhere.
    """
    if not is_http_address(url):
        raise InvalidSetting(
            f"{shown_address(url)} is not the address of a service; write it as "
            "https://glossary.example.org, and the key into SEMSEARCH_SOURCE_KEY"
        )
    return url.rstrip("/")


def _headers_of(response: http.client.HTTPResponse) -> Mapping[str, str]:
    return {name.lower(): value for name, value in response.getheaders()}


def _seconds(stated: str) -> float | None:
    """Return the seconds of `Retry-After`, which is a number or a date, or None."""
    if stated.isdecimal() and len(stated) < 10:
        return float(stated)
    try:
        at = parsedate_to_datetime(stated)
        left = at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)
    except (ValueError, OverflowError):
        return None
    return max(0.0, left.total_seconds())
