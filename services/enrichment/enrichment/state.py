"""What the parts of a running enrichment service share."""

from __future__ import annotations

from dataclasses import dataclass

from enrichment.clients import IngestClient
from enrichment.readings.desk import ReadingDesk
from enrichment.settings import EnrichmentSettings


@dataclass(frozen=True)
class State:
    """The models, the services upstream, and how all of it was configured."""

    settings: EnrichmentSettings
    desk: ReadingDesk
    ingest: IngestClient
