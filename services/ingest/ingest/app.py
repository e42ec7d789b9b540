"""What the ingest service consists of."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import cast

from ingest.collection.backfills import BackfillJob
from ingest.collection.collecting import Surroundings
from ingest.collection.scheduler import RunSweeper, Scheduler
from ingest.copies.endpoints import router as copies
from ingest.copies.finder import CopyFinder
from ingest.copies.following import CopyFollower
from ingest.erasures.endpoints import router as erasures
from ingest.erasures.jobs import AuthorErasureJob
from ingest.experiments.endpoints import router as experiments
from ingest.experiments.jobs import handlers as experiment_jobs
from ingest.imports.endpoints import router as imports
from ingest.imports.jobs import ImportJob
from ingest.imports.sweeping import UploadSweeper
from ingest.posts.endpoints import router as posts
from ingest.resources import Resources
from ingest.retention.keeping import RetentionKeeper
from ingest.rpc import IngestServicer
from ingest.samples.endpoints import router as samples
from ingest.samples.jobs import SampleJob
from ingest.settings import LAPTOP_KEY, IngestSettings
from ingest.sources.endpoints import router as sources
from ingest.sources.push.endpoints import router as push
from ingest.sources.tools import Tools
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
async def _resources(runtime: Runtime) -> AsyncIterator[Resources]:
    settings = cast(IngestSettings, runtime.settings)
    if settings.author_key.get_secret_value() == LAPTOP_KEY:
        _log.warning("Pseudonyms of authors use the key of laptops; set INGEST_AUTHOR_KEY to a secret of your own.")
    finder = CopyFinder(settings.copies_window, settings.copies_days)
    follower = CopyFollower(runtime.database, finder, settings.copies_window, settings.copies_follow_seconds)
    await follower.catch_up()
    yield Resources(finder, follower)


def _servicers(_: Runtime) -> Sequence[Servicer]:
    return [(add_IngestServiceServicer_to_server, IngestServicer())]


def _job_handlers(runtime: Runtime) -> Sequence[JobHandler]:
    settings, resources = cast(IngestSettings, runtime.settings), cast(Resources, runtime.state)
    return [
        ImportJob(runtime.database, settings, resources.copies).handler,
        SampleJob(runtime.database, settings, resources.copies).handler,
        *experiment_jobs(runtime.database, settings),
    ]


async def _erase_authors(runtime: Runtime, stopping: asyncio.Event) -> None:
    """Erasures have a runner of their own: they must not wait for an import of hours."""
    handler = AuthorErasureJob(runtime.database, cast(IngestSettings, runtime.settings)).handler
    await JobRunner(runtime.database, [handler], stopping).run()


def _workers(runtime: Runtime) -> Sequence[Worker]:
    settings, resources = cast(IngestSettings, runtime.settings), cast(Resources, runtime.state)
    keeper = RetentionKeeper(
        runtime.database, settings.pseudonyms, settings.retention_days, settings.retention_sweep_seconds
    )
    surroundings = Surroundings(
        runtime.database, settings, resources.copies, Tools(allow_private_hosts=settings.allow_private_hosts)
    )
    return [
        Worker("uploads", UploadSweeper(runtime.database, settings.uploads_sweep_seconds).run),
        Worker("retention", keeper.run),
        Worker("erasures", partial(_erase_authors, runtime)),
        Worker("purge", Purger(runtime.database, runtime.bus, settings.service).run),
        Worker("sources", Scheduler(surroundings).run),
        Worker("runs", RunSweeper(surroundings).run),
        Worker("backfills", _backfills(surroundings)),
        Worker("copies", resources.follower.run),
    ]


def _backfills(surroundings: Surroundings) -> Callable[[asyncio.Event], Awaitable[None]]:
    """Backfills have a runner of their own, because one of days must not keep imports waiting."""
    handlers = [BackfillJob(surroundings).handler]
    return lambda stopping: JobRunner(surroundings.database, handlers, stopping).run()


service = Service(
    settings=IngestSettings,
    description="Studies, posts and authors: what comes in, from where, and how it leaves.",
    routers=[studies, experiments, posts, copies, erasures, imports, samples, sources, push, jobs],
    servicers=_servicers,
    workers=_workers,
    job_handlers=_job_handlers,
    resources=_resources,
)
