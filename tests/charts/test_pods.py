"""What runs in the pods is confined, starts and stops in order, and is replaced without loss."""

from typing import Any

import helm_python as helm
import pytest

from ingest.sources.credentials import DEFAULT_FOLDER

PORTS = {"http": 8000, "grpc": 9000}
# Requests, background tasks and calls are ended one after the other, each within POURQUOI_SHUTDOWN_SECONDS.
STOP_STAGES = 3


def pods(manifests: Any) -> dict[str, dict[str, Any]]:
    return {name: item["spec"]["template"]["spec"] for name, item in manifests.of("Deployment").items()}


@pytest.fixture
def every_pod(variants: dict[str, Any]) -> list[dict[str, Any]]:
    return [pod for manifests in variants.values() for pod in pods(manifests).values()]


def test_every_service_has_one_deployment(default: Any, services: list[str]) -> None:
    assert set(default.of("Deployment")) == {f"pourquoi-{service}" for service in services}


def test_pods_run_without_root_token_and_service_variables(every_pod: list[dict[str, Any]]) -> None:
    for pod in every_pod:
        security = pod["securityContext"]
        assert security["runAsNonRoot"] is True
        assert security["runAsUser"] == security["runAsGroup"] == 10001
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        assert pod["enableServiceLinks"] is False


def test_containers_can_change_nothing_but_scratch(every_pod: list[dict[str, Any]]) -> None:
    for pod in every_pod:
        for container in (*pod["initContainers"], *pod["containers"]):
            security = container["securityContext"]
            assert security["readOnlyRootFilesystem"] is True
            assert security["allowPrivilegeEscalation"] is False
            assert security["capabilities"] == {"drop": ["ALL"]}
            writable = [mount["mountPath"] for mount in container["volumeMounts"] if not mount.get("readOnly")]
            assert writable == ["/tmp"]


def test_credentials_of_sources_are_files_where_ingest_looks_for_them(full: Any, default: Any) -> None:
    pod = pods(full)["pourquoi-ingest"]
    (container,) = pod["containers"]
    [mount] = [each for each in container["volumeMounts"] if each["mountPath"] == str(DEFAULT_FOLDER)]
    [volume] = [each for each in pod["volumes"] if each["name"] == mount["name"]]

    # Without `subPath`, which would keep a rotated value from the pod.
    assert mount == {"name": volume["name"], "mountPath": "/run/secrets/sources", "readOnly": True}
    assert volume["secret"] == {"secretName": "credentials", "defaultMode": 0o440}
    assert [name for name, other in pods(full).items() if volume in other["volumes"]] == ["pourquoi-ingest"]
    assert all(len(pod["volumes"]) == 2 for pod in pods(default).values())


@pytest.mark.parametrize("folder", ["/etc/pourquoi", "/tmp", "/run/secrets/../../etc", "/run/secrets/Sources"])
def test_secrets_are_mounted_nowhere_else(render: Any, folder: str) -> None:
    with pytest.raises(helm.HelmError, match="invalid propertyName"):
        render({"ingest": {"secretFiles": {folder: "credentials"}}})


def test_the_database_is_migrated_before_the_service_starts(default: Any) -> None:
    for pod in pods(default).values():
        (migration,), (service,) = pod["initContainers"], pod["containers"]
        assert (migration["args"], service["args"]) == (["migrate"], ["serve"])
        assert migration["image"] == service["image"]
        assert migration["env"] == service["env"]


def test_a_rollout_never_has_fewer_pods_than_asked_for(default: Any) -> None:
    for deployment in default.of("Deployment").values():
        assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}


def test_pods_are_killed_only_after_draining_and_ending_their_work(every_pod: list[dict[str, Any]]) -> None:
    for pod in every_pod:
        (service,) = pod["containers"]
        drain_seconds = service["lifecycle"]["preStop"]["sleep"]["seconds"]
        (work_seconds,) = (int(item["value"]) for item in service["env"] if item["name"] == "POURQUOI_SHUTDOWN_SECONDS")
        assert pod["terminationGracePeriodSeconds"] > drain_seconds + STOP_STAGES * work_seconds


def test_ports_are_the_ones_the_services_are_told(default: Any) -> None:
    for pod in pods(default).values():
        (service,) = pod["containers"]
        told = {item["name"]: item.get("value") for item in service["env"]}
        assert {port["name"]: port["containerPort"] for port in service["ports"]} == PORTS
        assert (told["POURQUOI_HTTP_PORT"], told["POURQUOI_GRPC_PORT"]) == ("8000", "9000")


def test_the_grpc_service_is_headless_so_that_clients_see_every_pod(default: Any, services: list[str]) -> None:
    for service in services:
        http, grpc = (default.one("Service", f"pourquoi-{service}{suffix}")["spec"] for suffix in ("", "-grpc"))
        assert [port["port"] for port in http["ports"]] == [8000]
        assert [port["port"] for port in grpc["ports"]] == [9000]
        assert grpc["clusterIP"] == "None"
        assert "clusterIP" not in http


def test_selectors_match_the_pods_of_one_service_only(default: Any) -> None:
    deployments = default.of("Deployment")
    for kind in ("Service", "PodDisruptionBudget"):
        for item in default.of(kind).values():
            selector = item["spec"]["selector"]
            selector = selector.get("matchLabels", selector)
            owner = item["metadata"]["name"].removesuffix("-grpc")
            selected = [
                name
                for name, deployment in deployments.items()
                if selector.items() <= deployment["spec"]["template"]["metadata"]["labels"].items()
            ]
            assert selected == [owner]


def test_a_node_can_always_be_drained_one_pod_at_a_time(variants: dict[str, Any], services: list[str]) -> None:
    for manifests in variants.values():
        budgets = manifests.of("PodDisruptionBudget")
        assert len(budgets) == len(services)
        assert {budget["spec"]["maxUnavailable"] for budget in budgets.values()} == {1}


def test_autoscaling_takes_the_replicas_over_from_the_deployment(full: Any, default: Any) -> None:
    scaler = full.one("HorizontalPodAutoscaler", "pourquoi-ingest")

    assert scaler["spec"]["scaleTargetRef"]["name"] == "pourquoi-ingest"
    assert "replicas" not in full.one("Deployment", "pourquoi-ingest")["spec"]
    assert default.one("Deployment", "pourquoi-ingest")["spec"]["replicas"] == 2
    assert default.of("HorizontalPodAutoscaler") == {}


def test_replicas_are_spread_over_nodes_and_zones(default: Any) -> None:
    for pod in pods(default).values():
        keys = [constraint["topologyKey"] for constraint in pod["topologySpreadConstraints"]]
        assert keys == ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]


def test_one_service_can_be_scaled_alone(render: Any) -> None:
    manifests = render({"enrichment": {"replicas": 7}})

    replicas = {name: item["spec"]["replicas"] for name, item in manifests.of("Deployment").items()}

    assert replicas.pop("pourquoi-enrichment") == 7
    assert set(replicas.values()) == {2}


def test_images_come_from_the_registry_unless_a_service_names_its_own(render: Any) -> None:
    own = {"image": {"repository": "local/insight", "tag": "dirty"}}
    manifests = render({"insight": own, "global": {"image": {"registry": "registry.example.org", "tag": "1.2.3"}}})

    images = {name: pod["containers"][0]["image"] for name, pod in pods(manifests).items()}

    assert images["pourquoi-insight"] == "local/insight:dirty"
    assert images["pourquoi-ingest"] == "registry.example.org/pourquoi-ingest:1.2.3"
