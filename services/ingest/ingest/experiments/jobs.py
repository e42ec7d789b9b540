"""The jobs behind experiments: taking in posts of the past, and looking for suggestions."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel

from ingest.experiments.backfill import Backfill
from ingest.experiments.service import BACKFILL_JOB
from ingest.experiments.suggesting import SUGGESTION_JOB, SuggestionService
from ingest.settings import IngestSettings
from kit.db import Database
from kit.jobs import JobContext, JobHandler, JsonObject


class BackfillState(BaseModel):
    """How far a backfill is: the last post it looked at, and what it found."""

    after: UUID | None = None
    read: int = 0
    taken: int = 0


@dataclass(frozen=True)
class BackfillJob:
    """Gives a study the stored posts that its query takes; each once, however often the job is resumed."""

    database: Database
    settings: IngestSettings

    @property
    def handler(self) -> JobHandler:
        """The job as the kit runs it."""
        return JobHandler(BACKFILL_JOB, self.run)

    async def run(self, context: JobContext) -> JsonObject:
        """Goes through the posts in the order of their arrival, from the last checkpoint on."""
        study_id, version = UUID(context.parameters["study_id"]), int(context.parameters["version"])
        state = BackfillState.model_validate(context.state)
        total = None
        while True:
            async with self.database.session(context.workspace) as session:
                backfill = Backfill(session, study_id, version)
                total = total or await backfill.count()
                page = await backfill.take_after(state.after, self.settings.chunk_posts)
                if page is None:
                    return {"read": state.read, "taken": state.taken, "superseded": await backfill.is_superseded()}
                state = BackfillState(after=page.last, read=state.read + page.read, taken=state.taken + page.taken)
                await context.advance_within(session, state.read, total, state.model_dump(mode="json"))


@dataclass(frozen=True)
class SuggestionJob:
    """Looks for words and phrases that would better a query."""

    database: Database
    settings: IngestSettings

    @property
    def handler(self) -> JobHandler:
        """The job as the kit runs it."""
        return JobHandler(SUGGESTION_JOB, self.run)

    async def run(self, context: JobContext) -> JsonObject:
        """Reads the posts, contrasts them and keeps what came of it; the result names where it is shown."""
        asked = context.parameters
        study_id = UUID(asked["study_id"])
        async with self.database.session(context.workspace) as session:
            service = SuggestionService(session, self.settings.experiment_posts)
            found = await service.suggest(study_id, asked["query"], int(asked["most"]))
            return {"suggestions_id": str(found)}


def handlers(database: Database, settings: IngestSettings) -> Sequence[JobHandler]:
    """Every job of this folder."""
    return [BackfillJob(database, settings).handler, SuggestionJob(database, settings).handler]
