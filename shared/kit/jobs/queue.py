"""Jobs as their workspace sees them: queued, listed, looked at."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from opentelemetry import propagate
from pydantic import BaseModel
from sqlalchemy import Row, text

from kit.db import Repository, Session, clean_text, new_id
from kit.errors import NotFound

JsonObject = dict[str, Any]


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

    async def add(self, kind: str, parameters: Mapping[str, Any], delay_seconds: float = 0.0) -> "Row[Any]":
        """Queues a job; it starts when the transaction has committed and the delay has passed."""
        carrier: dict[str, str] = {}
        propagate.inject(carrier)
        rows = await self.session.execute(
            text(
                "INSERT INTO jobs (workspace_id, id, kind, status, parameters, state, done, attempts, due_at, "
                "traceparent, updated_at) VALUES (:workspace, :id, :kind, 'queued', CAST(:parameters AS jsonb), '{}', "
                "0, 0, now() + make_interval(secs => :delay), :traceparent, now()) RETURNING *"
            ),
            {
                "workspace": self.workspace,
                "id": new_id(),
                "kind": kind,
                "parameters": as_json(dict(parameters)),
                "traceparent": carrier.get("traceparent", ""),
                "delay": delay_seconds,
            },
        )
        return rows.one()

    async def hurry(self, kind: str, parameters: Mapping[str, Any], delay_seconds: float) -> "Row[Any] | None":
        """The job with these parameters that has not started yet, due after the delay at the latest; None without one.

        It does not start before the transaction has ended, and so sees what the transaction does.
        """
        rows = await self.session.execute(
            text(
                "UPDATE jobs SET due_at = least(due_at, now() + make_interval(secs => :delay)) WHERE id = ("
                "SELECT id FROM jobs WHERE workspace_id = :workspace AND kind = :kind AND status = 'queued' "
                "AND state = '{}' AND parameters = CAST(:parameters AS jsonb) ORDER BY id LIMIT 1 FOR UPDATE) "
                "RETURNING *"
            ),
            {
                "workspace": self.workspace,
                "kind": kind,
                "parameters": as_json(dict(parameters)),
                "delay": delay_seconds,
            },
        )
        return rows.one_or_none()

    async def find_waiting(self, kind: str) -> "Row[Any] | None":
        """The oldest job of the kind that has not started yet."""
        rows = await self.session.execute(
            text(
                "SELECT * FROM jobs WHERE workspace_id = :workspace AND kind = :kind AND status = 'queued' "
                "AND state = '{}' ORDER BY id LIMIT 1"
            ),
            {"workspace": self.workspace, "kind": kind},
        )
        return rows.one_or_none()

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

    async def list_newest(self, limit: int, before: UUID | None, kind: str | None = None) -> "Sequence[Row[Any]]":
        """The newest jobs, older than `before` and of one kind where these are given."""
        rows = await self.session.execute(
            text(
                "SELECT * FROM jobs WHERE workspace_id = :workspace "
                "AND (CAST(:before AS uuid) IS NULL OR id < :before) "
                "AND (CAST(:kind AS text) IS NULL OR kind = :kind) ORDER BY id DESC LIMIT :limit"
            ),
            {"workspace": self.workspace, "before": before, "limit": limit, "kind": kind},
        )
        return rows.all()


async def enqueue(session: Session, kind: str, parameters: Mapping[str, Any]) -> JobView:
    """Queues a job within the caller's transaction."""
    return JobView.of(await JobRepository(session).add(kind, parameters))


async def enqueue_once(
    session: Session, kind: str, parameters: Mapping[str, Any], delay_seconds: float = 0.0
) -> JobView:
    """Queues a job unless the same one waits already: many requests in a short time ask for the work once."""
    jobs = JobRepository(session)
    waiting = await jobs.hurry(kind, parameters, delay_seconds)
    return JobView.of(waiting or await jobs.add(kind, parameters, delay_seconds))


def as_json(value: JsonObject) -> str:
    """JSON that PostgreSQL can store: clean text, and as a string whatever JSON has no type for."""
    return json.dumps(_cleaned(value), default=str)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Mapping):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value]
    return value
