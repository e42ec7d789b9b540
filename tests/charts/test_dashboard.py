"""The dashboard asks for metrics that the services really expose."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

# A process of its own, because the SDK is configured once per process.
EXPOSE = """
import asyncio, contextlib, httpx2
from kit import metrics, telemetry
from kit.rest.app import create_app
from kit.settings import ServiceSettings

settings = ServiceSettings()
telemetry.configure(settings)
app = create_app(settings, "", [], lambda app: contextlib.nullcontext())
telemetry.instrument_app(app)
metrics.consumed("reader", "live", 1)
metrics.buried("reader")
metrics.relayed(1)
metrics.job_ended("import", "done")

async def scrape():
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://pod") as client:
        await client.get("/openapi.json", headers={"Host": "chosen-by-the-caller"})
        print((await client.get("/metrics")).text)

asyncio.run(scrape())
"""
METRIC = re.compile(r"\b(?:http_server|process|pourquoi|nats)_[a-z_]+\b")
LABELS = re.compile(r"\{([^}]*)\}|by \(([^)]*)\)")
ADDED_BY_PROMETHEUS = {"namespace", "container", "pod"}
# The exporter beside NATS is not ours and does not run here.
FOREIGN_METRICS, FOREIGN_LABELS = {"nats_consumer_num_pending"}, {"consumer_name"}


@pytest.fixture(scope="module")
def exposed() -> str:
    return subprocess.run([sys.executable, "-c", EXPOSE], capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.fixture(scope="module")
def panels(root: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((root / "charts/pourquoi/dashboards/pourquoi.json").read_text())["panels"]
    return found


def test_every_panel_asks_for_metrics_and_labels_that_exist(panels: list[dict[str, Any]], exposed: str) -> None:
    samples = [line for line in exposed.splitlines() if line and not line.startswith("#")]
    metrics = {re.split(r"[{ ]", line)[0] for line in samples} | FOREIGN_METRICS
    labels = {label for line in samples for label in re.findall(r'(\w+)="', line)}

    for panel in panels:
        expression = panel["targets"][0]["expr"]
        asked = set(METRIC.findall(expression))
        grouped = [name for _, names in LABELS.findall(expression) for name in names.split(", ") if name]
        selected = re.findall(r"(\w+)=~?\"", expression)
        assert asked
        assert asked <= metrics
        assert {*grouped, *selected} <= labels | ADDED_BY_PROMETHEUS | FOREIGN_LABELS


def test_every_metric_of_ours_has_a_panel(panels: list[dict[str, Any]], exposed: str) -> None:
    ours = set(re.findall(r"^(pourquoi_\w+_total)\b", exposed, re.MULTILINE))
    shown = {metric for panel in panels for metric in METRIC.findall(panel["targets"][0]["expr"])}

    assert len(ours) >= 4
    assert ours <= shown


def test_no_label_holds_what_a_caller_chose(exposed: str) -> None:
    assert "http_server_request_duration_seconds_count" in exposed
    assert "chosen-by-the-caller" not in exposed


def test_panels_do_not_overlap(panels: list[dict[str, Any]]) -> None:
    cells = [
        (column, row)
        for panel in panels
        for column in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for row in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]

    assert len(cells) == len(set(cells))
    assert max(column for column, _ in cells) < 24


def test_the_dashboard_comes_with_monitoring_as_grafana_expects_it(full: Any, default: Any, root: Path) -> None:
    config = full.one("ConfigMap", "pourquoi-dashboard")

    assert config["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert json.loads(config["data"]["pourquoi.json"])["uid"] == "pourquoi"
    assert default.of("ConfigMap") == {}
