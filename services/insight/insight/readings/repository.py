"""Which studies are due to be read, and what the latest reading of each was made from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col

from insight.models import Reading
from kit.db import Repository

# A study falls due when it has been quiet for a while, or when its first mark has waited long enough.
_MARK = text(
    """
    INSERT INTO due_studies AS due (workspace_id, study_id, marks, first_marked_at, due_at, failures, trace)
    SELECT :workspace, study_id, 1, now(), now() + CAST(:quiet AS interval), 0, trace
    FROM unnest(CAST(:studies AS uuid[]), CAST(:traces AS text[])) AS marked (study_id, trace)
    ORDER BY study_id
    ON CONFLICT (workspace_id, study_id) DO UPDATE SET
        marks = due.marks + 1, trace = excluded.trace,
        due_at = least(excluded.due_at, due.first_marked_at + CAST(:patience AS interval))
    """
)
_CLAIM = text(
    """
    UPDATE due_studies SET lease_until = now() + CAST(:lease AS interval), first_marked_at = now()
    WHERE (workspace_id, study_id) = (
        SELECT workspace_id, study_id FROM due_studies
        WHERE due_at <= now() AND (lease_until IS NULL OR lease_until <= now())
        ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING workspace_id, study_id, marks, failures, trace, lease_until
    """
)
_LET_GO = text(
    "UPDATE due_studies SET lease_until = NULL, failures = 0 WHERE workspace_id = :workspace "
    "AND study_id = :study AND lease_until = :lease RETURNING marks"
)
_FORGET = text("DELETE FROM due_studies WHERE workspace_id = :workspace AND study_id = :study")
_POSTPONE = text(
    "UPDATE due_studies SET lease_until = NULL, failures = failures + 1, due_at = now() + CAST(:wait AS interval) "
    "WHERE workspace_id = :workspace AND study_id = :study AND lease_until = :lease"
)
_PUT_READING = text(
    """
    INSERT INTO readings (workspace_id, study_id, kind, segmentation_id, posts, segment_posts, read_at)
    VALUES (:workspace, :study, :kind, :segmentation, :posts, CAST(:segment_posts AS jsonb), now())
    ON CONFLICT (workspace_id, study_id, kind) DO UPDATE SET
        segmentation_id = excluded.segmentation_id, posts = excluded.posts,
        segment_posts = excluded.segment_posts, read_at = excluded.read_at
    """
)


@dataclass(frozen=True)
class ClaimedStudy:
    """A due study that this replica holds: `marks` tells whether something changed while it was read."""

    workspace: str
    study_id: UUID
    marks: int
    failures: int
    trace: str
    lease_until: datetime


class DueStudyRepository(Repository):
    """Marks of studies that something changed in."""

    async def mark(self, traces: Mapping[UUID, str], quiet: timedelta, patience: timedelta) -> None:
        """Makes studies due; each keeps the W3C `traceparent` of the event that marked it last."""
        values = {
            "workspace": self.workspace,
            "studies": list(traces),
            "traces": list(traces.values()),
            "quiet": quiet,
            "patience": patience,
        }
        await self.session.execute(_MARK, values)

    async def claim(self, lease: timedelta) -> ClaimedStudy | None:
        """A due study of any workspace, held until the lease ends or it is given back; None when none is due."""
        row = (await self.session.execute(_CLAIM, {"lease": lease})).one_or_none()
        if row is None:
            return None
        return ClaimedStudy(row.workspace_id, row.study_id, row.marks, row.failures, row.trace, row.lease_until)

    async def finish(self, claimed: ClaimedStudy) -> bool:
        """Lets go of a study, which stays due if it was marked again; False when another replica holds it now."""
        values = {"workspace": self.workspace, "study": claimed.study_id}
        held = await self.session.execute(_LET_GO, {**values, "lease": claimed.lease_until})
        marks = held.scalar_one_or_none()
        if marks == claimed.marks:
            await self.session.execute(_FORGET, values)
        return marks is not None

    async def postpone(self, claimed: ClaimedStudy, wait: timedelta) -> None:
        """Gives the study back for a later attempt."""
        values = {"study": claimed.study_id, "lease": claimed.lease_until, "wait": wait}
        await self.session.execute(_POSTPONE, {"workspace": self.workspace, **values})


class ReadingRepository(Repository):
    """The latest reading of each study, by kind of segmentation."""

    async def put(self, reading: Reading) -> None:
        """Replaces the reading of the study and kind."""
        values = {
            "workspace": self.workspace,
            "study": reading.study_id,
            "kind": reading.kind,
            "segmentation": reading.segmentation_id,
            "posts": reading.posts,
            "segment_posts": json.dumps(reading.segment_posts),
        }
        await self.session.execute(_PUT_READING, values)

    async def get(self, study_id: UUID, kind: str) -> Reading | None:
        """The latest reading, if there is one."""
        query = select(Reading).where(
            col(Reading.workspace_id) == self.workspace, col(Reading.study_id) == study_id, col(Reading.kind) == kind
        )
        return (await self.session.scalars(query)).one_or_none()
