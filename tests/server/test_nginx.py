"""`deploy/nginx/semsearch.conf` under Debian's nginx, in front of the real service."""

from __future__ import annotations

import shutil
from pathlib import Path

import httpx2
import pytest

from benchmarks.speed.services import free_port
from tests.conftest import PROJECT
from tests.server import proxied

CONFIGURATION = PROJECT / "deploy" / "nginx" / "semsearch.conf"
MAIN = """
daemon off;
user root;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/semsearch.conf;
}}
"""


@pytest.mark.process
def test_the_service_behind_nginx(folder: Path, tmp_path: Path) -> None:
    """Pages, edits, imports, exports, host check and addresses of clients go through."""
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
    if nginx is None:
        pytest.skip("there is no nginx; Debian's nginx-light has it")
    with proxied.service_behind_proxy(folder, tmp_path) as service:
        port, plain = free_port(), free_port()
        letsencrypt = f"/etc/letsencrypt/live/{proxied.NAME}"
        (tmp_path / "semsearch.conf").write_text(
            proxied.adapted(
                CONFIGURATION.read_text(encoding="utf-8"),
                {
                    "server 127.0.0.1:8000;": f"server {service.host};",
                    "listen 443 ": f"listen 127.0.0.1:{port} ",
                    "    listen [::]:443 ssl http2;\n": "",
                    "listen 80;": f"listen 127.0.0.1:{plain};",
                    "    listen [::]:80;\n": "",
                    f"{letsencrypt}/fullchain.pem": str(service.certificate.cert),
                    f"{letsencrypt}/privkey.pem": str(service.certificate.key),
                },
            )
        )
        main = tmp_path / "nginx.conf"
        main.write_text(MAIN.format(folder=tmp_path))
        with proxied.running([nginx, "-c", str(main), "-p", str(tmp_path), "-e", "stderr"], port):
            moved = httpx2.get(
                f"http://127.0.0.1:{plain}/map?q=x",
                headers={"Host": proxied.NAME},
                trust_env=False,
            )
            assert (moved.status_code, moved.headers["location"]) == (
                301,
                f"https://{proxied.NAME}/map?q=x",
            )
            with proxied.client(port) as http:
                proxied.check(http, service.headers)
                other = http.get("/v1/glossaries", headers={"Host": "evil.example"})
                proxied.problem_of(other, 421)
            proxied.check_addresses(port)
