"""The job that codes what is stored anew; cut off, it goes on behind the last batch."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from enrichment.clients import IngestClient
from enrichment.codebooks.codings.coding import Texts
from enrichment.codebooks.codings.service import CodingService, Next
from enrichment.codebooks.queue import CODING, CodebookQueue
from enrichment.enrichments.service import EnrichmentService
from enrichment.settings import EnrichmentSettings
from kit.db import Database
from kit.jobs import JobContext, JobHandler, JsonObject

_POSTS_AT_ONCE = 250


@dataclass(frozen=True)
class CodingJob:
    """Codes stored posts: by their vectors, and by their texts where a head reads them."""

    database: Database
    settings: EnrichmentSettings

    @property
    def handler(self) -> JobHandler:
        """The job as the kit runs it."""
        return JobHandler(CODING, self.run)

    async def run(self, context: JobContext) -> JsonObject:
        """Codes batch by batch; a younger job of the kind, which begins at the first post, replaces this one.

        Raises `Unavailable` while texts are needed and ingest is away.
        """
        done = int(context.state.get("posts", 0))
        after = UUID(context.state["after"]) if context.state else None
        total = await self._count(context.workspace)
        async with aclosing(IngestClient(self.settings.ingest_target, self.settings)) as ingest:
            while (found := await self._next(context, after)) and found.ids:
                texts = await _texts(ingest, context.workspace, found.ids) if found.needs_texts else None
                after, done = found.ids[-1], done + len(found.ids)
                async with self.database.session(context.workspace) as session:
                    await CodingService(session).recode(found.ids, texts)
                    await context.advance_within(session, done, max(total, done), {"after": str(after), "posts": done})
        return {"posts": done, "is_replaced": found is None}

    async def _next(self, context: JobContext, after: UUID | None) -> Next | None:
        """The next posts; None where another job waits to code all of them."""
        async with self.database.session(context.workspace) as session:
            if await CodebookQueue(session).is_recoding_asked():
                return None
            return await CodingService(session).list_next(after, _POSTS_AT_ONCE)

    async def _count(self, workspace: str) -> int:
        async with self.database.session(workspace) as session:
            return await EnrichmentService(session).count()


async def _texts(ingest: IngestClient, workspace: str, ids: Sequence[UUID]) -> Texts:
    return {UUID(post.id): post.text for post in await ingest.list_posts(workspace, ids)}
