"""Everything the charts render is something Kubernetes takes."""

import re
from pathlib import Path
from typing import Any

import helm_python as helm
import jsonschema
import kubernetes_validate
import pytest
import yaml

KUBERNETES = ("1.31", "1.34", "1.37")
CUSTOM = {
    "postgresql.cnpg.io/v1": "Cluster",
    "gateway.networking.k8s.io/v1": "HTTPRoute",
    "monitoring.coreos.com/v1": "PodMonitor",
}
QUANTITY = re.compile(r"^[0-9]+(\.[0-9]+)?(m|Ki|Mi|Gi|Ti)?$")
DNS_LABEL = re.compile(r"^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$")


@pytest.fixture(scope="module")
def shapes() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "custom_resources.yaml").read_text())
    assert set(found) == set(CUSTOM.values())
    return found


@pytest.mark.parametrize("chart", ["service", "pourquoi"])
def test_charts_pass_a_strict_lint(charts: Path, chart: str) -> None:
    report = helm.lint(charts / chart, strict=True, with_subcharts=True)

    assert report["errors"] == []
    assert {message["error"] for message in report["messages"]} <= {"icon is recommended"}


@pytest.mark.parametrize("version", KUBERNETES)
def test_every_built_in_manifest_is_valid(variants: dict[str, Any], version: str) -> None:
    for manifests in variants.values():
        built_in = [item for item in manifests.items if item["apiVersion"] not in CUSTOM]
        assert len(built_in) > 20
        for manifest in built_in:
            kubernetes_validate.validate(manifest, version, strict=True)


def test_a_broken_manifest_would_be_noticed(default: Any) -> None:
    deployment = default.one("Deployment", "pourquoi-ingest")
    broken = {**deployment, "spec": {**deployment["spec"], "replica": 2}}

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, "1.37", strict=True)


def test_only_known_custom_resources_are_rendered(variants: dict[str, Any]) -> None:
    for manifests in variants.values():
        for manifest in manifests.items:
            if "." in manifest["apiVersion"] and not manifest["apiVersion"].endswith(".k8s.io/v1"):
                assert CUSTOM[manifest["apiVersion"]] == manifest["kind"]


def test_custom_resources_use_fields_that_exist(variants: dict[str, Any], shapes: dict[str, Any]) -> None:
    for manifests in variants.values():
        for manifest in manifests.items:
            if manifest["kind"] in shapes:
                assert set(manifest) == {"apiVersion", "kind", "metadata", "spec"}
                jsonschema.validate(manifest["spec"], shapes[manifest["kind"]])


def test_names_fit_in_dns_labels_even_for_the_longest_release_name(render: Any) -> None:
    for manifest in render(name="r" * 34).items:
        assert DNS_LABEL.match(manifest["metadata"]["name"]), manifest["metadata"]["name"]


def test_a_release_name_too_long_for_databases_is_refused(render: Any) -> None:
    with pytest.raises(helm.HelmRenderError, match="at most 34 characters"):
        render(name="r" * 35)


def test_objects_carry_labels_that_tell_whose_they_are(full: Any) -> None:
    for manifest in full.items:
        labels = manifest["metadata"]["labels"]
        assert labels["app.kubernetes.io/part-of"] == "pourquoi"
        assert labels["app.kubernetes.io/instance"] == "pourquoi"


def test_memory_is_limited_and_quantities_parse(variants: dict[str, Any]) -> None:
    for manifests in variants.values():
        for deployment in manifests.of("Deployment").values():
            pod = deployment["spec"]["template"]["spec"]
            for container in (*pod["containers"], *pod["initContainers"]):
                resources = container["resources"]
                assert "memory" in resources["limits"]
                for quantity in (*resources["requests"].values(), *resources["limits"].values()):
                    assert QUANTITY.match(str(quantity)), quantity


def test_both_charts_share_version_and_kubernetes(charts: Path) -> None:
    service, platform = (yaml.safe_load((charts / name / "Chart.yaml").read_text()) for name in ("service", "pourquoi"))

    assert {platform["version"]} == {service["version"], *(dep["version"] for dep in platform["dependencies"])}
    assert platform["appVersion"] == service["appVersion"]
    assert platform["kubeVersion"] == service["kubeVersion"]
