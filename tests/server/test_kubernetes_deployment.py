"""What `deploy/kubernetes` names exists: commands, options, settings, metrics, paths, ports."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
import yaml
from starlette.routing import Route

from semsearch.core.settings import Settings
from semsearch.server.app import all_routes
from semsearch.server.auth.permissions import REQUIRED_SCOPES
from semsearch.server.telemetry import families, metrics_process
from tests.conftest import PROJECT
from tests.server.kubernetes_files import (
    FOLDER,
    KUSTOMIZATION,
    container,
    kustomization,
    objects_of,
    pods,
    settings_of,
)
from tools.docs.tables import all_commands, options

EXAMPLE, SERVERS, MIGRATE = "example", "servers", "migrate"
PORTS = {"http": 8000, "metrics": 9731}
READER = "semsearch_server"
BASES = [SERVERS, MIGRATE, EXAMPLE, "example/migrate"]


def of_kind(kind: str, name: str = EXAMPLE) -> list[dict[str, Any]]:
    """Return the objects of a kind."""
    return [one for one in objects_of(name) if one["kind"] == kind]


def test_every_command_and_option_exists() -> None:
    """As typer knows them."""
    known = {
        name: {flag for one in options(command) for flag in one.opts}
        for name, command in all_commands()
    }
    script = container(MIGRATE, "migrate")["command"]
    assert script[:2] == ["sh", "-c"]
    calls = [shlex.split(part) for part in script[2].split("&&")]
    assert calls.pop(0) == ["cp", "-R", "/app/index", "/tmp/index"]  # noqa: S108 - of the image
    calls.append(container(SERVERS, "servers")["command"])
    assert len(calls) == 4
    for program, *words in calls:
        assert program == "semsearch"
        name = next(" ".join(words[:n]) for n in (2, 1) if " ".join(words[:n]) in known)
        assert {word for word in words if word.startswith("--")} <= known[name], words


@pytest.mark.parametrize("name", [SERVERS, EXAMPLE])
def test_every_setting_exists(name: str) -> None:
    """With a value that it takes; what an overlay merges is there before, or is a setting too."""
    stated = settings_of(name)
    assert len(stated) >= len(settings_of(SERVERS))
    for variable, value in stated.items():
        field = variable.removeprefix("SEMSEARCH_").lower()
        assert field in Settings.model_fields, variable
        Settings.model_validate({field: value})
    assert int(stated["SEMSEARCH_PORT"]) == PORTS["http"]
    assert int(stated["SEMSEARCH_METRICS_PORT"]) == PORTS["metrics"]
    server = container(SERVERS, "servers")
    assert stated["SEMSEARCH_WORKERS"] == server["resources"]["requests"]["cpu"]
    mounts = [mount["mountPath"] for mount in server["volumeMounts"]]
    assert stated["SEMSEARCH_INDEX"].rpartition("/")[0] in mounts, "a folder in the volume"


def test_addresses_of_the_store_are_secrets() -> None:
    """Of one role for servers, and of the owner of the tables for the Job."""
    for name, workload, secret in (
        (SERVERS, "servers", "semsearch-store"),
        (MIGRATE, "migrate", "semsearch-store-owner"),
    ):
        (env,) = container(name, workload)["env"]
        assert env["name"] == "SEMSEARCH_STORE"
        assert env["valueFrom"] == {"secretKeyRef": {"name": secret, "key": "address"}}
    readme = (PROJECT / "deploy" / "README.md").read_text(encoding="utf-8")
    for secret in ("semsearch-store", "semsearch-store-owner", "postgres"):
        assert re.search(rf"secret generic {secret} ", readme), secret
    assert f"--role {READER}" in container(MIGRATE, "migrate")["command"][2]
    assert "`semsearch-files`" in readme
    assert not of_kind("Secret"), "a password in a file is no secret"


@pytest.mark.parametrize("name", [EXAMPLE, MIGRATE])
def test_pods_are_restricted(name: str) -> None:
    """Not root, nothing to write but volumes, no rights, memory bounded, no token."""
    assert list(pods(name))
    for workload, pod in pods(name):
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] > 0
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        volumes = {volume["name"] for volume in pod["volumes"]}
        volumes |= {
            claim["metadata"]["name"] for claim in workload["spec"].get("volumeClaimTemplates", ())
        }
        for one in pod["containers"]:
            context = one["securityContext"]
            assert context["readOnlyRootFilesystem"] is True
            assert context["allowPrivilegeEscalation"] is False
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert {"cpu", "memory"} <= one["resources"]["requests"].keys()
            assert "memory" in one["resources"]["limits"]
            assert {mount["name"] for mount in one["volumeMounts"]} == volumes
            if one["image"] == "semsearch":
                assert pod["securityContext"]["runAsUser"] == 10001, "that of the image"
    assert "USER 10001:10001" in (PROJECT / "Dockerfile").read_text(encoding="utf-8")


def test_probes_and_ports_are_those_of_the_service() -> None:
    """At paths that need no key; the metrics are where Prometheus is told to look."""
    routes = (route for route in all_routes() if isinstance(route, Route))
    open_paths = {route.path for route in routes if REQUIRED_SCOPES[route.name] is None}
    server = container(SERVERS, "servers")
    assert {port["name"]: port["containerPort"] for port in server["ports"]} == PORTS
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert server[probe]["httpGet"]["path"] in open_paths
        assert server[probe]["httpGet"]["port"] in PORTS
    (deployment,) = of_kind("Deployment")
    notes = deployment["spec"]["template"]["metadata"]["annotations"]
    assert notes["prometheus.io/path"] == metrics_process.PATH
    assert notes["prometheus.io/port"] == str(PORTS["metrics"])
    assert "replicas" not in deployment["spec"], "the autoscaler sets them"


def test_the_autoscaler_counts_what_the_service_measures() -> None:
    """The queue of questions, by a metric and a label that exist, and that the adapter gives."""
    (scaler,) = of_kind("HorizontalPodAutoscaler")
    queue = scaler["spec"]["metrics"][0]["pods"]["metric"]
    assert queue["name"] == families.QUEUE.name
    ((label, line),) = queue["selector"]["matchLabels"].items()
    assert label in families.QUEUE.labels
    assert (line,) in families.QUEUE.rows
    adapter = yaml.safe_load((FOLDER / "prometheus-adapter.yaml").read_text(encoding="utf-8"))
    (rule,) = adapter["rules"]["custom"]
    assert rule["name"]["matches"] == queue["name"]
    assert rule["seriesQuery"].startswith(f"{queue['name']}{{")
    assert scaler["spec"]["minReplicas"] == 2
    target = scaler["spec"]["scaleTargetRef"]
    assert [target["name"]] == [one["metadata"]["name"] for one in of_kind(target["kind"])]


def test_selectors_and_names_lead_somewhere() -> None:
    """Services, budgets, policies, the Ingress, and the names of configuration."""
    labels = [
        one["spec"]["template"]["metadata"]["labels"]
        for name in (EXAMPLE, MIGRATE)
        for one, _ in pods(name)
    ]

    def selects(selector: dict[str, str]) -> bool:
        return any(selector.items() <= one.items() for one in labels)

    services = {one["metadata"]["name"]: one["spec"] for one in of_kind("Service")}
    assert set(services) == {"servers", "postgres"}
    assert all(selects(one["selector"]) for one in services.values())
    (budget,) = of_kind("PodDisruptionBudget")
    assert selects(budget["spec"]["selector"]["matchLabels"])
    policies = {one["metadata"]["name"]: one["spec"] for one in of_kind("NetworkPolicy")}
    assert set(policies) == {"servers", "migrate", "postgres"}
    for policy in policies.values():
        assert selects(policy["podSelector"]["matchLabels"])
        rules = [*policy["ingress"], *policy["egress"]]
        assert {port["port"] for rule in rules for port in rule["ports"]} <= {8000, 9731, 5432, 53}
    (ingress,) = of_kind("Ingress")
    (rule,) = ingress["spec"]["rules"]
    backend = rule["http"]["paths"][0]["backend"]["service"]
    ports = {port["name"] for port in services[backend["name"]]["ports"]}
    assert backend["port"]["name"] in ports
    assert settings_of(EXAMPLE)["SEMSEARCH_PUBLIC_URL"] == f"https://{rule['host']}"
    maps = {one["name"] for one in kustomization(EXAMPLE)["configMapGenerator"]}
    for _, pod in pods(EXAMPLE):
        for volume in pod["volumes"]:
            assert volume.get("configMap", {"name": "postgres"})["name"] in maps


def test_what_the_overlay_changes_is_there() -> None:
    """Images, patched objects and fields, files of configuration."""
    for name in BASES:
        images = {image["name"] for image in kustomization(name)["images"]}
        assert images == {"semsearch"}
    for patch in kustomization(EXAMPLE)["patches"]:
        kind, names = patch["target"]["kind"], patch["target"]["name"].split("|")
        for one in (o for o in of_kind(kind) if o["metadata"]["name"] in names):
            names.remove(one["metadata"]["name"])
            for step in yaml.safe_load(patch["patch"]):
                place: Any = one
                for key in step["path"].strip("/").split("/"):
                    place = place[int(key) if isinstance(place, list) else key]
        assert not names
    role = (FOLDER / "example" / "role.sh").read_text(encoding="utf-8")
    assert role == (PROJECT / "deploy" / "shared" / "role.sh").read_text(encoding="utf-8")
    assert READER in role
    version = kustomization(EXAMPLE)["images"][0]["newTag"]
    assert kustomization("example/migrate")["images"][0]["newTag"] == version


def test_every_file_is_used() -> None:
    """By a kustomization, or by the README."""
    readme = (PROJECT / "deploy" / "README.md").read_text(encoding="utf-8")
    used = "".join(path.read_text(encoding="utf-8") for path in FOLDER.rglob(KUSTOMIZATION))
    for path in FOLDER.rglob("*"):
        if path.is_file() and path.name != KUSTOMIZATION:
            assert path.name in used or path.name in readme, path
