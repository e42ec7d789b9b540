"""What the documents say of settings, events and targets is what the code has."""

import re
from pathlib import Path

import pytest

from kit.events import subject_of
from kit.settings import ServiceSettings
from pourquoi.enrichment.v1 import events_pb2 as enrichment_events
from pourquoi.ingest.v1 import events_pb2 as ingest_events
from pourquoi.insight.v1 import events_pb2 as insight_events
from pourquoi.segmentation.v1 import events_pb2 as segmentation_events

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
SERVICES = ("ingest", "enrichment", "segmentation", "insight")


def test_every_common_setting_is_listed() -> None:
    missing = [name for name in ServiceSettings.environment_names() if f"`{name}`" not in README]
    assert missing == []


@pytest.mark.parametrize("name", SERVICES)
def test_every_setting_of_a_service_is_in_its_guide(name: str, service_of) -> None:
    guide = (ROOT / "services" / name / "README.md").read_text()
    own = service_of(name).settings.environment_names() - ServiceSettings.environment_names()
    assert [setting for setting in sorted(own) if f"`{setting}`" not in guide] == []


def test_every_event_in_the_table_exists() -> None:
    events = {
        subject_of(getattr(module, name)): name
        for module in (ingest_events, enrichment_events, segmentation_events, insight_events)
        for name in module.DESCRIPTOR.message_types_by_name
        if name.endswith(("Changed", "Collected", "Updated", "Erased", "Enriched", "Recorded", "Published"))
    }
    rows = dict(re.findall(r"^\| `([a-z_]+\.[a-z_]+\.[a-z]+\.v\d)` \| `(\w+)` \|", README, re.MULTILINE))
    assert rows.items() <= events.items()
    assert len(rows) >= 8


def test_every_make_target_in_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)\b", README)) <= targets
