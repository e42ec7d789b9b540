"""The job that reads stored posts again, page by page, after everything that is more urgent."""

from __future__ import annotations

import logging
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from enrichment.clients import IngestClient
from enrichment.enrichments.passes import PostReader
from enrichment.enrichments.plan import Arrival
from enrichment.readings.desk import ReadingDesk
from enrichment.readings.reading import ReaderVersion
from enrichment.reenrichments.schemas import ReenrichmentProgress, VersionParameters
from enrichment.reenrichments.service import JOB, ReenrichmentService
from enrichment.settings import EnrichmentSettings
from kit.db import Database, Session, is_outage
from kit.errors import Unavailable
from kit.events import BACKFILL
from kit.jobs import JobContext, JobHandler, JsonObject, LeaseLost
from pourquoi.ingest.v1.events_pb2 import Post

# Ingest allows 20,000 characters a post: a page fits the largest message that gRPC takes here.
_PAGE_POSTS = 250
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ReenrichmentJob:
    """Brings the posts of a workspace to one version of the models; goes on where it stopped.

    A page is stored, published on the backfill lane and noted as done in one transaction.
    """

    database: Database
    desk: ReadingDesk
    settings: EnrichmentSettings

    @property
    def handler(self) -> JobHandler:
        """The job as the kit runs it."""
        return JobHandler(JOB, self.run)

    async def run(self, context: JobContext) -> JsonObject:
        """Reads what another version has read, until nothing is left but what nobody can read.

        Raises `Unavailable` while ingest is away, and where models of another version run.
        """
        version = VersionParameters.model_validate(context.parameters).version
        progress = ReenrichmentProgress.model_validate(context.state)
        if version != self.desk.version:
            await self._leave_to_others(context)
            return progress.model_dump(mode="json")
        async with aclosing(IngestClient(self.settings.ingest_target, self.settings)) as ingest:
            progress = await self._begin(context, progress, version)
            while ids := await self._next(context, version, progress):
                posts = await ingest.list_posts(context.workspace, ids)
                progress = await self._read(context, progress, ids, posts)
        return await self._end(context, progress)

    async def _end(self, context: JobContext, progress: ReenrichmentProgress) -> JsonObject:
        """Forgets the last post, which may be erased some day."""
        ended = progress.model_copy(update={"after": None})
        async with self.database.session(context.workspace) as session:
            await _note(context, session, ended)
        return ended.model_dump(mode="json", exclude={"after"})

    async def _leave_to_others(self, context: JobContext) -> None:
        async with self.database.session(context.workspace) as session:
            if await ReenrichmentService(session).is_superseded(context.id, self.desk.version):
                return
        raise Unavailable("Models of another version run here; the job waits for a process that has its own.")

    async def _begin(
        self, context: JobContext, progress: ReenrichmentProgress, version: ReaderVersion
    ) -> ReenrichmentProgress:
        if progress.total is None:
            async with self.database.session(context.workspace) as session:
                total = await ReenrichmentService(session).count_stale(version)
                progress = progress.model_copy(update={"total": total})
                await _note(context, session, progress)
        return progress

    async def _next(self, context: JobContext, version: ReaderVersion, progress: ReenrichmentProgress) -> list[UUID]:
        async with self.database.session(context.workspace) as session:
            return await ReenrichmentService(session).list_stale(version, progress.after, _PAGE_POSTS)

    async def _read(
        self, context: JobContext, progress: ReenrichmentProgress, ids: list[UUID], posts: list[Post]
    ) -> ReenrichmentProgress:
        """Reads a page together, or one post after the other where that fails: one bad text stops no other."""
        after = progress.past(ids[-1], read=len(posts), absent=len(ids) - len(posts))
        try:
            await self._store(context, posts, after)
        except (LeaseLost, Unavailable):
            raise
        except Exception as error:
            if is_outage(error):
                raise
            if len(ids) == 1:
                return await self._refuse(context, progress, ids[0], error)
        else:
            return after
        for post_id in ids:
            found = [post for post in posts if post.id == str(post_id)]
            progress = await self._read(context, progress, [post_id], found)
        return progress

    async def _store(self, context: JobContext, posts: list[Post], after: ReenrichmentProgress) -> None:
        async def settle(session: Session) -> None:
            await _note(context, session, after)

        arrivals = [Arrival(post, BACKFILL) for post in posts]
        await PostReader(self.database, self.desk).enrich(context.workspace, arrivals, settle)

    async def _refuse(
        self, context: JobContext, progress: ReenrichmentProgress, post_id: UUID, error: Exception
    ) -> ReenrichmentProgress:
        _log.warning("Post %s cannot be read again: %s", post_id, type(error).__name__, exc_info=error)
        after = progress.past(post_id, refused=1)
        async with self.database.session(context.workspace) as session:
            await _note(context, session, after)
        return after


async def _note(context: JobContext, session: Session, progress: ReenrichmentProgress) -> None:
    await context.advance_within(session, progress.done, progress.total, progress.model_dump(mode="json"))
