"""The job that codes the posts of a study anew after its target behaviour has changed: no text is read for it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel

from enrichment.studies.service import JOB, RecodeParameters, StudyService
from kit.db import Database
from kit.jobs import JobContext, JobHandler, JsonObject

_PAGE_POSTS = 200


class RecodeProgress(BaseModel):
    """How far it has come."""

    done: int = 0
    total: int | None = None
    after: UUID | None = None


@dataclass(frozen=True)
class RecodeStudy:
    """Recodes page by page; each is stored, published on the backfill lane and noted as done in one transaction."""

    database: Database

    @property
    def handler(self) -> JobHandler:
        """The job as the kit runs it."""
        return JobHandler(JOB, self.run)

    async def run(self, context: JobContext) -> JsonObject:
        """Goes on from where the last attempt stopped."""
        study_id = RecodeParameters.model_validate(context.parameters).study_id
        progress = RecodeProgress.model_validate(context.state)
        is_done = False
        while not is_done:
            async with self.database.session(context.workspace) as session:
                studies = StudyService(session)
                if progress.total is None:
                    progress.total = await studies.count_posts(study_id)
                ids = await studies.recode_page(study_id, progress.after, _PAGE_POSTS)
                is_done = len(ids) < _PAGE_POSTS
                progress.done += len(ids)
                progress.after = ids[-1] if ids else progress.after
                await context.advance_within(session, progress.done, progress.total, progress.model_dump(mode="json"))
        return {"posts": progress.done}
