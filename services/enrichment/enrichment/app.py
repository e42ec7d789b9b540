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
from enrichment.codebooks.codings.endpoints import router as codings
from enrichment.codebooks.codings.jobs import CodingJob
from enrichment.codebooks.endpoints import router as codebooks
from enrichment.codebooks.labels.endpoints import router as labels
from enrichment.codebooks.training.endpoints import router as trainings
from enrichment.codebooks.training.jobs import TrainingJob
from enrichment.codebooks.training.watch import TrainingWatch
from enrichment.coding.endpoints import router as coding
from enrichment.consumers import PostConsumer, StudyConsumer
from enrichment.coordination.endpoints import router as coordination
from enrichment.enrichments.endpoints import router as enrichments
from enrichment.entities.endpoints import router as names
from enrichment.readings.desk import open_desk
from enrichment.reenrichments.endpoints import router as reenrichments
from enrichment.reenrichments.jobs import ReenrichmentJob
from enrichment.reenrichments.watch import ReenrichmentWatch
from enrichment.rpc import EnrichmentServicer
from enrichment.search.endpoints import router as search
from enrichment.settings import EnrichmentSettings
from enrichment.state import State
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
async def _resources(runtime: Runtime) -> AsyncIterator[State]:
    settings = _settings(runtime)
    async with aclosing(IngestClient(settings.ingest_target, settings)) as ingest, open_desk(settings) as desk:
        yield State(settings, desk, ingest)


def _servicers(runtime: Runtime) -> Sequence[Servicer]:
    return [(add_EnrichmentServiceServicer_to_server, EnrichmentServicer(runtime.state.desk))]


def _consumers(runtime: Runtime) -> Sequence[Consumer]:
    posts = PostConsumer(runtime.database, runtime.state.desk, _settings(runtime).batch_posts)
    return [*posts.consumers, StudyConsumer(runtime.database).consumer]


def _workers(runtime: Runtime) -> Sequence[Worker]:
    settings = _settings(runtime)
    return [
        Worker("purge", Purger(runtime.database, runtime.bus, settings.service).run),
        Worker("reenrichment", ReenrichmentWatch(runtime.database, runtime.state.desk.version).run),
        Worker("training", TrainingWatch(runtime.database, runtime.state.desk.model).run),
        Worker("studies", StudyWatch(runtime.database, settings).run),
        Worker("vector index", IndexUpkeep(settings.database_url, runtime.state.desk.space).run),
    ]


def _job_handlers(runtime: Runtime) -> Sequence[JobHandler]:
    return [
        ReenrichmentJob(runtime.database, runtime.state.desk, _settings(runtime)).handler,
        TrainingJob(runtime.database, runtime.state.desk).handler,
        CodingJob(runtime.database, _settings(runtime)).handler,
        RecodeStudy(runtime.database).handler,
    ]


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
        codebooks,
        labels,
        trainings,
        codings,
        coding,
        coordination,
        names,
        reenrichments,
        erasures,
        jobs,
    ],
    servicers=_servicers,
    consumers=_consumers,
    workers=_workers,
    job_handlers=_job_handlers,
    resources=_resources,
)
