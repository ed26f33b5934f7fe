"""Which addresses are taken, and what of a refused one is shown."""

from __future__ import annotations

import pytest

from semsearch.core.http_address import is_http_address, shown_address


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:11434/v1",
        "https://glossary.example.org/",
        "http://[::1]:8000/v1",
        "http://bücher.example/v1/%C3%BC",
        "http://127.0.0.1",
    ],
)
def test_addresses(url: str) -> None:
    """Names, IP addresses, ports and paths."""
    assert is_http_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:11434",
        "ftp://x/v1",
        "http://",
        "http://:80/v1",
        "http://x:99999/",
        "http://x:port/",
        "http://[::1/",
        "http://a..b/v1",
        "http://ü..a/v1",
        f"http://{'a' * 64}.example",
        "http://x/v1/ü",
        "http://x/v 1",
        "http://x/v1\n",
        "http://x/v1?a=b",
        "http://x/v1#a",
        "http://user:secret@x/v1",
        "http://:secret@x/v1",
        "http://@x/v1",
    ],
)
def test_what_is_no_address(url: str) -> None:
    """What `http.client` would send wrongly or fail for, and what holds a password."""
    assert not is_http_address(url)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("localhost:11434", "'localhost:11434'"),
        ("http://user:secret@x/v1", "'***@x/v1'"),
        ("http://:sec@ret@x/v1", "'***@x/v1'"),
        ("http://u:sec?r#/et@x", "'***@x'"),
        ("http://x/v1?key=secret", "'http://x/v1?***'"),
        ("", "''"),
    ],
)
def test_no_password_is_shown(url: str, shown: str) -> None:
    """Nor a key in the query."""
    assert shown_address(url) == shown
