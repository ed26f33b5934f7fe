"""What `deploy/shared` names exists in the program: commands, options, settings, servers, ports."""

from __future__ import annotations

import re
import shlex
from typing import Any

import yaml

from semsearch.core.settings import Settings
from semsearch.storage.postgres.candidates import FLOOR
from semsearch.storage.postgres.migrating import OLDEST_SERVER
from tests.conftest import PROJECT
from tools.docs.tables import all_commands, options

FOLDER = PROJECT / "deploy" / "shared"
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def _calls() -> list[list[str]]:
    """Return every call of the program."""
    found = []
    for service in SERVICES.values():
        words = service.get("command", [])
        for part in words[-1].split("&&") if words[:1] == ["sh"] else [shlex.join(words)]:
            if part.split()[:1] == ["semsearch"]:
                found.append(shlex.split(part))
    return found


def test_every_command_and_option_is_there() -> None:
    """As the program itself lists them."""
    known = {
        name: {flag for one in options(command) for flag in one.opts}
        for name, command in all_commands()
    }
    calls = _calls()
    assert len(calls) == 5
    for _, *words in calls:
        name = next(" ".join(words[:n]) for n in (2, 1) if " ".join(words[:n]) in known)
        assert {word for word in words if word.startswith("--")} <= known[name], words


def test_every_setting_is_there() -> None:
    """A setting that is spelled wrongly would be ignored."""
    known = {f"SEMSEARCH_{name.upper()}" for name in Settings.model_fields}
    for service in SERVICES.values():
        given = {name for name in service.get("environment", {}) if name.startswith("SEMSEARCH_")}
        assert given <= known


def test_nginx_knows_both_servers() -> None:
    """By name and port; their proxies are the network that they are in."""
    conf = (FOLDER / "shared.conf").read_text(encoding="utf-8")
    servers = {name: one for name, one in SERVICES.items() if name.startswith("server-")}
    ports = {name: one["environment"]["SEMSEARCH_PORT"] for name, one in servers.items()}
    assert dict(re.findall(r"server (server-\d+):(\d+) ", conf)) == ports
    (network,) = COMPOSE["networks"]["semsearch"]["ipam"]["config"]
    for one in servers.values():
        assert one["environment"]["SEMSEARCH_PROXIES"] == network["subnet"]
        assert one["depends_on"] == {"prepare": {"condition": "service_completed_successfully"}}


def test_servers_have_a_role_of_their_own() -> None:
    """Not the one that owns the tables; the same in every file."""
    role = re.search(r"CREATE ROLE (\w+)", (FOLDER / "role.sh").read_text(encoding="utf-8"))
    assert role
    assert f"--role {role[1]}" in SERVICES["prepare"]["command"][-1]
    for number in (1, 2):
        store = SERVICES[f"server-{number}"]["environment"]["SEMSEARCH_STORE"]
        assert store.startswith(f"postgresql://{role[1]}:")
        assert SERVICES[f"server-{number}"]["read_only"]


def test_images_have_a_pgvector_that_is_new_enough() -> None:
    """The tag states its version, since one that moves may be an old image on some machine."""
    pod = PROJECT / "deploy" / "kubernetes" / "example" / "postgres.yaml"
    texts = (SERVICES["postgres"]["image"], pod.read_text(encoding="utf-8"))
    for text in texts:
        (tag,) = re.findall(r"pgvector/pgvector:(\S+?)(?:}|\s|$)", text)
        version, _, postgresql = tag.partition("-pg")
        assert tuple(map(int, version.split("."))) >= FLOOR
        assert int(postgresql) * 10_000 >= OLDEST_SERVER
