"""What the enrichment service consists of."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import cast

from enrichment.analyses.endpoints import router as analyses
from enrichment.annotations.agreements.endpoints import router as agreements
from enrichment.annotations.gold.endpoints import router as gold
from enrichment.annotations.judging.endpoints import router as judging
from enrichment.annotations.page.endpoints import router as annotation_page
from enrichment.annotations.tasks.endpoints import router as annotation_tasks
from enrichment.clients import IngestClient
from enrichment.consumers import PostConsumer
from enrichment.enrichments.endpoints import router as enrichments
from enrichment.readings.desk import open_desk
from enrichment.rpc import EnrichmentServicer
from enrichment.search.endpoints import router as search
from enrichment.settings import EnrichmentSettings
from enrichment.state import State
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
async def _resources(runtime: Runtime) -> AsyncIterator[State]:
    settings = _settings(runtime)
    async with aclosing(IngestClient(settings.ingest_target, settings)) as ingest, open_desk(settings) as desk:
        yield State(settings, desk, ingest)


def _servicers(runtime: Runtime) -> Sequence[Servicer]:
    return [(add_EnrichmentServiceServicer_to_server, EnrichmentServicer(runtime.state.desk))]


def _consumers(runtime: Runtime) -> Sequence[Consumer]:
    return [PostConsumer(runtime.database, runtime.state.desk, _settings(runtime).batch_posts).consumer]


def _workers(runtime: Runtime) -> Sequence[Worker]:
    return [Worker("purge", Purger(runtime.database, runtime.bus, _settings(runtime).service).run)]


service = Service(
    settings=EnrichmentSettings,
    description="Statements, vectors, language, sentiment and keyphrases of every post, and search by meaning.",
    routers=[
        enrichments,
        search,
        analyses,
        annotation_tasks,
        judging,
        agreements,
        gold,
        annotation_page,
        erasures,
    ],
    servicers=_servicers,
    consumers=_consumers,
    workers=_workers,
    resources=_resources,
)
