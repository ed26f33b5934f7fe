"""What `deploy/mirrors` names exists in the program: commands, options, settings, paths, ports."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.routing import Mount, Route

from semsearch.core.settings import Settings
from semsearch.server.app import all_routes
from semsearch.server.auth.permissions import EDIT, REQUIRED_SCOPES
from tests.conftest import PROJECT
from tools.docs.tables import all_commands, options

FOLDER = PROJECT / "deploy" / "mirrors"
SECRET = "semsearch-source-key"  # noqa: S105 - its name
PORT = 8000
READERS, SOURCE = "semsearch_readers", "semsearch_source"
WITH_BODY = {"/v1/search", "/v1/search:opened", "/mcp"}
"""Questions that come by POST, beside those of reconciliation."""
AT_THE_SOURCE = {"/new", "/edit/x:y", "/history/x:y", "/gaps", "/suggestion/x:y", "/v1/gaps"} | {
    "/v1/inbox",
    "/v1/backup",
    "/v1/entries/x:y/history",
}
"""What is read of the source alone."""


@cache
def compose() -> dict[str, Any]:
    """Return the file of Compose."""
    found: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
    return found


@cache
def kustomization() -> dict[str, Any]:
    """Return the file of Kustomize."""
    text = (FOLDER / "kustomization.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


@cache
def objects() -> list[dict[str, Any]]:
    """Return all objects of the cluster."""
    files = [FOLDER / name for name in kustomization()["resources"]]
    return [one for file in files for one in yaml.safe_load_all(file.read_text(encoding="utf-8"))]


def of_kind(*kinds: str) -> list[dict[str, Any]]:
    """Return the objects of some kinds."""
    return [one for one in objects() if one["kind"] in kinds]


def workloads() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield what runs pods, and the specification of its pods."""
    for one in of_kind("Deployment", "StatefulSet"):
        yield one, one["spec"]["template"]["spec"]


def containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all containers of a pod."""
    return [*pod.get("initContainers", ()), *pod["containers"]]


def commands() -> Iterator[list[str]]:
    """Yield every call of the program in both kinds of files."""
    given = [service.get("command", []) for service in compose()["services"].values()]
    given += [one.get("command", []) for _, pod in workloads() for one in containers(pod)]
    for words in given:
        if words[:1] == ["semsearch"]:
            yield words
        elif words[:2] == ["sh", "-c"]:
            for found in re.findall(r"semsearch [^;&]*", words[2]):
                if not found.startswith("semsearch-"):
                    yield shlex.split(found)


def test_every_command_and_option_exists() -> None:
    """As typer knows them; `follow` and `serve` are among them."""
    known = dict(all_commands())
    seen = set()
    for words in commands():
        name, *rest = words[1:]
        seen.add(name)
        flags = {flag for option in options(known[name]) for flag in option.opts}
        assert {word for word in rest if word.startswith("-")} <= flags, words
        if name == "follow":
            assert rest[0] == f"http://source:{PORT}"
    assert seen == {"follow", "serve"}


def test_every_setting_exists() -> None:
    """Variables of the environment are settings, with values that they take."""
    literals = dict(
        one.split("=", 1)
        for generator in kustomization()["configMapGenerator"]
        for one in generator.get("literals", ())
    )
    given = [service.get("environment", {}) for service in compose()["services"].values()]
    given += [literals]
    given += [
        {env["name"]: env.get("value", "")}
        for _, pod in workloads()
        for one in containers(pod)
        for env in one.get("env", ())
    ]
    for environment in given:
        for name, value in environment.items():
            field = name.removeprefix("SEMSEARCH_").lower()
            assert field in Settings.model_fields, name
            stated = re.sub(r"\$\{\w+:-(.*?)\}", r"\1", value)
            if stated:
                Settings.model_validate({field: stated})
            if field == "port":
                assert int(stated) == PORT
    assert literals["SEMSEARCH_INDEX"] == "/data/index", "a folder in the volume, not its root"


def test_compose_is_closed() -> None:
    """Volumes, networks and names exist; the file system is read-only, nobody is root."""
    file = compose()
    services = file["services"]
    subnet = file["networks"]["semsearch"]["ipam"]["config"][0]["subnet"]
    for name, service in services.items():
        for volume in service.get("volumes", ()):
            where = volume.split(":")[0]
            is_there = (
                (FOLDER / where).exists() if where.startswith(".") else where in file["volumes"]
            )
            assert is_there, where
        for other, wanted in service.get("depends_on", {}).items():
            assert other in services
            if wanted["condition"] == "service_healthy":
                # the image has a check of its own, of the service
                is_checked = "healthcheck" in services[other]
                assert is_checked or "serve" in services[other]["command"]
        assert service["cap_drop"] == ["ALL"], name
        if name == "prepare":
            continue
        assert service["read_only"] is True, name
        assert "no-new-privileges:true" in service["security_opt"]
        assert service["restart"] == "unless-stopped"
        if name != "nginx":
            assert service["user"] == "10001:10001"
            assert service["volumes"] == [f"{name.removesuffix('-follow')}:/data"]
        if "SEMSEARCH_PROXIES" in service.get("environment", {}):
            assert service["environment"]["SEMSEARCH_PROXIES"] == subnet
    assert services["nginx"]["ports"] == ["127.0.0.1:8080:8080"]


def test_the_user_is_that_of_the_image() -> None:
    """And the index that the source begins with is where the image has it."""
    dockerfile = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
    assert "USER 10001:10001" in dockerfile
    assert "SEMSEARCH_INDEX=/app/index" in dockerfile
    assert "ENTRYPOINT" not in dockerfile, "commands of the manifests are whole"
    assert "cp -R /app/index" in str(compose()["services"]["prepare"]["command"])
    assert "cp -R /app/index" in str(dict(objects_by_name()["StatefulSet source"]))


def objects_by_name() -> dict[str, dict[str, Any]]:
    """Return the objects by kind and name."""
    found = {f"{one['kind']} {one['metadata']['name']}": one for one in objects()}
    assert len(found) == len(objects()), "two objects have one name"
    return found


def test_pods_are_restricted() -> None:
    """Not root, nothing to write but volumes, no rights, memory bounded, no token."""
    for workload, pod in workloads():
        name = workload["metadata"]["name"]
        assert pod["automountServiceAccountToken"] is False, name
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        volumes = {volume["name"] for volume in pod["volumes"]}
        volumes |= {
            claim["metadata"]["name"] for claim in workload["spec"].get("volumeClaimTemplates", ())
        }
        for container in containers(pod):
            context = container["securityContext"]
            assert context["readOnlyRootFilesystem"] is True
            assert context["allowPrivilegeEscalation"] is False
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert "memory" in container["resources"]["limits"]
            assert "cpu" in container["resources"]["requests"], "the autoscaler counts in these"
            assert {mount["name"] for mount in container["volumeMounts"]} <= volumes


def test_every_probe_is_a_health_check() -> None:
    """At a path of the service that needs no key, and a port that the container names."""
    open_paths = {route.path for route in routes() if REQUIRED_SCOPES[route.name] is None}
    probed = set()
    for workload, pod in workloads():
        for container in pod["containers"]:
            ports = {port["name"]: port["containerPort"] for port in container.get("ports", ())}
            for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
                probe = container.get(kind)
                if probe is None:
                    continue
                checked = probe.get("httpGet") or probe["tcpSocket"]
                assert checked["port"] in ports
                if "path" in checked:
                    assert checked["path"] in open_paths
                probed.add((workload["metadata"]["name"], container["name"], kind))
            if container["name"] == "serve":
                assert ports == {"http": PORT}
    assert {("source", "serve", kind) for kind in ("readinessProbe", "livenessProbe")} <= probed
    assert {("mirrors", "serve", kind) for kind in ("readinessProbe", "livenessProbe")} <= probed


def test_selectors_find_their_pods() -> None:
    """Services, budgets, policies and the autoscaler select what is there."""
    pods = [workload["spec"]["template"]["metadata"]["labels"] for workload, _ in workloads()]

    def selects(selector: dict[str, str]) -> bool:
        return any(selector.items() <= labels.items() for labels in pods)

    named = objects_by_name()
    for one in of_kind("Service"):
        assert selects(one["spec"]["selector"])
    for one in of_kind("Deployment", "StatefulSet"):
        wanted = one["spec"]["selector"]["matchLabels"]
        assert wanted.items() <= one["spec"]["template"]["metadata"]["labels"].items()
    for one in of_kind("PodDisruptionBudget"):
        assert selects(one["spec"]["selector"]["matchLabels"])
        assert one["spec"]["minAvailable"] == 1
    (scaler,) = of_kind("HorizontalPodAutoscaler")
    target = scaler["spec"]["scaleTargetRef"]
    scaled = named[f"{target['kind']} {target['name']}"]
    assert "replicas" not in scaled["spec"], "the autoscaler sets them"
    assert scaler["spec"]["minReplicas"] >= 2
    assert scaler["spec"]["metrics"][0]["resource"]["name"] == "cpu"
    assert named["StatefulSet source"]["spec"]["replicas"] == 1, "an index has one writer"
    policies = of_kind("NetworkPolicy")
    assert {policy["metadata"]["name"] for policy in policies} == {"source", "mirrors", "gateway"}
    for policy in policies:
        assert selects(policy["spec"]["podSelector"]["matchLabels"])
        for rule in [*policy["spec"]["ingress"], *policy["spec"]["egress"]]:
            assert {port["port"] for port in rule["ports"]} <= {PORT, 8080, 53}


def test_names_between_objects_exist() -> None:
    """Configuration, secret and images."""
    maps = {one["name"] for one in kustomization()["configMapGenerator"]}
    for _, pod in workloads():
        for container in containers(pod):
            for source in container.get("envFrom", ()):
                assert source["configMapRef"]["name"] in maps
            for env in container.get("env", ()):
                if "valueFrom" in env:
                    assert env["valueFrom"]["secretKeyRef"] == {"name": SECRET, "key": "key"}
            known = {image["name"] for image in kustomization()["images"]}
            assert container["image"] in known or ":" in container["image"]
        for volume in pod["volumes"]:
            assert volume.get("configMap", {}).get("name", "nginx") in maps
    for generator in kustomization()["configMapGenerator"]:
        for file in generator.get("files", ()):
            assert (FOLDER / file.partition("=")[2]).is_file()
    readme = (PROJECT / "deploy" / "README.md").read_text(encoding="utf-8")
    assert f"secret generic {SECRET} --from-literal=key=" in readme


@pytest.mark.parametrize("file", ["upstreams.conf", "kubernetes/upstreams.conf"])
def test_upstreams_are_services(file: str) -> None:
    """By the names of Compose or of the cluster; the source is the last of the readers."""
    text = (FOLDER / file).read_text(encoding="utf-8")
    named = dict(re.findall(r"upstream (\w+) \{(.*?)\n\}", text, re.DOTALL))
    assert set(named) == {READERS, SOURCE}
    if file.startswith("kubernetes"):
        known = {
            one["metadata"]["name"]: one["spec"]["ports"][0]["port"] for one in of_kind("Service")
        }
    else:
        known = dict.fromkeys(compose()["services"], PORT)
    for servers in named.values():
        for host, port in re.findall(r"server ([\w-]+):(\d+)", servers):
            assert known[host] == int(port)
    assert re.findall(r"server ([\w-]+):\d+ backup;", named[READERS]) == ["source"]
    assert re.findall(r"server ([\w-]+)", named[SOURCE]) == ["source"]


def routes() -> list[Route]:
    """Return all routes of the service."""
    return [route for route in all_routes() if isinstance(route, Route)]


def upstream_of(method: str, path: str) -> str:
    """Return where the map of nginx sends a request: the first pattern that fits."""
    text = (FOLDER / "mirrors.conf").read_text(encoding="utf-8")
    (block,) = re.findall(r"map \"\$request_method \$uri\" \$\w+ \{(.*?)\n\}", text, re.DOTALL)
    for pattern, upstream in re.findall(r'"~(\S.*?)"\s+(\w+);', block):
        if re.search(pattern, f"{method} {path}"):
            return str(upstream)
    (default,) = re.findall(r"default\s+(\w+);", block)
    return str(default)


def test_every_route_goes_where_it_belongs() -> None:
    """What changes something goes to the source, questions and pages to the readers."""
    read = set()
    for route in routes():
        path = re.sub(r"\{[^}]*\}", "x:y", route.path)
        for method in route.methods or ():
            asks = method in ("GET", "HEAD") or path in WITH_BODY or path.startswith("/reconcile")
            wanted = READERS if asks and path not in AT_THE_SOURCE else SOURCE
            assert upstream_of(method, path) == wanted, f"{method} {path}"
            read |= {path} if asks and wanted == SOURCE else set()
            if REQUIRED_SCOPES[route.name] is EDIT and method not in ("GET", "HEAD"):
                assert wanted == SOURCE
    assert read == AT_THE_SOURCE
    for mount in (route for route in all_routes() if isinstance(route, Mount)):
        assert upstream_of("GET", f"{mount.path}/x") == READERS
    assert upstream_of("OPTIONS", "/v1/search") == READERS


def test_the_documents_have_the_files() -> None:
    """Each is named by the README of the folder, or by one that it names."""
    said = (PROJECT / "deploy" / "README.md").read_text(encoding="utf-8")
    said += "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.yaml"))
    for path in FOLDER.rglob("*"):
        if path.is_file():
            assert path.name in said, Path(path).relative_to(FOLDER)
