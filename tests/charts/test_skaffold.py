"""skaffold.yaml builds every image and installs pinned charts with values that exist."""

import re
from pathlib import Path
from typing import Any

import helm_python as helm
import pytest
import yaml

PINNED = re.compile(r"^[0-9]+\.[0-9]+\.[0-9]+$")
RELEASE_FIELDS = {
    *("name", "chartPath", "remoteChart", "repo", "version", "namespace", "createNamespace", "wait"),
    *("valuesFiles", "setValueTemplates", "dependsOn"),
}


@pytest.fixture(scope="module")
def skaffold(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((root / "skaffold.yaml").read_text())
    return found


@pytest.fixture
def releases(skaffold: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {release["name"]: release for release in skaffold["deploy"]["helm"]["releases"]}


def test_every_service_is_an_artifact_of_the_one_dockerfile(
    skaffold: dict[str, Any], root: Path, services: list[str]
) -> None:
    artifacts = skaffold["build"]["artifacts"]

    assert sorted(artifact["docker"]["buildArgs"]["SERVICE"] for artifact in artifacts) == services
    for artifact in artifacts:
        assert artifact["image"] == f"pourquoi-{artifact['docker']['buildArgs']['SERVICE']}"
        assert (root / artifact["docker"]["dockerfile"]).is_file()


def test_the_release_runs_the_images_that_were_built(
    skaffold: dict[str, Any], releases: dict[str, Any], render: Any
) -> None:
    templates = releases["pourquoi"]["setValueTemplates"]
    known = {
        f"{{{{.IMAGE_{part}_{artifact['image'].replace('-', '_')}}}}}": f"{artifact['image']}-{part.lower()}"
        for artifact in skaffold["build"]["artifacts"]
        for part in ("REPO", "TAG")
    }
    values: dict[str, Any] = {}
    for key, template in templates.items():
        service, image, field = key.split(".")
        values.setdefault(service, {}).setdefault(image, {})[field] = known[template]

    for deployment in render(values).of("Deployment").values():
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        image = deployment["metadata"]["name"]
        assert container["image"] == f"{image}-repo:{image}-tag"


def test_foreign_charts_are_pinned_and_local_ones_exist(releases: dict[str, Any], root: Path) -> None:
    for release in releases.values():
        assert set(release) <= RELEASE_FIELDS
        if "remoteChart" in release:
            assert PINNED.match(release["version"])
            assert release["repo"].startswith("https://")
        else:
            assert (root / release["chartPath"] / "Chart.yaml").is_file()


def test_pourquoi_waits_for_the_operator_and_nats(releases: dict[str, Any]) -> None:
    assert set(releases["pourquoi"]["dependsOn"]) == set(releases) - {"pourquoi"}
    assert all(releases[name]["wait"] for name in releases["pourquoi"]["dependsOn"])


def test_releases_are_where_the_chart_looks_for_them(releases: dict[str, Any], platform: helm.Chart) -> None:
    values = platform.values

    assert releases["cloudnative-pg"]["namespace"] == values["postgres"]["operatorNamespace"]
    assert releases["nats"]["namespace"] == releases["pourquoi"]["namespace"]
    assert values["global"]["nats"]["url"] == f"nats://{releases['nats']['name']}:4222"


def test_every_values_file_is_used_and_exists(skaffold: dict[str, Any], releases: dict[str, Any], root: Path) -> None:
    patched = [file for profile in skaffold["profiles"] for patch in profile["patches"] for file in patch["value"]]
    used = {*patched, *(file for release in releases.values() for file in release["valuesFiles"])}

    assert used == {str(path.relative_to(root)) for path in (root / "charts/values").glob("*.yaml")}


def test_profiles_patch_places_that_exist(skaffold: dict[str, Any]) -> None:
    for profile in skaffold["profiles"]:
        for patch in profile["patches"]:
            place: Any = skaffold
            for step in patch["path"].strip("/").split("/"):
                place = place[int(step)] if isinstance(place, list) else place[step]
            assert place


def test_production_has_as_many_nats_servers_as_copies_of_a_stream(root: Path, sizes: dict[str, Any]) -> None:
    nats = yaml.safe_load((root / "charts/values/nats-production.yaml").read_text())

    assert nats["config"]["cluster"]["replicas"] == sizes["production"]["global"]["nats"]["streamReplicas"]


def test_forwarded_ports_are_those_of_the_services(skaffold: dict[str, Any], default: Any) -> None:
    for forward in skaffold["portForward"]:
        ports = default.one("Service", forward["resourceName"])["spec"]["ports"]
        assert forward["port"] in [port["port"] for port in ports]
