"""What a service may answer, and which of it passes; nothing of it is trusted."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from semsearch.core.errors import InvalidSetting, SourceFailed, SourceRefused
from semsearch.core.progress import Silent
from semsearch.ingest.follow import service as service_module
from semsearch.ingest.follow.service import FollowedService, checked_url
from tests.dripping_server import BODY, CONTINUE, ENDS_WITHIN_S, HEAD, dripping
from tests.server.certificates import AUTHORITY, write_certificate

KEY = "semsearch_0123456789ab_secret"
PAGE = {"Semsearch-Position": "0123456789ab-7", "Semsearch-Built": "7", "ETag": '"x"'}

ODD_DATES = [
    "Mon, 01 Jan 2024 00:00:00 +9999999999999999",
    "Mon, 01 Jan 2024 00:00:00 +9999",
    "Mon, 01 Jan 2024 99999999999999999999:00:00 GMT",
    "Mon, 99 Jan 99999 00:00:00 GMT",
]


@dataclass
class SourceReply:
    """What a server answers."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    stated: int | None = None
    """The length it states, if it lies."""


@dataclass
class FakeSource:
    """A server whose answers a test sets, and what it was asked."""

    url: str
    answer: Callable[[str], SourceReply]
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    connections: int = 0


@pytest.fixture
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FakeSource]:
    """Give a server on this machine; with the parameter `tls` one whose certificate is unknown."""
    made = FakeSource("", lambda path: SourceReply())

    class SourceHandler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            made.connections += 1

        def do_GET(self) -> None:
            made.asked.append((self.path, dict(self.headers)))
            reply = made.answer(self.path)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            length = len(reply.body) if reply.stated is None else reply.stated
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(reply.body)
            self.close_connection = reply.stated is not None

        def log_message(self, format: str, *args: object) -> None:
            pass

    class QuietSource(ThreadingHTTPServer):
        """Says nothing of clients that break off, as they should."""

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    httpd = QuietSource(("127.0.0.1", 0), SourceHandler)
    scheme = "http"
    if getattr(request, "param", "") == "tls":
        files = write_certificate(tmp_path / "tls", "localhost")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(files.cert, files.key)
        httpd.socket = context.wrap_socket(httpd.socket, server_side=True)
        scheme = "https"
    made.url = f"{scheme}://localhost:{httpd.server_address[1]}"
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    httpd.shutdown()
    thread.join()
    httpd.server_close()


@pytest.fixture
def followed(server: FakeSource) -> Iterator[FollowedService]:
    """Give the client of it."""
    with FollowedService(server.url, KEY) as service:
        yield service


def ask(service: FollowedService) -> object:
    """Ask for changes behind revision 7."""
    return service.changes("0123456789ab-7", 5)


def test_one_connection_asks_with_key_and_tag(
    server: FakeSource, followed: FollowedService
) -> None:
    """The key goes in its header alone; the tag of an answer comes back as it was."""
    server.answer = lambda path: SourceReply(headers=PAGE)
    page = followed.changes("0123456789ab-7", 5)
    assert page is not None
    assert (page.changes, page.reached, page.built, page.etag) == ((), 7, 7, '"x"')
    server.answer = lambda path: SourceReply(304)
    assert followed.changes("0123456789ab-7", 5, page.etag) is None
    assert [path for path, _ in server.asked] == ["/v1/changes?since=0123456789ab-7&limit=5"] * 2
    assert {headers["Authorization"] for _, headers in server.asked} == {f"Bearer {KEY}"}
    assert server.asked[1][1]["If-None-Match"] == '"x"'
    assert server.connections == 1


def test_an_unasked_304_is_refused(server: FakeSource, followed: FollowedService) -> None:
    """It would count as in step; no tag was sent that could still hold."""
    server.answer = lambda path: SourceReply(304)
    with pytest.raises(SourceRefused, match="304 to a request without If-None-Match"):
        ask(followed)
    with pytest.raises(SourceRefused, match="304 to a request without If-None-Match"):
        followed.info()


@pytest.mark.parametrize(
    ("reply", "after"),
    [
        (SourceReply(503, b'{"detail": "too much to do"}', {"Retry-After": "7"}), 7.0),
        (SourceReply(429, b"{}", {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}), 0.0),
        (SourceReply(429, b"{}", {"Retry-After": "soon"}), None),
        *((SourceReply(503, b"{}", {"Retry-After": odd}), None) for odd in ODD_DATES),
        (SourceReply(500, b"<h1>sorry</h1>"), None),
        (SourceReply(502), None),
        (SourceReply(200, b"half", PAGE, stated=9), None),
    ],
)
def test_what_passes(
    server: FakeSource, followed: FollowedService, reply: SourceReply, after: float | None
) -> None:
    """A service that has too much to do says when to ask again; others are asked again anyway."""
    server.answer = lambda path: reply
    with pytest.raises(SourceFailed) as failed:
        ask(followed)
    assert not isinstance(failed.value, SourceRefused)
    assert failed.value.retry_after_s == after


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (
            SourceReply(401, b'{"detail": "the key was revoked"}'),
            "wants a valid key .the key was revoked",
        ),
        (
            SourceReply(403, b'{"detail": "for bakery only"}'),
            "refuses the key .for bakery only.; make",
        ),
        (SourceReply(404), "has no /v1/changes .nothing.; check the address, and upgrade"),
        (SourceReply(410), "has another store .* Move the index folder away, and run this again"),
        (SourceReply(422, b'{"detail": "since is odd"}'), "answers with status 422: since is odd"),
        (SourceReply(200), "something else .* no page of a feed"),
        (SourceReply(200, b"{", PAGE), "something else .* is no JSON"),
        (SourceReply(200, b"[" * 100_000, PAGE), "something else .* is no JSON"),
        (SourceReply(200, b"[]", PAGE), "something else .* is no object"),
        (SourceReply(200, b"{}\n" * 6, PAGE), "something else .* no page of a feed"),
    ],
)
def test_what_does_not_pass(
    server: FakeSource, followed: FollowedService, reply: SourceReply, said: str
) -> None:
    """The message says what to do."""
    server.answer = lambda path: reply
    with pytest.raises(SourceRefused, match=said):
        ask(followed)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(
    server: FakeSource, followed: FollowedService, status: int
) -> None:
    """The address is told and not asked, whatever host it is of."""
    server.answer = lambda path: SourceReply(status, headers={"Location": f"{server.url}/other"})
    with pytest.raises(SourceRefused, match=r"redirects /v1/changes to .* is not followed"):
        ask(followed)
    with pytest.raises(SourceRefused, match="redirects /v1/backup to"):
        followed.copy(Path("never"), Silent())
    assert {path.partition("?")[0] for path, _ in server.asked} == {"/v1/changes", "/v1/backup"}


def test_the_key_is_never_said(server: FakeSource, followed: FollowedService) -> None:
    """A service may say it again; the message has stars."""
    server.answer = lambda path: SourceReply(403, f'{{"detail": "{KEY} is bad"}}'.encode())
    with pytest.raises(SourceRefused, match=r"\*\*\* is bad") as refused:
        ask(followed)
    assert KEY not in str(refused.value)


@pytest.mark.parametrize(
    "reply",
    [
        SourceReply(403, json.dumps({"detail": f"{'x' * 280} {KEY}"}).encode()),
        SourceReply(503, f"{'x' * 280} {KEY}".encode()),
        SourceReply(307, headers={"Location": f"https://example.org/{'x' * 170}{KEY}"}),
        SourceReply(200, f"{'x' * 60}{KEY}".encode(), PAGE),
        SourceReply(200, json.dumps({"id": f"{'x' * 60}{KEY}"}).encode(), PAGE),
        SourceReply(200, json.dumps([KEY]).encode(), PAGE),
    ],
)
def test_no_part_of_the_key_is_said(
    server: FakeSource, followed: FollowedService, reply: SourceReply
) -> None:
    """Whatever the service answers, also where the message is cut."""
    server.answer = lambda path: reply
    with pytest.raises(SourceFailed) as failed:
        ask(followed)
    assert "semsearch_" not in str(failed.value)


def test_a_bad_status_line_does_not_say_the_key() -> None:
    """It is quoted by the library that reads answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(f"HTTX \x1b[2J {KEY}\r\n\r\n".encode())

        thread = threading.Thread(target=answer)
        thread.start()
        with (
            FollowedService(f"http://127.0.0.1:{listener.getsockname()[1]}", KEY) as service,
            pytest.raises(SourceFailed, match=r"cannot be reached .*HTTX \[2J \*\*\*") as failed,
        ):
            ask(service)
        thread.join()
    assert KEY not in str(failed.value)
    assert str(failed.value).isprintable()


def test_an_answer_has_bounds(
    server: FakeSource, followed: FollowedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond so many bytes nothing more is read."""
    monkeypatch.setattr(service_module, "MAX_ANSWER_BYTES", 2_000_000)
    server.answer = lambda path: SourceReply(200, b" " * 3_000_000, PAGE)
    with pytest.raises(SourceRefused, match="answers with more than 2,000,000 bytes"):
        ask(followed)


def test_a_service_that_is_gone_fails(server: FakeSource) -> None:
    """It passes, so it is asked again."""
    with FollowedService("http://127.0.0.1:1") as service, pytest.raises(SourceFailed) as failed:
        ask(service)
    assert not isinstance(failed.value, SourceRefused)
    assert "http://127.0.0.1:1 cannot be reached" in str(failed.value)


def test_a_connection_that_was_closed_is_opened_again(
    server: FakeSource, followed: FollowedService
) -> None:
    """A service closes what is idle, which is no failure."""
    server.answer = lambda path: SourceReply(200, b"", {**PAGE, "Connection": "close"})
    ask(followed)
    ask(followed)
    assert server.connections == 2


@pytest.mark.parametrize("server", ["tls"], indirect=True)
def test_an_unknown_certificate_does_not_pass(
    server: FakeSource, followed: FollowedService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message names where to put its authority; with it the service answers."""
    with pytest.raises(SourceRefused, match=r"no certificate that is trusted here .*SSL_CERT_FILE"):
        ask(followed)
    assert server.asked == [], "the key was not sent"
    AUTHORITY.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    server.answer = lambda path: SourceReply(headers=PAGE)
    assert ask(followed) is not None


def test_https_where_there_is_none_is_told(server: FakeSource) -> None:
    """The address has the wrong scheme."""
    with (
        FollowedService(server.url.replace("http:", "https:")) as service,
        pytest.raises(SourceRefused, match=r"does not speak HTTPS .* http://"),
    ):
        ask(service)


def test_a_copy_is_bounded_by_what_it_states(
    server: FakeSource, followed: FollowedService, tmp_path: Path
) -> None:
    """As many bytes as stated, if there is room for them twice; fewer are a failure that passes."""
    file = tmp_path / "copy.tar"
    server.answer = lambda path: SourceReply(200, b"x" * 3_000_000)
    followed.copy(file, Silent())
    assert file.stat().st_size == 3_000_000
    server.answer = lambda path: SourceReply(200, b"x", stated=10)
    with pytest.raises(SourceFailed, match="cannot be reached"):
        followed.copy(file, Silent())
    server.answer = lambda path: SourceReply(200, b"x", stated=10**15)
    with pytest.raises(SourceRefused, match="needs twice the room for the first copy"):
        followed.copy(file, Silent())


@pytest.mark.parametrize(
    ("begin", "piece"),
    [(HEAD, b"h"), (b"", CONTINUE), (BODY, b" ")],
    ids=["head", "100 Continue", "body"],
)
def test_an_answer_that_drips_is_given_up(
    begin: bytes, piece: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each answer has a deadline; the first copy has one for each megabyte."""
    for bound in ("ANSWER_S", "COPY_TIMEOUT_S", "COPY_PIECE_S"):
        monkeypatch.setattr(service_module, bound, 0.5)
    started = time.monotonic()
    with dripping(begin, piece) as port, FollowedService(f"http://127.0.0.1:{port}") as service:
        with pytest.raises(SourceFailed, match=r"cannot be reached \(timed out\)"):
            ask(service)
        with pytest.raises(SourceFailed, match=r"cannot be reached \(timed out\)"):
            service.copy(tmp_path / "copy.tar", Silent())
    assert time.monotonic() - started < ENDS_WITHIN_S


@pytest.mark.parametrize(
    "url",
    [
        "",
        "glossary.example.org",
        "ftp://glossary.example.org",
        "file:///etc/passwd",
        "https://",
        "https://user:secret@glossary.example.org",
        "https://glossary.example.org?key=1",
        "https://glossary.example.org#x",
        "https://glossary.example.org:port",
        "https://glossary.example.org/a b",
        "https://glossary.example.org/\r\nX: y",
        "https://a..b",
        f"https://{'a' * 64}.example",
        "https://glossary.example.org/ü",
    ],
)
def test_what_is_no_address(url: str) -> None:
    """The message shows how one is written."""
    with pytest.raises(InvalidSetting, match=r"write it as https://glossary\.example\.org"):
        checked_url(url)
    with pytest.raises(InvalidSetting) as refused:
        checked_url("https://user:password@glossary.example.org")
    assert "password" not in str(refused.value)


def test_an_address_may_have_a_path() -> None:
    """A slash at its end is of no use."""
    assert checked_url("https://example.org:8443/words/") == "https://example.org:8443/words"
    with pytest.raises(InvalidSetting, match="SEMSEARCH_SOURCE_KEY"):
        FollowedService("https://example.org", "a\nb")
