"""Values are documentation and a closed contract: what nobody reads is refused."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import helm_python as helm
import pytest
import yaml


@pytest.mark.parametrize(
    "values",
    [
        {"ingset": {}},
        {"ingest": {"replica": 3}},
        {"ingest": {"autoscaling": {"max": 3}}},
        {"ingest": {"resources": {"limits": {"memory": "1Gi"}, "request": {}}}},
        {"global": {"natsUrl": "nats://nats:4222"}},
        {"global": {"nats": {"url": "nats:4222"}}},
        {"global": {"nats": {"streamReplicas": 2}}},
        {"global": {"logLevel": "verbose"}},
        {"postgres": {"instance": 3}},
        {"postgres": {"parameters": {"max_connections": 100}}},
        {"databases": {"enrichment": {"size": "1Gi"}}},
        {"databases": {"enrichment": {"enabled": False}}},
        {"databases": {"enrichment": {"extensions": ["vector; DROP TABLE posts"]}}},
    ],
)
def test_values_that_mean_nothing_are_refused(platform: helm.Chart, values: dict[str, Any]) -> None:
    with pytest.raises(helm.HelmError, match="- at '"):
        platform.render(values, name="pourquoi")


def test_a_gateway_must_be_named_with_its_namespace(platform: helm.Chart) -> None:
    with pytest.raises(helm.HelmError, match="parentRefs"):
        platform.render({"global": {"gateway": {"enabled": True}}}, name="pourquoi")


def test_every_object_of_the_schema_is_closed(platform: helm.Chart, charts: Path) -> None:
    with helm.Chart.load(charts / "service") as service:
        schemas = {"service": service.schema, "pourquoi": platform.schema}

    open_objects = [f"{name}{path}" for name, schema in schemas.items() for path in _open_objects(schema or {}, "")]

    assert open_objects == ["pourquoi/$defs/database"], "closed by unevaluatedProperties where it is used"


def _open_objects(schema: dict[str, Any], path: str) -> list[str]:
    closed = "additionalProperties" in schema or "unevaluatedProperties" in schema
    found = [path] if "properties" in schema and schema.get("type") == "object" and not closed else []
    for name in ("properties", "$defs"):
        for key, child in schema.get(name, {}).items():
            found += _open_objects(child, f"{path}/{name}/{key}")
    return found


def test_default_values_hold_every_key_of_the_schema(charts: Path) -> None:
    with helm.Chart.load(charts / "service") as service:
        assert service.schema is not None
        assert _keys(service.schema) == _value_keys(service.values, service.schema)


def _keys(schema: dict[str, Any], path: str = "") -> set[str]:
    keys = set()
    for key, child in schema.get("properties", {}).items():
        keys |= {f"{path}/{key}"} | _keys(child, f"{path}/{key}")
    return keys


def _value_keys(values: dict[str, Any], schema: dict[str, Any], path: str = "") -> set[str]:
    keys = set()
    for key, child in schema.get("properties", {}).items():
        if key in values:
            nested = values[key] if isinstance(values[key], dict) else {}
            keys |= {f"{path}/{key}"} | _value_keys(nested, child, f"{path}/{key}")
    return keys


def test_both_charts_document_the_same_shared_values(charts: Path) -> None:
    texts = [(charts / name / "values.yaml").read_text() for name in ("service", "pourquoi")]
    shared = [text[text.index("\nglobal:\n") :] for text in texts]

    assert shared[0] == shared[1]


def test_every_value_is_explained(charts: Path) -> None:
    lines = (charts / "service" / "values.yaml").read_text().splitlines()
    bare = [line for above, line in pairwise(lines) if line[:1].isalpha() and not above.startswith("#")]

    assert bare == ["tolerations: []"], "explained together with nodeSelector, above it"


@pytest.mark.parametrize("name", ["small", "production"])
def test_values_files_change_only_what_the_chart_knows(charts: Path, platform: helm.Chart, name: str) -> None:
    values = yaml.safe_load((charts / "values" / f"{name}.yaml").read_text())

    platform.validate_schema(values)
