"""A reverse proxy of `deploy/`, started on free ports in front of the real service."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from tests.own_indexes import key_header
from tests.server.certificates import CertificateFiles, trusting, write_certificate
from tests.server.service_process import serving

NAME = "glossary.example.org"
"""The name in the files of `deploy/`."""
LIMIT = 20
"""Requests that an address may send in an hour."""
LARGE = 2_000
"""Entries of the glossary that is exported."""


@dataclass(frozen=True)
class ServiceBehindProxy:
    """A service that trusts a proxy: its host and port, a header with a key, a certificate."""

    host: str
    headers: dict[str, str]
    certificate: CertificateFiles


@contextmanager
def service_behind_proxy(index: Path, folder: Path) -> Iterator[ServiceBehindProxy]:
    """Serve an index as the files of `deploy/` say, with a certificate that is made in `folder`."""
    headers = key_header(index)
    certificate = write_certificate(folder / "tls", NAME)
    with serving(
        index,
        workers=1,
        public_url=f"https://{NAME}",
        read="open",
        proxies="127.0.0.1,::1",
        rate_limit=f"{LIMIT}/hour",
    ) as service:
        host = service.url.removeprefix("http://")
        yield ServiceBehindProxy(host, headers, certificate)


@contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    """Run a proxy until the end of the block, from when it listens."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            until = time.monotonic() + 30
            while process.poll() is None and time.monotonic() < until:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            else:
                process.kill()
                raise AssertionError(process.stdout.read().decode() if process.stdout else "")
            yield
        finally:
            process.terminate()
            process.wait(20)


def client(port: int, address: str = "127.0.0.2") -> httpx2.Client:
    """Return a client at an address that asks the proxy by the name of the service."""

    def name_host(request: httpx2.Request) -> None:
        request.extensions = {**request.extensions, "sni_hostname": NAME}

    return httpx2.Client(
        base_url=f"https://127.0.0.1:{port}",
        headers={"Host": NAME},
        event_hooks={"request": [name_host]},
        transport=httpx2.HTTPTransport(verify=trusting(), local_address=address),
        timeout=60,
    )


def check(http: httpx2.Client, headers: dict[str, str]) -> None:
    """Assert what a proxy must let through: pages, edits with a key, imports, exports, refusals."""
    page = http.get("/", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert page.headers["strict-transport-security"] == "max-age=31536000"
    assert f"https://{NAME}/" in http.get("/opensearch.xml").text
    entry = {"glossary": "garden", "term": "Rake", "definition": "A comb for soil."}
    assert http.post("/v1/entries", json=entry).status_code == 401
    added = http.post("/v1/entries", json=entry, headers=headers)
    assert added.status_code == 201, added.text
    etag = added.headers["etag"]
    changed = http.patch(
        "/v1/entries/garden:rake",
        json={"definition": "A comb for leaves."},
        headers={**headers, "If-Match": etag, "Content-Type": "application/merge-patch+json"},
    )
    assert changed.status_code == 200, changed.text
    filler = "It is told apart from all the others by its number, and by nothing else. " * 12
    lines = "\n".join(
        json.dumps({"term": f"Thing {n}", "definition": f"Number {n}. {filler}"})
        for n in range(LARGE)
    )
    taken = http.post(
        "/v1/entries:import?glossary=large",
        content=lines,
        headers={**headers, "Content-Type": "application/x-ndjson"},
    )
    assert {one["outcome"] for one in taken.json()["records"]} == {"added"}, taken.text[:500]
    exported = http.get("/v1/glossaries/large/export?format=jsonl")
    assert exported.text.count("\n") == LARGE
    assert len(exported.content) > 1_900_000
    too_much = http.post(
        "/v1/entries:import?glossary=large",
        content=b" " * (4 * 1024 * 1024 + 1),
        headers={**headers, "Content-Type": "application/x-ndjson"},
    )
    problem_of(too_much, 413)


def check_addresses(port: int) -> None:
    """Assert that clients are told apart by their address, whatever they state about it."""
    with client(port, "127.0.0.3") as http:
        statuses = [http.get("/v1/glossaries").status_code for _ in range(LIMIT + 1)]
        assert statuses == [200] * LIMIT + [429]
        forged = {"X-Forwarded-For": "192.0.2.1", "Forwarded": "for=192.0.2.1"}
        assert http.get("/v1/glossaries", headers=forged).status_code == 429
    with client(port, "127.0.0.4") as http:
        assert http.get("/v1/glossaries").status_code == 200


def adapted(text: str, replaced: dict[str, str]) -> str:
    """Return a configuration with other ports and files; what is replaced must stand in it."""
    for before, after in replaced.items():
        assert before in text, before
        text = text.replace(before, after)
    return text


def problem_of(response: httpx2.Response, status: int) -> dict[str, Any]:
    """Return the problem that the service itself, and not the proxy, answered."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    return problem
