"""What the enrichment service consists of."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import cast

from enrichment.analyses.endpoints import router as analyses
from enrichment.consumers import PostConsumer, StudyConsumer
from enrichment.enrichments.endpoints import router as enrichments
from enrichment.readings.desk import ReadingDesk, open_desk
from enrichment.reenrichments.endpoints import router as reenrichments
from enrichment.reenrichments.jobs import ReenrichmentJob
from enrichment.reenrichments.watch import ReenrichmentWatch
from enrichment.rpc import EnrichmentServicer
from enrichment.search.endpoints import router as search
from enrichment.settings import EnrichmentSettings
from enrichment.studies.jobs import RecodeStudy
from enrichment.studies.watch import StudyWatch
from enrichment.vectors.upkeep import IndexUpkeep
from kit.erasures.endpoints import router as erasures
from kit.erasures.purger import Purger
from kit.events import Consumer
from kit.jobs import JobHandler
from kit.rest.jobs import router as jobs
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
    posts = PostConsumer(runtime.database, runtime.state, _settings(runtime).batch_posts)
    return [*posts.consumers, StudyConsumer(runtime.database).consumer]


def _workers(runtime: Runtime) -> Sequence[Worker]:
    settings = _settings(runtime)
    return [
        Worker("purge", Purger(runtime.database, runtime.bus, settings.service).run),
        Worker("reenrichment", ReenrichmentWatch(runtime.database, runtime.state.version).run),
        Worker("studies", StudyWatch(runtime.database, settings).run),
        Worker("vector index", IndexUpkeep(settings.database_url, runtime.state.space).run),
    ]


def _job_handlers(runtime: Runtime) -> Sequence[JobHandler]:
    reenrichment = ReenrichmentJob(runtime.database, runtime.state, _settings(runtime))
    return [reenrichment.handler, RecodeStudy(runtime.database).handler]


service = Service(
    settings=EnrichmentSettings,
    description="Statements, vectors, language, sentiment and keyphrases of every post, and search by meaning.",
    routers=[enrichments, search, analyses, reenrichments, erasures, jobs],
    servicers=_servicers,
    consumers=_consumers,
    workers=_workers,
    job_handlers=_job_handlers,
    resources=_resources,
)
