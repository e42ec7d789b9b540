"""What the ingest service consists of."""

import logging
from asyncio import Event
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import cast

from ingest.erasures.endpoints import router as erasures
from ingest.erasures.jobs import AuthorErasureJob
from ingest.imports.endpoints import router as imports
from ingest.imports.jobs import ImportJob
from ingest.imports.sweeping import UploadSweeper
from ingest.posts.endpoints import router as posts
from ingest.retention.keeping import RetentionKeeper
from ingest.rpc import IngestServicer
from ingest.samples.endpoints import router as samples
from ingest.samples.jobs import SampleJob
from ingest.settings import LAPTOP_KEY, IngestSettings
from ingest.studies.endpoints import router as studies
from kit.erasures.purger import Purger
from kit.jobs import JobHandler, JobRunner
from kit.rest.jobs import router as jobs
from kit.rpc import Servicer
from kit.runtime import Runtime
from kit.service import Service, Worker
from pourquoi.ingest.v1.ingest_pb2_grpc import add_IngestServiceServicer_to_server

_log = logging.getLogger(__name__)


@asynccontextmanager
async def _resources(runtime: Runtime) -> AsyncIterator[IngestSettings]:
    settings = cast(IngestSettings, runtime.settings)
    if settings.author_key.get_secret_value() == LAPTOP_KEY:
        _log.warning("Pseudonyms of authors use the key of laptops; set INGEST_AUTHOR_KEY to a secret of your own.")
    yield settings


def _servicers(_: Runtime) -> Sequence[Servicer]:
    return [(add_IngestServiceServicer_to_server, IngestServicer())]


def _job_handlers(runtime: Runtime) -> Sequence[JobHandler]:
    settings: IngestSettings = runtime.state
    return [ImportJob(runtime.database, settings).handler, SampleJob(runtime.database, settings).handler]


async def _erase_authors(runtime: Runtime, stopping: Event) -> None:
    """Erasures have a runner of their own: they must not wait for an import of hours."""
    handler = AuthorErasureJob(runtime.database, runtime.state).handler
    await JobRunner(runtime.database, [handler], stopping).run()


def _workers(runtime: Runtime) -> Sequence[Worker]:
    settings: IngestSettings = runtime.state
    keeper = RetentionKeeper(
        runtime.database, settings.pseudonyms, settings.retention_days, settings.retention_sweep_seconds
    )
    return [
        Worker("uploads", UploadSweeper(runtime.database, settings.uploads_sweep_seconds).run),
        Worker("retention", keeper.run),
        Worker("erasures", partial(_erase_authors, runtime)),
        Worker("purge", Purger(runtime.database, runtime.bus, settings.service).run),
    ]


service = Service(
    settings=IngestSettings,
    description="Studies, posts and authors: what comes in, from where, and how it leaves.",
    routers=[studies, posts, erasures, imports, samples, jobs],
    servicers=_servicers,
    workers=_workers,
    job_handlers=_job_handlers,
    resources=_resources,
)
