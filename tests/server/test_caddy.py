"""`deploy/caddy/Caddyfile` under Debian's caddy, in front of the real service."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.speed.services import free_port
from tests.conftest import PROJECT
from tests.server import proxied

CONFIGURATION = PROJECT / "deploy" / "caddy" / "Caddyfile"


@pytest.mark.process
def test_the_service_behind_caddy(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages, edits, imports, exports and addresses of clients go through."""
    caddy = shutil.which("caddy")
    if caddy is None:
        pytest.skip("there is no caddy; Debian's package caddy has it")
    for variable in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    with proxied.service_behind_proxy(folder, tmp_path) as service:
        port, plain = free_port(), free_port()
        file = tmp_path / "Caddyfile"
        file.write_text(
            proxied.adapted(
                CONFIGURATION.read_text(encoding="utf-8"),
                {
                    "\n{\n": f"\n{{\n\tadmin off\n\thttp_port {plain}\n\thttps_port {port}\n",
                    f"\n{proxied.NAME} {{\n": f"\n{proxied.NAME} {{\n\ttls {service.certificate.cert} {service.certificate.key}\n",
                    "127.0.0.1:8000": service.host,
                },
            )
        )
        command = [caddy, "run", "--config", str(file), "--adapter", "caddyfile"]
        with proxied.running(command, port), proxied.client(port) as http:
            proxied.check(http, service.headers)
            proxied.check_addresses(port)
