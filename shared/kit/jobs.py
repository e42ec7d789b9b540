"""Long work: queued with the request that asks for it, run under a lease, resumed where it stopped."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from opentelemetry import propagate, trace
from pydantic import BaseModel
from sqlalchemy import Row, text

from kit import metrics
from kit.db import EVERYWHERE, Database, Repository, Session, is_outage, new_id
from kit.errors import NotFound, PourquoiError, Unavailable

LEASE_SECONDS = 30
POLL_SECONDS = 0.5
MAX_ATTEMPTS = 5
RETRY_SECONDS = 3

JsonObject = dict[str, Any]
_log = logging.getLogger(__name__)
_tracer = trace.get_tracer(__name__)


class JobProgress(BaseModel):
    """How far a job is; `total` is absent while nobody knows."""

    done: int
    total: int | None


class JobView(BaseModel):
    """A job as REST shows it."""

    id: UUID
    kind: str
    status: str
    progress: JobProgress
    parameters: JsonObject
    result: JsonObject | None
    error: str | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: "Row[Any]") -> Self:
        """The view of a row of the table `jobs`."""
        fields = {name: getattr(row, name) for name in cls.model_fields if name != "progress"}
        return cls(progress=JobProgress(done=row.done, total=row.total), **fields)


class JobRepository(Repository):
    """Jobs of one workspace."""

    async def add(self, kind: str, parameters: Mapping[str, Any]) -> "Row[Any]":
        """Queues a job; it starts when the transaction has committed."""
        carrier: dict[str, str] = {}
        propagate.inject(carrier)
        rows = await self.session.execute(
            text(
                "INSERT INTO jobs (workspace_id, id, kind, status, parameters, state, done, attempts, due_at, "
                "traceparent, updated_at) VALUES (:workspace, :id, :kind, 'queued', CAST(:parameters AS jsonb), '{}', "
                "0, 0, now(), :traceparent, now()) RETURNING *"
            ),
            {
                "workspace": self.workspace,
                "id": new_id(),
                "kind": kind,
                "parameters": json.dumps(dict(parameters)),
                "traceparent": carrier.get("traceparent", ""),
            },
        )
        return rows.one()

    async def get(self, job_id: UUID) -> "Row[Any]":
        """One job; raises `NotFound`."""
        rows = await self.session.execute(
            text("SELECT * FROM jobs WHERE workspace_id = :workspace AND id = :id"),
            {"workspace": self.workspace, "id": job_id},
        )
        row = rows.one_or_none()
        if row is None:
            raise NotFound(f"No job has the id {job_id} in this workspace.")
        return row

    async def list_newest(self, limit: int, before: UUID | None) -> "Sequence[Row[Any]]":
        """The newest jobs, older than `before` when it is given."""
        rows = await self.session.execute(
            text(
                "SELECT * FROM jobs WHERE workspace_id = :workspace "
                "AND (CAST(:before AS uuid) IS NULL OR id < :before) ORDER BY id DESC LIMIT :limit"
            ),
            {"workspace": self.workspace, "before": before, "limit": limit},
        )
        return rows.all()


async def enqueue(session: Session, kind: str, parameters: Mapping[str, Any]) -> JobView:
    """Queues a job within the caller's transaction."""
    return JobView.of(await JobRepository(session).add(kind, parameters))


class LeaseLost(Exception):
    """Another replica runs the job now: this one must stop touching it."""


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
        updated = await session.execute(
            text(
                "UPDATE jobs SET done = :done, total = COALESCE(CAST(:total AS bigint), total), "
                "state = CAST(:state AS jsonb), due_at = now() + make_interval(secs => :lease), updated_at = now() "
                "WHERE workspace_id = :workspace AND id = :id AND attempts = :attempt AND status = 'running' "
                "RETURNING id"
            ),
            {
                "done": done,
                "total": total,
                "state": json.dumps(self.state),
                "lease": LEASE_SECONDS,
                "workspace": self.workspace,
                "id": self.id,
                "attempt": self.attempt,
            },
        )
        if updated.one_or_none() is None:
            raise LeaseLost(f"Job {self.id} is run by another replica.")


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
        row = await self._claim()
        if row is None:
            return False
        handler = next(handler for handler in self.handlers if handler.kind == row.kind)
        context = JobContext(self.database, row.id, row.kind, row.workspace_id, row.parameters, row.state, row.attempts)
        parent = propagate.extract({"traceparent": row.traceparent})
        with _tracer.start_as_current_span(f"job {row.kind}", parent):
            await self._run(handler, context)
        return True

    async def _run(self, handler: JobHandler, context: JobContext) -> None:
        work = asyncio.ensure_future(handler.handle(context))
        renewal = asyncio.create_task(self._renew(context, work))
        try:
            result = await self._finish_or_stop(work)
        except (LeaseLost, asyncio.CancelledError):
            await self._release(context)
        except PourquoiError as error:
            await self._retry_or_fail(context, error, isinstance(error, Unavailable))
        except Exception as error:
            _log.warning("Job %s of kind %s failed: %s", context.id, handler.kind, type(error).__name__, exc_info=error)
            await self._retry_or_fail(context, error, may_pass=True)
        else:
            await self._end(context, "succeeded", result, None)
        finally:
            renewal.cancel()

    async def _finish_or_stop(self, work: "asyncio.Future[JsonObject]") -> JsonObject:
        stop = asyncio.ensure_future(self.stopping.wait())
        try:
            await asyncio.wait((work, stop), return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                work.cancel()
            return await work
        finally:
            stop.cancel()

    async def _renew(self, context: JobContext, work: "asyncio.Future[JsonObject]") -> None:
        """Keeps the lease while the handler computes without reporting; a lost lease stops the handler."""
        while not work.done():
            await asyncio.sleep(LEASE_SECONDS / 3)
            try:
                if not await self._extend(context):
                    work.cancel()
            except Exception as error:
                if not is_outage(error):
                    raise

    async def _extend(self, context: JobContext) -> bool:
        async with self.database.session(context.workspace) as session:
            extended = await session.execute(
                text(
                    "UPDATE jobs SET due_at = now() + make_interval(secs => :lease) "
                    "WHERE id = :id AND attempts = :attempt AND status = 'running' RETURNING id"
                ),
                {"lease": LEASE_SECONDS, "id": context.id, "attempt": context.attempt},
            )
            return extended.one_or_none() is not None

    async def _claim(self) -> "Row[Any] | None":
        async with self.database.session(EVERYWHERE) as session:
            rows = await session.execute(
                text(
                    "UPDATE jobs SET status = 'running', attempts = attempts + 1, updated_at = now(), "
                    "due_at = now() + make_interval(secs => :lease) WHERE id = ("
                    "SELECT id FROM jobs WHERE status IN ('queued', 'running') AND due_at <= now() "
                    "AND kind = ANY(:kinds) ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *"
                ),
                {"lease": LEASE_SECONDS, "kinds": [handler.kind for handler in self.handlers]},
            )
            return rows.one_or_none()

    async def _release(self, context: JobContext) -> None:
        """Lets the next process take the job at once; a stop does not count as an attempt that failed."""
        await self._update(context, "status = 'queued', due_at = now()", {})

    async def _retry_or_fail(self, context: JobContext, error: Exception, may_pass: bool) -> None:
        detail = error.detail if isinstance(error, PourquoiError) else f"Internal error ({type(error).__name__})."
        if may_pass and context.attempt < MAX_ATTEMPTS:
            await self._update(
                context,
                "status = 'queued', error = :error, due_at = now() + make_interval(secs => :delay)",
                {"error": detail, "delay": RETRY_SECONDS * context.attempt},
            )
        else:
            await self._end(context, "failed", None, detail)

    async def _end(self, context: JobContext, status: str, result: JsonObject | None, error: str | None) -> None:
        await self._update(
            context,
            "status = :status, result = CAST(:result AS jsonb), error = :error",
            {"status": status, "result": None if result is None else json.dumps(result), "error": error},
        )
        metrics.job_ended(context.kind, status)

    async def _update(self, context: JobContext, assignments: str, values: JsonObject) -> None:
        async with self.database.session(context.workspace) as session:
            await session.execute(
                text(f"UPDATE jobs SET {assignments}, updated_at = now() WHERE id = :id AND attempts = :attempt"),
                {**values, "id": context.id, "attempt": context.attempt},
            )
