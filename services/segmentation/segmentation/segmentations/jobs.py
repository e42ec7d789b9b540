"""The job that segments a study: read, compute beside the event loop, publish once."""

import asyncio
from dataclasses import dataclass

from kit.db import Database
from kit.errors import Conflict
from kit.jobs import JobContext, JobHandler, JsonObject
from segmentation.models import Segmentation
from segmentation.posts.repository import PostRepository
from segmentation.segmentations.corpus import Corpus, read_corpus
from segmentation.segmentations.publication import Draft, publish
from segmentation.segmentations.repository import SegmentationRepository
from segmentation.segmentations.schemas import SegmentationResult, SegmentParameters
from segmentation.segmentations.service import JOB
from segmentation.settings import SegmentationSettings
from segmentation.topics.landscape import Landscape, NotEnoughPosts
from segmentation.topics.partition import readable_partition
from segmentation.topics.topics import Topics, describe

_STEPS = 5


@dataclass(frozen=True)
class SegmentJob:
    """Segments a study; run again after a crash it starts over, and never publishes twice."""

    database: Database
    settings: SegmentationSettings

    @property
    def handler(self) -> JobHandler:
        """The job as the kit runs it."""
        return JobHandler(JOB, self.run)

    async def run(self, context: JobContext) -> JsonObject:
        """Publishes the next version, or returns the one that this job published before its process died."""
        segmentation = await self._find(context) or await self._segment(context)
        return SegmentationResult.of(segmentation).model_dump(mode="json")

    async def _find(self, context: JobContext) -> Segmentation | None:
        async with self.database.session(context.workspace) as session:
            return await SegmentationRepository(session).find(context.id)

    async def _segment(self, context: JobContext) -> Segmentation:
        asked = SegmentParameters.model_validate(context.parameters)
        await context.advance(0, _STEPS)
        corpus = await self._read(context, asked)
        await context.advance(1)
        topics = await self._compute(context, corpus, asked)
        async with self.database.session(context.workspace) as session:
            await context.advance_within(session, _STEPS)
            return await publish(session, Draft(context.id, asked.study_id, asked.kind, corpus, topics))

    async def _read(self, context: JobContext, asked: SegmentParameters) -> Corpus:
        async with self.database.session(context.workspace) as session:
            comparable = await PostRepository(session).comparable(asked.study_id)
            return await read_corpus(session, comparable, self.settings.posts_at_most)

    async def _compute(self, context: JobContext, corpus: Corpus, asked: SegmentParameters) -> Topics:
        """The numeric work, in a thread: its libraries let go of the interpreter while they compute."""
        method = self.settings.method(asked.resolution)
        try:
            landscape = await asyncio.to_thread(Landscape.of, corpus.vectors, method)
        except NotEnoughPosts as error:
            raise Conflict(str(error)) from error
        await context.advance(2)
        partition = await asyncio.to_thread(readable_partition, landscape.neighbours, method)
        await context.advance(3)
        topics = await asyncio.to_thread(describe, landscape, partition, corpus.voices, method)
        await context.advance(4)
        return topics
