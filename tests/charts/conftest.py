"""The charts built in a temporary folder, and what they render."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import helm_python as helm
import pytest
import yaml

ROOT = Path(__file__).parents[2]
RELEASE, NAMESPACE = "pourquoi", "social"

Manifest = dict[str, Any]
Values = dict[str, Any]


@dataclass(frozen=True)
class Manifests:
    """The objects that one rendering would put into a cluster."""

    items: tuple[Manifest, ...]

    @classmethod
    def parse(cls, rendered: dict[str, str]) -> "Manifests":
        texts = (text for path, text in sorted(rendered.items()) if not path.endswith("NOTES.txt"))
        return cls(tuple(document for text in texts for document in yaml.safe_load_all(text) if document))

    def of(self, kind: str) -> dict[str, Manifest]:
        """Every object of a kind, by name."""
        return {item["metadata"]["name"]: item for item in self.items if item["kind"] == kind}

    def one(self, kind: str, name: str) -> Manifest:
        return self.of(kind)[name]


Render = Callable[..., Manifests]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def services(root: Path) -> list[str]:
    return sorted(folder.parent.name for folder in (root / "services").glob("*/pyproject.toml"))


@pytest.fixture(scope="session")
def charts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of charts/ whose dependencies are packed; the checkout stays as it is."""
    folder = tmp_path_factory.mktemp("charts") / "charts"
    shutil.copytree(ROOT / "charts", folder, ignore=shutil.ignore_patterns("*.tgz", "Chart.lock"))
    helm.dependency_build(folder / "pourquoi")
    return folder


@pytest.fixture(scope="session")
def platform(charts: Path) -> Iterator[helm.Chart]:
    with helm.Chart.load(charts / "pourquoi") as chart:
        yield chart


@pytest.fixture(scope="session")
def sizes(charts: Path) -> dict[str, Values]:
    """The default values and every values file for the platform, by name."""
    files = {name: yaml.safe_load((charts / "values" / f"{name}.yaml").read_text()) for name in ("small", "production")}
    return {"default": {}, **files}


@pytest.fixture(scope="session")
def everything() -> Values:
    """Values that turn on whatever is off by default."""
    return {
        "ingest": {
            "autoscaling": {"enabled": True},
            "nodeSelector": {"disk": "fast"},
            "podAnnotations": {"a": "b"},
            "secretFiles": {"/run/secrets/sources": "credentials"},
        },
        "enrichment": {"tolerations": [{"key": "models", "operator": "Exists"}]},
        "postgres": {"plugins": [{"name": "barman-cloud.cloudnative-pg.io", "isWALArchiver": True}]},
        "global": {
            "image": {"pullSecrets": ["registry"]},
            "oidc": {"issuer": "https://id.example.org", "jwksUrl": "https://id.example.org/keys"},
            "nats": {"existingSecret": "nats-url", "namespace": "nats"},
            "otlp": {"endpoint": "http://collector.monitoring:4317"},
            "monitoring": {"enabled": True, "labels": {"release": "prometheus"}},
            "gateway": {
                "enabled": True,
                "namespace": "gateways",
                "parentRefs": [{"name": "public", "namespace": "gateways"}],
                "hostnames": ["pourquoi.example.org"],
            },
            "clientNamespaces": ["crm"],
            "extraEgress": [{"to": [{"ipBlock": {"cidr": "10.1.2.3/32"}}]}],
        },
    }


@pytest.fixture(scope="session")
def render(platform: helm.Chart) -> Render:
    def rendering(values: Values | None = None, name: str = RELEASE) -> Manifests:
        return Manifests.parse(platform.render(values or {}, name=name, namespace=NAMESPACE))

    return rendering


@pytest.fixture(scope="session")
def variants(sizes: dict[str, Values], everything: Values, render: Render) -> dict[str, Manifests]:
    """What every values file renders, and what all options together render."""
    return {name: render(values) for name, values in {**sizes, "everything": everything}.items()}


@pytest.fixture(scope="session")
def default(variants: dict[str, Manifests]) -> Manifests:
    return variants["default"]


@pytest.fixture(scope="session")
def full(variants: dict[str, Manifests]) -> Manifests:
    return variants["everything"]
