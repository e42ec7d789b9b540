"""The job that erases the posts of an author, one batch per transaction."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel

from ingest.erasures.service import JOB, ErasureService
from ingest.settings import IngestSettings
from kit.db import Database
from kit.jobs import JobContext, JobHandler, JsonObject


class AuthorErasureParameters(BaseModel):
    """Which erasure the job goes on with."""

    erasure_id: UUID


@dataclass(frozen=True)
class AuthorErasureJob:
    """Erases until no post of the author is left; killed, it goes on with those that are left."""

    database: Database
    settings: IngestSettings

    @property
    def handler(self) -> JobHandler:
        """The job as the kit runs it."""
        return JobHandler(JOB, self.run)

    async def run(self, context: JobContext) -> JsonObject:
        """Erases batch after batch; what a batch removed, its events and the progress commit together."""
        asked = AuthorErasureParameters.model_validate(context.parameters)
        done, has_more = int(context.state.get("posts", 0)), True
        while has_more:
            async with self.database.session(context.workspace) as session:
                erased, has_more = await ErasureService(session, self.settings.pseudonyms).go_on(asked.erasure_id)
                done += erased
                await context.advance_within(session, done, state={"posts": done})
        return {"erasure_id": str(asked.erasure_id), "posts": done}
