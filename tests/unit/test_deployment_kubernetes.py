"""The manifests as kustomize renders them: valid, safe, and in step with the service's settings and commands."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml
from kubernetes_validate import validate  # type: ignore[import-untyped]

from config.environment import SettingsGroup
from config.settings import ServerSettings
from main import app
from runtime import LINGER_SECONDS
from start_server import UNANSWERED_REQUEST_SECONDS
from telemetry.pipeline import FLUSH_SECONDS
from tests.config import ROOT

type Manifest = Mapping[str, Any]

FOLDER = ROOT / "deploy" / "kubernetes"
OVERLAYS = ("memory", "postgres")
PRE_STOP_SECONDS = 5
QUEUE_SECONDS = 3
VERSIONS = ("1.30", "1.34", "1.37")
MANIFESTS: dict[str, list[Manifest]] = {
    overlay: list(yaml.safe_load_all((FOLDER / f"{overlay}.yaml").read_text())) for overlay in OVERLAYS
}
ALL = [
    pytest.param(item, id=f"{o}-{item['kind']}-{item['metadata']['name']}") for o in OVERLAYS for item in MANIFESTS[o]
]
WORKLOADS = [
    pytest.param(i, id=f"{o}-{i['metadata']['name']}")
    for o in OVERLAYS
    for i in MANIFESTS[o]
    if "template" in i.get("spec", {})
]


def of_kind(overlay: str, kind: str) -> dict[str, Manifest]:
    return {item["metadata"]["name"]: item for item in MANIFESTS[overlay] if item["kind"] == kind}


def pods(overlay: str) -> Iterator[Manifest]:
    for item in MANIFESTS[overlay]:
        if "template" in item.get("spec", {}):
            yield item["spec"]["template"]


def container(workload: Manifest) -> Manifest:
    (only,) = workload["spec"]["template"]["spec"]["containers"]
    found: Manifest = only
    return found


def selects(selector: Manifest, labels: Mapping[str, str]) -> bool:
    expressions = selector.get("matchExpressions", [])
    return selector.get("matchLabels", {}).items() <= labels.items() and all(
        labels.get(expression["key"]) in expression["values"] for expression in expressions
    )


def test_the_rendered_files_are_those_of_the_sources() -> None:
    """Otherwise run scripts/render-kubernetes.sh."""
    sources = [path for place in ("base", "mcp", "overlays") for path in (FOLDER / place).rglob("*") if path.is_file()]
    content = b"".join(
        path.read_bytes() for path in sorted(sources, key=lambda path: path.relative_to(FOLDER).as_posix())
    )
    for overlay in OVERLAYS:
        assert hashlib.sha256(content).hexdigest() in (FOLDER / f"{overlay}.yaml").read_text()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("manifest", ALL)
def test_a_cluster_takes_it(manifest: Manifest, version: str) -> None:
    validate(manifest, version, strict=True)


@pytest.mark.parametrize("workload", WORKLOADS)
def test_it_may_run_in_a_restricted_namespace(workload: Manifest) -> None:
    pod = workload["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] > 0
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert container(workload)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {"cpu", "memory"} <= container(workload)["resources"]["requests"].keys()
    assert "memory" in container(workload)["resources"]["limits"]


@pytest.mark.parametrize("workload", WORKLOADS)
def test_it_runs_a_command_that_there_is_with_settings_that_there_are(workload: Manifest) -> None:
    commands = {command.callback.__name__ for command in app.registered_commands if command.callback}
    assert container(workload)["args"][0] in commands
    known = {name for group in SettingsGroup.__subclasses__() for names in group.variables().values() for name in names}
    assert {variable["name"] for variable in container(workload).get("env", [])} <= known


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_setting_of_the_config_map_exists(overlay: str) -> None:
    known = {name for group in SettingsGroup.__subclasses__() for names in group.variables().values() for name in names}
    (settings,) = of_kind(overlay, "ConfigMap").values()
    assert settings["data"].keys() <= known
    assert settings["data"]["ENV"] == "production"


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_api_is_probed_and_gets_the_time_that_it_needs_to_end(overlay: str) -> None:
    api = of_kind(overlay, "Deployment")["semker-api"]
    probes = {name: container(api)[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "liveness", "readiness")}
    assert probes == {"startup": "/health/live", "liveness": "/health/live", "readiness": "/health/ready"}
    (settings,) = of_kind(overlay, "ConfigMap").values()
    grace = float(settings["data"].get("SHUTDOWN_GRACE", ServerSettings.model_fields["shutdown_grace"].default))
    needed = PRE_STOP_SECONDS + grace + QUEUE_SECONDS + LINGER_SECONDS + UNANSWERED_REQUEST_SECONDS + FLUSH_SECONDS
    assert api["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > needed


def test_memory_is_one_process_and_never_two_at_once() -> None:
    api = of_kind("memory", "Deployment")["semker-api"]
    assert api["spec"]["replicas"] == 1
    assert api["spec"]["strategy"] == {"type": "Recreate"}
    assert of_kind("memory", "HorizontalPodAutoscaler") == {}
    assert of_kind("memory", "Job") == {}
    assert "semker-worker" not in of_kind("memory", "Deployment")


def test_postgres_has_several_of_each_and_never_fewer_at_a_rollout() -> None:
    deployments, scalers = of_kind("postgres", "Deployment"), of_kind("postgres", "HorizontalPodAutoscaler")
    assert scalers.keys() == of_kind("postgres", "PodDisruptionBudget").keys() == {"semker-api", "semker-worker"}
    for name, scaler in scalers.items():
        assert scaler["spec"]["scaleTargetRef"]["name"] == name
        assert scaler["spec"]["minReplicas"] >= 2
        assert "replicas" not in deployments[name]["spec"]
        assert deployments[name]["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert container(of_kind("postgres", "Job")["semker-migrate"])["args"] == ["migrate"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_each_tool_server_is_where_the_settings_say(overlay: str) -> None:
    (settings,) = of_kind(overlay, "ConfigMap").values()
    for name in ("billing", "roaming", "tariff", "faq"):
        service = of_kind(overlay, "Service")[f"{name}-mcp"]
        server = of_kind(overlay, "Deployment")[f"{name}-mcp"]
        assert settings["data"][f"{name.upper()}_MCP_SERVER_URL"] == f"http://{name}-mcp:3001"
        assert service["spec"]["ports"][0]["port"] == 3001
        assert service["spec"]["selector"].items() <= server["spec"]["template"]["metadata"]["labels"].items()
        assert container(server)["args"][:2] == ["mcp", name]
        assert f"{name}-mcp" in container(server)["env"][0]["value"].split(",")


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_selectors_meet_exactly_what_they_are_meant_for(overlay: str) -> None:
    every = [pod["metadata"]["labels"] for pod in pods(overlay)]
    for kind in ("Service", "Deployment", "PodDisruptionBudget"):
        for name, item in of_kind(overlay, kind).items():
            selector = item["spec"]["selector"]
            selector = {"matchLabels": selector} if kind == "Service" else selector
            assert sum(selects(selector, labels) for labels in every) == 1, name
    for name, policy in of_kind(overlay, "NetworkPolicy").items():
        assert any(selects(policy["spec"]["podSelector"], labels) for labels in every), name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_traffic_that_no_policy_names_is_refused(overlay: str) -> None:
    policies = of_kind(overlay, "NetworkPolicy")
    assert policies["nothing"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    to_mcp = policies["to-mcp"]["spec"]["ingress"][0]["from"][0]["podSelector"]
    callers = {name for name, labels in named_pods(overlay) if selects(to_mcp, labels)}
    assert callers == {"semker-api", "semker-worker"} & {name for name, _ in named_pods(overlay)}


def named_pods(overlay: str) -> list[tuple[str, Mapping[str, str]]]:
    return [(pod["metadata"]["labels"]["app.kubernetes.io/name"], pod["metadata"]["labels"]) for pod in pods(overlay)]
