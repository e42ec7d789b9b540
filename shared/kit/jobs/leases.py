"""The lease of a job: one process works on it at a time, and another takes it over when that process dies.

The number of the attempt is the fencing token: who holds an older number changes nothing any more.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from kit.db import EVERYWHERE, Database, Session, clean_text, is_outage
from kit.jobs.queue import JsonObject, as_json

LEASE_SECONDS = 30


class LeaseLost(Exception):
    """Another replica runs the job now: this one must stop touching it."""


async def claim(database: Database, kinds: Sequence[str]) -> "Row[Any] | None":
    """Takes the job that is due for longest, with a new attempt; None when none is due."""
    async with database.session(EVERYWHERE) as session:
        rows = await session.execute(
            text(
                "UPDATE jobs SET status = 'running', attempts = attempts + 1, updated_at = now(), "
                "due_at = now() + make_interval(secs => :lease) WHERE id = ("
                "SELECT id FROM jobs WHERE status IN ('queued', 'running') AND due_at <= now() "
                "AND kind = ANY(:kinds) ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *"
            ),
            {"lease": LEASE_SECONDS, "kinds": list(kinds)},
        )
        return rows.one_or_none()


@dataclass(frozen=True)
class Lease:
    """The right to work on one job, for as long as it is renewed."""

    database: Database
    job_id: UUID
    workspace: str
    attempt: int

    async def advance_within(self, session: Session, done: int, total: int | None, state: JsonObject) -> None:
        """Records progress and renews; raises `LeaseLost` when the job is another's now."""
        held = await self._change(
            session,
            "done = :done, total = COALESCE(CAST(:total AS bigint), total), state = CAST(:state AS jsonb), "
            "due_at = now() + make_interval(secs => :lease)",
            {"done": done, "total": total, "state": as_json(state), "lease": LEASE_SECONDS},
        )
        if not held:
            raise LeaseLost(f"Job {self.job_id} is run by another replica.")

    async def renew(self) -> None:
        """Renews again and again, in an outage as soon as it can; returns when the job is another's."""
        held = True
        while held:
            await asyncio.sleep(LEASE_SECONDS / 3)
            try:
                async with self.database.session(self.workspace) as session:
                    held = await self._change(
                        session, "due_at = now() + make_interval(secs => :lease)", {"lease": LEASE_SECONDS}
                    )
            except Exception as error:
                if not is_outage(error):
                    raise

    async def give_back(self, delay_seconds: float = 0.0, error: str | None = None) -> None:
        """Lets any process go on with the job later; this attempt does not count."""
        await self._settle(
            "status = 'queued', attempts = attempts - 1, error = :error, "
            "due_at = now() + make_interval(secs => :delay)",
            {"delay": delay_seconds, "error": error and clean_text(error)},
        )

    async def retry(self, delay_seconds: float, error: str) -> None:
        """Lets any process try again later."""
        await self._settle(
            "status = 'queued', error = :error, due_at = now() + make_interval(secs => :delay)",
            {"delay": delay_seconds, "error": clean_text(error)},
        )

    async def succeed(self, result: str) -> None:
        """Ends the job with its result, as JSON."""
        await self._settle("status = 'succeeded', result = CAST(:result AS jsonb), error = NULL", {"result": result})

    async def fail(self, error: str) -> None:
        """Ends the job with the sentence that says why it failed."""
        await self._settle("status = 'failed', error = :error", {"error": clean_text(error)})

    async def _settle(self, assignments: str, values: JsonObject) -> None:
        async with self.database.session(self.workspace) as session:
            await self._change(session, assignments, values)

    async def _change(self, session: Session, assignments: str, values: JsonObject) -> bool:
        changed = await session.execute(
            text(
                f"UPDATE jobs SET {assignments}, updated_at = now() WHERE workspace_id = :workspace AND id = :id "
                "AND attempts = :attempt AND status = 'running' RETURNING id"
            ),
            {**values, "workspace": self.workspace, "id": self.job_id, "attempt": self.attempt},
        )
        return changed.one_or_none() is not None
