"""Running jobs: a handler per kind, resumed after a stop or a crash, tried again, and in the end given up."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from opentelemetry import propagate, trace
from sqlalchemy import Row

from kit import metrics
from kit.db import Database, Session, is_outage
from kit.errors import PourquoiError, Unavailable
from kit.jobs.leases import Lease, LeaseLost, claim
from kit.jobs.queue import JsonObject, as_json

POLL_SECONDS = 0.5
MAX_ATTEMPTS = 5
MAX_CRASHES = 20
RETRY_SECONDS = 3.0
OUTAGE_SECONDS = 5.0
OUTAGE_PATIENCE = timedelta(days=1)

_log = logging.getLogger(__name__)
_tracer = trace.get_tracer(__name__)


@dataclass
class JobContext:
    """What a job's handler works with: its parameters, where it stopped last time, and a way to report."""

    database: Database
    id: UUID
    kind: str
    workspace: str
    parameters: JsonObject
    state: JsonObject
    attempt: int

    async def advance(self, done: int, total: int | None = None, state: JsonObject | None = None) -> None:
        """Reports progress and keeps `state` for a resumption; raises `LeaseLost` when the job is another's now."""
        async with self.database.session(self.workspace) as session:
            await self.advance_within(session, done, total, state)

    async def advance_within(
        self, session: Session, done: int, total: int | None = None, state: JsonObject | None = None
    ) -> None:
        """Like `advance`, in the transaction of the work itself: both happen or neither."""
        if state is not None:
            self.state = state
        await self.lease.advance_within(session, done, total, self.state)

    @property
    def lease(self) -> Lease:
        """The right to work on the job."""
        return Lease(self.database, self.id, self.workspace, self.attempt)


Handle = Callable[[JobContext], Awaitable[JsonObject]]


@dataclass(frozen=True)
class JobHandler:
    """The work behind a kind of job; it is run again from its last state when a process dies."""

    kind: str
    handle: Handle


@dataclass
class JobRunner:
    """Claims due jobs one at a time and runs them."""

    database: Database
    handlers: Sequence[JobHandler]
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Runs jobs until `stopping` is set; a job cut off by the stop is resumed by the next process."""
        while not self.stopping.is_set():
            try:
                worked = await self.run_next()
            except Exception as error:
                if not is_outage(error):
                    raise
                worked = False
            if not worked:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.stopping.wait(), POLL_SECONDS)

    async def run_next(self) -> bool:
        """Runs one due job to its end; false when none is due."""
        row = await claim(self.database, [handler.kind for handler in self.handlers])
        if row is None:
            return False
        context = JobContext(self.database, row.id, row.kind, row.workspace_id, row.parameters, row.state, row.attempts)
        if row.attempts > MAX_CRASHES:
            await self._fail(context, f"Given up: the process that ran it died {MAX_CRASHES} times.")
            return True
        parent = propagate.extract({"traceparent": row.traceparent})
        with _tracer.start_as_current_span(f"job {row.kind}", parent):
            await self._run(row, context)
        return True

    async def _run(self, row: "Row[Any]", context: JobContext) -> None:
        """Lets the handler work until it ends, the process stops or the job is another's."""
        work = asyncio.create_task(self._work(context))
        renewal = asyncio.create_task(context.lease.renew())
        stop = asyncio.create_task(self.stopping.wait())
        try:
            ended, _ = await asyncio.wait((work, renewal, stop), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (work, renewal, stop):
                task.cancel()
        await asyncio.wait((work,))
        if renewal in ended:
            renewal.result()
        await self._settle(row, context, work, cut_off=work not in ended)

    async def _work(self, context: JobContext) -> str:
        handler = next(handler for handler in self.handlers if handler.kind == context.kind)
        return as_json(await handler.handle(context))

    async def _settle(self, row: "Row[Any]", context: JobContext, work: "asyncio.Task[str]", cut_off: bool) -> None:
        error = asyncio.CancelledError() if work.cancelled() else work.exception()
        if error is None:
            await context.lease.succeed(work.result())
            metrics.job_ended(context.kind, "succeeded")
        elif cut_off or isinstance(error, LeaseLost):
            await context.lease.give_back()
        elif isinstance(error, Unavailable) or is_outage(error):
            await self._wait(row, context, error)
        else:
            await self._retry_or_fail(context, error)

    async def _wait(self, row: "Row[Any]", context: JobContext, error: BaseException) -> None:
        """An engine or a peer is away: tries again until it is back, or a day has gone."""
        detail = error.detail if isinstance(error, PourquoiError) else "An engine is away."
        if datetime.now(UTC) - row.created_at < OUTAGE_PATIENCE:
            await context.lease.give_back(_patience(error), detail)
        else:
            await self._fail(context, detail)

    async def _retry_or_fail(self, context: JobContext, error: BaseException) -> None:
        if isinstance(error, PourquoiError):
            await self._fail(context, error.detail)
            return
        _log.warning("Job %s of kind %s failed: %s", context.id, context.kind, type(error).__name__, exc_info=error)
        detail = f"Internal error ({type(error).__name__})."
        if context.attempt < MAX_ATTEMPTS:
            await context.lease.retry(RETRY_SECONDS * context.attempt, detail)
        else:
            await self._fail(context, detail)

    async def _fail(self, context: JobContext, detail: str) -> None:
        await context.lease.fail(detail)
        metrics.job_ended(context.kind, "failed")


def _patience(error: BaseException) -> float:
    """Seconds to wait for whom is away: as long as it asked for, a day at most, or else a moment."""
    asked = error.headers.get("Retry-After", "") if isinstance(error, Unavailable) else ""
    return min(float(asked), OUTAGE_PATIENCE.total_seconds()) if asked.isdecimal() else OUTAGE_SECONDS
