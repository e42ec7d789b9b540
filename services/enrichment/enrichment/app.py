"""What the enrichment service consists of."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import cast

from enrichment.analyses.endpoints import router as analyses
from enrichment.consumers import PostConsumer
from enrichment.coordination.endpoints import router as coordination
from enrichment.enrichments.endpoints import router as enrichments
from enrichment.entities.endpoints import router as names
from enrichment.readings.desk import ReadingDesk, open_desk
from enrichment.rpc import EnrichmentServicer
from enrichment.search.endpoints import router as search
from enrichment.settings import EnrichmentSettings
from kit.erasures.endpoints import router as erasures
from kit.erasures.purger import Purger
from kit.events import Consumer
from kit.rpc import Servicer
from kit.runtime import Runtime
from kit.service import Service, Worker
from pourquoi.enrichment.v1.enrichment_pb2_grpc import add_EnrichmentServiceServicer_to_server


def _settings(runtime: Runtime) -> EnrichmentSettings:
    return cast(EnrichmentSettings, runtime.settings)


@asynccontextmanager
async def _resources(runtime: Runtime) -> AsyncIterator[ReadingDesk]:
    async with open_desk(_settings(runtime)) as desk:
        yield desk


def _servicers(runtime: Runtime) -> Sequence[Servicer]:
    return [(add_EnrichmentServiceServicer_to_server, EnrichmentServicer(runtime.state))]


def _consumers(runtime: Runtime) -> Sequence[Consumer]:
    return [PostConsumer(runtime.database, runtime.state, _settings(runtime).batch_posts).consumer]


def _workers(runtime: Runtime) -> Sequence[Worker]:
    return [Worker("purge", Purger(runtime.database, runtime.bus, _settings(runtime).service).run)]


service = Service(
    settings=EnrichmentSettings,
    description="Statements, vectors, language, sentiment and keyphrases of every post, and search by meaning.",
    routers=[enrichments, search, analyses, coordination, names, erasures],
    servicers=_servicers,
    consumers=_consumers,
    workers=_workers,
    resources=_resources,
)
