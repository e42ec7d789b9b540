"""What the segmentation service consists of."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from kit.erasures.endpoints import router as erasures
from kit.erasures.purger import Purger
from kit.events import Consumer
from kit.jobs import JobHandler
from kit.rest.jobs import router as jobs
from kit.rpc import Servicer
from kit.runtime import Runtime
from kit.service import Service, Worker
from pourquoi.segmentation.v1.segmentation_pb2_grpc import add_SegmentationServiceServicer_to_server
from segmentation import consumers
from segmentation.clients import IngestClient
from segmentation.memberships.references import References
from segmentation.posts.endpoints import router as posts
from segmentation.rpc import SegmentationServicer
from segmentation.segmentations.endpoints import router as segmentations
from segmentation.segmentations.jobs import SegmentJob
from segmentation.segments.endpoints import router as segments
from segmentation.settings import SegmentationSettings


@dataclass(frozen=True)
class State:
    """What the parts of a running segmentation service share."""

    settings: SegmentationSettings
    ingest: IngestClient
    references: References


@asynccontextmanager
async def _resources(runtime: Runtime) -> AsyncIterator[State]:
    settings = runtime.settings
    assert isinstance(settings, SegmentationSettings)
    ingest = IngestClient(settings.ingest_target, settings)
    try:
        yield State(settings, ingest, References(settings.cached_references))
    finally:
        await ingest.close()


def _servicers(_: Runtime) -> Sequence[Servicer]:
    return [(add_SegmentationServiceServicer_to_server, SegmentationServicer())]


def _consumers(runtime: Runtime) -> Sequence[Consumer]:
    return consumers.consumers(runtime.database, runtime.state.references)


def _job_handlers(runtime: Runtime) -> Sequence[JobHandler]:
    return [SegmentJob(runtime.database, runtime.state.settings).handler]


def _workers(runtime: Runtime) -> Sequence[Worker]:
    return [Worker("purge", Purger(runtime.database, runtime.bus, runtime.settings.service).run)]


service = Service(
    settings=SegmentationSettings,
    description="Groups of posts that belong together, versioned and with a stability score.",
    routers=[segmentations, segments, posts, erasures, jobs],
    servicers=_servicers,
    consumers=_consumers,
    workers=_workers,
    job_handlers=_job_handlers,
    resources=_resources,
)
