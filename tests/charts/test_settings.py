"""What the charts tell a service is what the service understands, and what they probe is what it serves."""

import importlib
import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from kit.auth import Authenticator
from kit.local.launcher import SERVICES
from kit.service import Service, build_app
from kit.settings import ServiceSettings

NOT_OURS = {"OMP_NUM_THREADS"}
SERVICE_NAMES = [spec.name for spec in SERVICES]


def app_of(name: str) -> Service:
    service: Service = importlib.import_module(f"{name}.app").service
    return service


def container_of(manifests: Any, service: str) -> dict[str, Any]:
    (container,) = manifests.one("Deployment", f"pourquoi-{service}")["spec"]["template"]["spec"]["containers"]
    found: dict[str, Any] = container
    return found


def auth_secret(manifests: Any) -> dict[str, str]:
    data: dict[str, str] = manifests.one("Secret", "pourquoi-auth")["stringData"]
    return data


@pytest.mark.parametrize("name", SERVICE_NAMES)
def test_every_variable_is_a_setting_of_its_service(variants: dict[str, Any], name: str) -> None:
    known = app_of(name).settings.environment_names() | NOT_OURS

    for manifests in variants.values():
        names = [item["name"] for item in container_of(manifests, name)["env"]]
        assert set(names) <= known
        assert len(names) == len(set(names))


@pytest.mark.parametrize("name", SERVICE_NAMES)
def test_the_service_can_load_what_it_is_told(full: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {item["name"]: item.get("value", "secret") for item in container_of(full, name)["env"]}
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)

    settings = app_of(name).settings.load(environment)

    assert (settings.http_host, settings.http_port, settings.grpc_port) == ("0.0.0.0", 8000, 9000)
    assert settings.otlp_endpoint == "http://collector.monitoring:4317"


@pytest.mark.parametrize("name", SERVICE_NAMES)
async def test_probes_and_metrics_are_paths_that_the_service_serves(full: Any, name: str) -> None:
    service = app_of(name)
    container = container_of(full, name)
    (endpoint,) = full.one("PodMonitor", f"pourquoi-{name}")["spec"]["podMetricsEndpoints"]
    probes = [container[probe]["httpGet"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")]
    transport = httpx2.ASGITransport(build_app(service, service.settings()))

    async with httpx2.AsyncClient(transport=transport, base_url="http://pod") as client:
        answers = {path: await client.get(path) for path in (*(probe["path"] for probe in probes), endpoint["path"])}
        missing = await client.get("/healthz")

    assert {probe["port"] for probe in probes} | {endpoint["port"]} == {"http"}
    assert {path: answer.status_code for path, answer in answers.items()} == {
        "/livez": 200,
        "/readyz": 503,
        "/metrics": 200,
    }, "without its connections a service lives and is not ready"
    assert missing.status_code == 404


def test_services_call_the_same_services_as_on_a_laptop(default: Any) -> None:
    for spec in SERVICES:
        told = {item["name"] for item in container_of(default, spec.name)["env"] if item["name"].endswith("_TARGET")}
        assert told == {f"{spec.name}_{peer}_TARGET".upper() for peer in spec.calls}


def test_the_keys_file_is_mounted_where_the_services_look(default: Any) -> None:
    pod = default.one("Deployment", "pourquoi-ingest")["spec"]["template"]["spec"]
    (volume,) = (volume["secret"] for volume in pod["volumes"] if "secret" in volume)
    (container,) = pod["containers"]
    (folder,) = (mount["mountPath"] for mount in container["volumeMounts"] if mount["name"] == "keys")
    (told,) = (item["value"] for item in container["env"] if item["name"] == "POURQUOI_KEYS_FILE")

    assert volume["secretName"] == "pourquoi-auth"
    assert told == f"{folder}/{volume['items'][0]['path']}"


async def test_the_generated_keys_open_the_services(default: Any, tmp_path: Path) -> None:
    secret = auth_secret(default)
    keys = tmp_path / "keys.json"
    keys.write_text(secret["keys.json"])
    authenticator = Authenticator(ServiceSettings(keys_file=str(keys)))

    admin = await authenticator.authenticate(f"Bearer {secret['admin-key']}")
    service = await authenticator.authenticate(f"Bearer {secret['service-key']}", "default")

    assert (admin.workspace, admin.scopes) == ("default", {"read", "write", "review", "admin"})
    assert (service.workspace, service.scopes) == ("default", {"service"})


def test_generated_secrets_are_new_each_time_and_not_in_the_keys_file(render: Any) -> None:
    first, second = (auth_secret(render()) for _ in range(2))

    for name in ("admin-key", "service-key", "cursor-secret", "author-key"):
        assert first[name] != second[name]
        assert len(first[name]) >= 43
    assert all(set(record) == set(json.loads(first["keys.json"])[0]) for record in json.loads(first["keys.json"]))
    assert first["admin-key"].split("_")[2] not in first["keys.json"]


def test_generated_secrets_outlive_upgrades_rollbacks_and_uninstalling(default: Any) -> None:
    annotations = default.one("Secret", "pourquoi-auth")["metadata"]["annotations"]

    assert annotations["helm.sh/hook"] == "pre-install,pre-upgrade"
    assert annotations["helm.sh/hook-delete-policy"] == "hook-failed"


def test_secrets_of_the_user_take_the_place_of_generated_ones(render: Any) -> None:
    manifests = render({"global": {"auth": {"existingSecret": "our-keys"}}})

    assert manifests.of("Secret") == {}
    for spec in SERVICES:
        references = [
            item["valueFrom"]["secretKeyRef"]
            for item in container_of(manifests, spec.name)["env"]
            if item["name"] in ("POURQUOI_SERVICE_KEY", "POURQUOI_CURSOR_SECRET")
        ]
        assert [reference["name"] for reference in references] == ["our-keys", "our-keys"]
