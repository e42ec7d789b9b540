"""The job that codes what is stored anew, from stored vectors; cut off, it goes on behind the last batch."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from enrichment.codebooks.codings.service import CodingService
from enrichment.codebooks.queue import CODING, CodebookQueue
from enrichment.enrichments.service import EnrichmentService
from kit.db import Database
from kit.jobs import JobContext, JobHandler, JsonObject

_POSTS_AT_ONCE = 256


@dataclass(frozen=True)
class CodingJob:
    """Codes stored posts."""

    database: Database

    @property
    def handler(self) -> JobHandler:
        """The job as the kit runs it."""
        return JobHandler(CODING, self.run)

    async def run(self, context: JobContext) -> JsonObject:
        """Codes batch by batch, each in a transaction with its progress; a younger job of the kind replaces this."""
        done = int(context.state.get("posts", 0))
        after = UUID(context.state["after"]) if context.state else None
        total = await self._count(context.workspace)
        while True:
            async with self.database.session(context.workspace) as session:
                if await CodebookQueue(session).is_recoding_asked():
                    return {"posts": done, "is_replaced": True}
                step = await CodingService(session).recode_next(after, _POSTS_AT_ONCE)
                if step is None:
                    return {"posts": done, "is_replaced": False}
                after, done = step.last, done + step.posts
                await context.advance_within(session, done, max(total, done), {"after": str(after), "posts": done})

    async def _count(self, workspace: str) -> int:
        async with self.database.session(workspace) as session:
            return await EnrichmentService(session).count()
