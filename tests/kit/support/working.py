"""What tests of jobs do with them."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlalchemy import text

from kit.db import EVERYWHERE, Database
from kit.errors import Invalid
from kit.jobs import JobContext, JobHandler, JobRepository, JobRunner, JobView, enqueue

Work = Callable[[JobContext], Awaitable[dict[str, Any]]]


def running(database: Database, work: Work) -> JobRunner:
    return JobRunner(database, [JobHandler("work", work)])


async def queue(database: Database, **parameters: Any) -> UUID:
    async with database.session("alpha") as session:
        return (await enqueue(session, "work", parameters)).id


async def look(database: Database, job_id: UUID) -> JobView:
    async with database.session("alpha") as session:
        return JobView.of(await JobRepository(session).get(job_id))


async def change(database: Database, assignments: str) -> None:
    async with database.session(EVERYWHERE) as session:
        await session.execute(text(f"UPDATE jobs SET {assignments}"))


async def run_all(jobs: JobRunner) -> None:
    """Runs what is due, and what becomes due at once."""
    while await jobs.run_next():
        pass


async def refuse_everything(context: JobContext) -> dict[str, Any]:
    raise Invalid("This file has no text column.")
