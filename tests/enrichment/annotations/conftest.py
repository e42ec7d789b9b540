"""Annotation on the real engines, with ingest replaced at the gRPC seam and the machine by a coder of few words."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Any

import httpx2
import pytest

from enrichment.app import service
from enrichment.coding.coder import Coders, Passages
from enrichment.coding.codes import Code, CoderKind
from enrichment.readings.reader import Reader
from kit.auth import READ, REVIEW, WRITE, KeyFile, create_key
from kit.testing import Launch, Running
from pourquoi.ingest.v1.events_pb2 import Post
from tests.enrichment.annotations.support import Ingest, Lab, serve_ingest

SURE, UNSURE = 0.95, 0.55


@dataclass(frozen=True)
class WordCoder:
    """Codes as a complaint what holds "broken", and less surely what holds "late"."""

    version: str = "words@1"

    def code(self, passages: Passages) -> list[tuple[Code, ...]]:
        return [self._code(text) for text in passages.texts]

    def _code(self, text: str) -> tuple[Code, ...]:
        probability = SURE if "broken" in text else UNSURE if "late" in text else 0.0
        if not probability:
            return ()
        return (Code("speech_act", 1, "complaint", probability, CoderKind.MODEL, 0, len(text)),)


@pytest.fixture
async def ingest() -> AsyncIterator[Ingest]:
    async with serve_ingest() as served:
        yield served


@pytest.fixture
async def enrichment(
    launch: Launch, ingest: Ingest, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Running]:
    coded = replace(reader, coders=Coders(statements=(WordCoder(),)))
    monkeypatch.setattr("enrichment.readings.loading.load", lambda _: coded)
    async with launch(service, ingest_target=ingest.target) as running:
        yield running


@pytest.fixture
def lab(enrichment: Running, ingest: Ingest, collect: Callable[..., Any], post: Callable[..., Post]) -> Lab:
    """A workspace with coders anna, ben and carla, who have no more than the scope `write`."""
    keys = KeyFile(enrichment.keys.file)
    records = list(keys.records().values())

    def client_of(name: str, *scopes: str) -> httpx2.AsyncClient:
        key, record = create_key("alpha", list(scopes), name)
        records.append(record)
        keys.write(records)
        client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(enrichment.app, raise_app_exceptions=False),
            base_url="http://service",
            headers={"Authorization": f"Bearer {key}"},
            timeout=30,
        )
        enrichment.stack.push_async_callback(client.aclose)
        return client

    coders = {name: client_of(name, WRITE) for name in ("anna", "ben", "carla")}
    reviewer = client_of("rita", READ, REVIEW)
    return Lab(enrichment, ingest, collect, post, {**coders, "rita": reviewer})
