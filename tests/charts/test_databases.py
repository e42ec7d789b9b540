"""One PostgreSQL cluster per service, and enough connections for every replica that may run."""

from typing import Any

import pytest

from kit.settings import ServiceSettings

# PostgreSQL keeps three for superusers; CloudNativePG takes some for replication, probes and metrics.
RESERVED_CONNECTIONS = 20


def environment(deployment: dict[str, Any]) -> dict[str, Any]:
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    return {item["name"]: item for item in container["env"]}


def test_every_service_owns_one_cluster_and_its_database(default: Any, services: list[str]) -> None:
    clusters = default.of("Cluster")

    assert set(clusters) == {f"pourquoi-{service}-db" for service in services}
    for service in services:
        initdb = clusters[f"pourquoi-{service}-db"]["spec"]["bootstrap"]["initdb"]
        assert (initdb["database"], initdb["owner"]) == (service, service)


def test_services_connect_with_the_secret_of_their_own_cluster(default: Any, services: list[str]) -> None:
    for service in services:
        url = environment(default.one("Deployment", f"pourquoi-{service}"))["DATABASE_URL"]
        assert url["valueFrom"]["secretKeyRef"] == {"name": f"pourquoi-{service}-db-app", "key": "uri"}


def test_the_superuser_installs_pgvector_where_vectors_are_kept(default: Any) -> None:
    statements = {
        name: cluster["spec"]["bootstrap"]["initdb"].get("postInitApplicationSQL", [])
        for name, cluster in default.of("Cluster").items()
    }

    assert statements.pop("pourquoi-enrichment-db") == ["CREATE EXTENSION IF NOT EXISTS vector"]
    assert not any(statements.values())


def test_uninstalling_leaves_the_data(default: Any) -> None:
    for cluster in default.of("Cluster").values():
        assert cluster["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}


def test_commits_wait_for_a_replica_where_there_is_one(variants: dict[str, Any]) -> None:
    for manifests in variants.values():
        for cluster in manifests.of("Cluster").values():
            replicated = cluster["spec"]["instances"] > 1
            assert ("synchronous" in cluster["spec"]["postgresql"]) == replicated


def test_one_database_can_differ_from_the_others(render: Any) -> None:
    manifests = render({"databases": {"enrichment": {"instances": 3, "storage": {"storageClass": "fast"}}}})

    enrichment, ingest = (manifests.one("Cluster", f"pourquoi-{name}-db")["spec"] for name in ("enrichment", "ingest"))

    assert (enrichment["instances"], ingest["instances"]) == (3, 2)
    assert enrichment["storage"] == {"size": "40Gi", "storageClass": "fast"}
    assert ingest["storage"] == {"size": "20Gi"}


def test_databases_from_elsewhere_take_the_place_of_the_clusters(render: Any, services: list[str]) -> None:
    own = {service: {"database": {"existingSecret": f"{service}-url"}} for service in services}
    manifests = render({**own, "postgres": {"enabled": False}})

    assert manifests.of("Cluster") == {}
    for service in services:
        url = environment(manifests.one("Deployment", f"pourquoi-{service}"))["DATABASE_URL"]
        assert url["valueFrom"]["secretKeyRef"]["name"] == f"{service}-url"


@pytest.mark.parametrize("size", ["default", "small", "production"])
def test_every_replica_finds_connections(variants: dict[str, Any], services: list[str], size: str) -> None:
    manifests = variants[size]
    scalers = manifests.of("HorizontalPodAutoscaler")
    for service in services:
        deployment = manifests.one("Deployment", f"pourquoi-{service}")
        scaler = scalers.get(f"pourquoi-{service}")
        replicas = scaler["spec"]["maxReplicas"] if scaler else deployment["spec"]["replicas"]
        surging = replicas + 1
        parameters = manifests.one("Cluster", f"pourquoi-{service}-db")["spec"]["postgresql"]["parameters"]
        assert surging * ServiceSettings().database_pool + RESERVED_CONNECTIONS <= int(parameters["max_connections"])


def test_prometheus_reads_every_instance(full: Any, services: list[str]) -> None:
    (expression,) = full.one("PodMonitor", "pourquoi-databases")["spec"]["selector"]["matchExpressions"]

    assert expression["values"] == [f"pourquoi-{service}-db" for service in services]
