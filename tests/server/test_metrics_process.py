"""`telemetry/metrics_process`: who gets the metrics, and how many at once."""

from __future__ import annotations

import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from prometheus_client import CollectorRegistry, make_wsgi_app

from semsearch.server.telemetry import metrics_process
from semsearch.server.telemetry.collector import MetricsCollector
from semsearch.server.telemetry.meters import Meters
from tests.server.metric_values import fetched, key, new_shared


@contextmanager
def _exported() -> Iterator[str]:
    """Yield the address of a server of metrics in this process."""
    shared = new_shared()
    Meters(shared, 0).finished("/", "GET", 200, 0.1)
    registry = CollectorRegistry()
    registry.register(MetricsCollector(shared, {}))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        app = metrics_process.only_metrics(make_wsgi_app(registry), "127.0.0.1")
        server = metrics_process.metrics_server(listener, app)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield "http://{}:{}".format(*listener.getsockname())
        finally:
            server.shutdown()
            thread.join()


def _status(url: str, host: str | None = None) -> int:
    request = urllib.request.Request(url, headers={"Host": host} if host else {})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return int(error.code)


def test_the_metrics_are_at_one_path() -> None:
    """Others are not there."""
    with _exported() as url:
        values = fetched(f"{url}/metrics")
        assert values[key("semsearch_http_requests_total", route="/", method="GET", status="200")]
        assert _status(f"{url}/") == 404
        assert _status(f"{url}/metrics/") == 404


def test_a_page_of_another_site_reads_nothing() -> None:
    """On a loopback address, a name that was made to lead here is refused."""
    with _exported() as url:
        assert _status(f"{url}/metrics", "localhost") == 200
        assert _status(f"{url}/metrics", "[::1]:9") == 200
        assert _status(f"{url}/metrics", "rebound.example") == 421


def test_beyond_loopback_any_name_is_good() -> None:
    """Prometheus may ask by the name of a container."""
    app = metrics_process.only_metrics(lambda environ, start: [b"metrics"], "192.0.2.1")
    environ = {"HTTP_HOST": "semsearch.cluster", "PATH_INFO": "/metrics"}
    assert [*app(environ, lambda *_: lambda _: None)] == [b"metrics"]


@pytest.mark.parametrize("is_dripping", [False, True])
def test_slow_connections_do_not_keep_others_out(
    monkeypatch: pytest.MonkeyPatch, is_dripping: bool
) -> None:
    """A connection beyond the limit is closed; a silent or dripping one after some seconds."""
    monkeypatch.setattr(metrics_process, "READ_S", 0.5)
    with _exported() as url:
        address = ("127.0.0.1", int(url.rpartition(":")[2]))
        idle = [socket.create_connection(address) for _ in range(metrics_process.MAX_REQUESTS)]
        try:
            time.sleep(0.2)
            with socket.create_connection(address) as surplus:
                surplus.settimeout(5)
                assert surplus.recv(1) == b""
            until = time.monotonic() + 10
            while True:
                if is_dripping:
                    for one in idle:
                        with suppress(OSError):
                            one.send(b"G")
                try:
                    assert _status(f"{url}/metrics") == 200
                    break
                except (OSError, urllib.error.URLError):
                    assert time.monotonic() < until
                    time.sleep(0.05)
        finally:
            for one in idle:
                one.close()
