"""What the insight service consists of."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

import httpx2

from insight import consumers
from insight.clients import IngestClient
from insight.headlines.endpoints import router as headlines
from insight.insights.endpoints import router as insights
from insight.readings.reader import ReadingWorker
from insight.readings.service import StudyReader
from insight.reviews.endpoints import router as reviews
from insight.rollups.endpoints import router as rollups
from insight.rpc import InsightServicer
from insight.settings import InsightSettings
from insight.trends.endpoints import router as trends
from insight.webhooks.endpoints import router as webhooks
from insight.webhooks.sender import WebhookSender, http_client
from insight.webhooks.worker import DeliveryWorker
from kit.erasures.endpoints import router as erasures
from kit.erasures.purger import Purger
from kit.events import Consumer
from kit.rpc import Servicer
from kit.runtime import Runtime
from kit.service import Service, Worker
from pourquoi.insight.v1.insight_pb2_grpc import add_InsightServiceServicer_to_server


@dataclass(frozen=True)
class State:
    """What the parts of a running insight service share."""

    settings: InsightSettings
    ingest: IngestClient
    http: httpx2.AsyncClient


@asynccontextmanager
async def _resources(runtime: Runtime) -> AsyncIterator[State]:
    settings = runtime.settings
    assert isinstance(settings, InsightSettings)
    async with aclosing(IngestClient(settings.ingest_target, settings)) as ingest, http_client() as http:
        yield State(settings, ingest, http)


def _workers(runtime: Runtime) -> Sequence[Worker]:
    state: State = runtime.state
    reader = StudyReader(runtime.database, state.ingest, state.settings)
    sender = WebhookSender(state.http, state.settings)
    deliveries = DeliveryWorker(runtime.database, sender, state.settings)
    return [
        Worker("reader", ReadingWorker(reader).run),
        Worker("webhooks", deliveries.run),
        Worker("purge", Purger(runtime.database, runtime.bus, state.settings.service).run),
    ]


def _consumers(runtime: Runtime) -> Sequence[Consumer]:
    return consumers.consumers(runtime.database, runtime.state.settings)


def _servicers(_: Runtime) -> Sequence[Servicer]:
    return [(add_InsightServiceServicer_to_server, InsightServicer())]


service = Service(
    settings=InsightSettings,
    description="Claims that a person may quote, their review, and their delivery to partners.",
    routers=[headlines, insights, reviews, trends, rollups, webhooks, erasures],
    servicers=_servicers,
    consumers=_consumers,
    workers=_workers,
    resources=_resources,
)
