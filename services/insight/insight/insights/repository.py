"""Insights as rows: put by readings without touching what people decided, read by everyone else."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col

from insight.findings.findings import Finding
from insight.insights.schemas import InsightFilter
from insight.models import Insight, Segmentation
from insight.reviews.lifecycle import Status
from kit.db import Repository, new_id

_PUT = text(
    """
    INSERT INTO insights AS known (workspace_id, id, study_id, kind, segmentation_id, segment_id, status,
        revision, finding, latest, created_at, updated_at)
    SELECT :workspace, given.id, :study, :kind, :segmentation, given.segment_id, 'draft', 1, given.finding,
        given.finding, now(), now()
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (id uuid, segment_id uuid, finding jsonb)
    ORDER BY given.segment_id
    ON CONFLICT (workspace_id, segment_id) DO UPDATE SET
        latest = excluded.latest,
        finding = CASE known.status WHEN 'draft' THEN excluded.finding ELSE known.finding END,
        revision = known.revision + (known.status = 'draft' AND known.finding <> excluded.finding)::integer,
        updated_at = CASE WHEN known.latest <> excluded.latest THEN now() ELSE known.updated_at END
    RETURNING known.segment_id, known.id, known.status
    """
)
_WITHDRAW = text(
    """
    WITH gone AS (
        DELETE FROM insights WHERE workspace_id = :workspace AND segmentation_id = :segmentation
            AND status = 'draft' AND NOT segment_id = ANY(:kept) RETURNING id)
    DELETE FROM quotes WHERE workspace_id = :workspace AND insight_id IN (SELECT id FROM gone)
    """
)
_CLOSE_OLDER = text(
    """
    UPDATE insights SET status = :outcome, revision = revision + 1, updated_at = now()
    WHERE workspace_id = :workspace AND study_id = :study AND kind = :kind
        AND segmentation_id <> :segmentation AND status = 'draft'
    RETURNING id, revision - 1 AS revision
    """
)


@dataclass(frozen=True)
class PutInsight:
    """What became of a finding: the insight that holds it, and whether it is still undecided."""

    segment_id: UUID
    insight_id: UUID
    is_draft: bool


class InsightRepository(Repository):
    """Insights of one workspace."""

    async def put(self, segmentation: Segmentation, findings: Mapping[UUID, Finding]) -> list[PutInsight]:
        """Makes or updates the insight of each segment; the finding that a person decided on stays."""
        rows = [
            {"id": str(new_id()), "segment_id": str(segment_id), "finding": finding.model_dump(mode="json")}
            for segment_id, finding in findings.items()
        ]
        put = await self.session.execute(
            _PUT,
            {
                "workspace": self.workspace,
                "study": segmentation.study_id,
                "kind": segmentation.kind,
                "segmentation": segmentation.id,
                "rows": json.dumps(rows),
            },
        )
        return [PutInsight(row.segment_id, row.id, row.status == Status.DRAFT) for row in put]

    async def withdraw(self, segmentation_id: UUID, kept: Sequence[UUID]) -> None:
        """Deletes the undecided insights of segments that no longer have a finding."""
        values = {"workspace": self.workspace, "segmentation": segmentation_id, "kept": list(kept)}
        await self.session.execute(_WITHDRAW, values)

    async def close_older(self, segmentation: Segmentation, outcome: Status) -> list[tuple[UUID, int]]:
        """Closes the undecided insights of other versions; returns each with the revision that it had."""
        rows = await self.session.execute(
            _CLOSE_OLDER,
            {
                "workspace": self.workspace,
                "outcome": outcome,
                "study": segmentation.study_id,
                "kind": segmentation.kind,
                "segmentation": segmentation.id,
            },
        )
        return [(row.id, row.revision) for row in rows]

    async def list_newest(self, wanted: InsightFilter, before: UUID | None, limit: int) -> Sequence[Insight]:
        """The newest insights, older than `before` when it is given."""
        query = select(Insight).where(col(Insight.workspace_id) == self.workspace)
        if wanted.study_id is not None:
            query = query.where(col(Insight.study_id) == wanted.study_id)
        if wanted.status is not None:
            query = query.where(col(Insight.status) == wanted.status)
        if before is not None:
            query = query.where(col(Insight.id) < before)
        return (await self.session.scalars(query.order_by(col(Insight.id).desc()).limit(limit))).all()

    async def list_of_segmentation(self, segmentation_id: UUID) -> Sequence[Insight]:
        """Every insight about the segments of a segmentation."""
        query = select(Insight).where(
            col(Insight.workspace_id) == self.workspace, col(Insight.segmentation_id) == segmentation_id
        )
        return (await self.session.scalars(query)).all()

    async def get(self, insight_id: UUID, *, lock: bool = False) -> Insight | None:
        """One insight; `lock` keeps others from changing it before the transaction ends."""
        query = select(Insight).where(col(Insight.workspace_id) == self.workspace, col(Insight.id) == insight_id)
        return (await self.session.scalars(query.with_for_update() if lock else query)).one_or_none()
