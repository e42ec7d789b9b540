"""Takes decisions about insights and keeps them on record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from insight.insights.messages import message_of
from insight.insights.repository import InsightRepository
from insight.insights.schemas import InsightView
from insight.insights.service import get_insight, show_one
from insight.models import Review, Segmentation
from insight.reviews.lifecycle import Action, Status, decide
from insight.reviews.repository import ReviewRepository
from insight.webhooks.service import enqueue_deliveries
from kit.db import Session, new_id
from kit.outbox import emit
from kit.rest import check_revision
from pourquoi.insight.v1.events_pb2 import InsightPublished

THE_SERVICE = "insight"  # who retires drafts


@dataclass(frozen=True)
class Verdict:
    """What somebody decides: `revision` is the one they looked at, if they say so."""

    action: Action
    reviewer: str
    reason: str
    revision: int | None


async def review(session: Session, insight_id: UUID, verdict: Verdict) -> InsightView:
    """Takes a decision; publishing also announces the insight and starts its deliveries to partners.

    Raises NotFound, PreconditionFailed when the insight changed since it was looked at, and Conflict when the
    decision is not possible in its status.
    """
    insight = await get_insight(session, insight_id, lock=True)
    check_revision(verdict.revision, insight.revision)
    outcome = decide(insight.status, verdict.action)
    record = _record(session, insight_id, verdict, outcome=outcome, revision=insight.revision)
    insight.status, insight.updated_at = outcome, record.created_at
    insight.revision += 1
    ReviewRepository(session).add([record])
    view = await show_one(session, insight)
    if outcome is Status.PUBLISHED:
        emit(session, InsightPublished(insight=message_of(view)))
        await enqueue_deliveries(session, insight_id)
    return view


async def retire_older(session: Session, segmentation: Segmentation) -> None:
    """Closes the undecided insights of the versions that a segmentation replaced."""
    outcome = decide(Status.DRAFT, Action.RETIRE)
    reason = f"Version {segmentation.version} of the segmentation replaced the one it was made from."
    retired = await InsightRepository(session).close_older(segmentation, outcome)
    verdict = Verdict(Action.RETIRE, THE_SERVICE, reason, None)
    ReviewRepository(session).add(
        [_record(session, each, verdict, outcome=outcome, revision=revision) for each, revision in retired]
    )


async def list_reviews(session: Session, insight_id: UUID, after: UUID | None, limit: int) -> Sequence[Review]:
    """The decisions about an insight, oldest first, later than `after`; raises NotFound."""
    await get_insight(session, insight_id)
    return await ReviewRepository(session).list_of(insight_id, after, limit)


def _record(session: Session, insight_id: UUID, verdict: Verdict, *, outcome: Status, revision: int) -> Review:
    return Review(
        workspace_id=session.workspace,
        id=new_id(),
        insight_id=insight_id,
        action=verdict.action,
        outcome=outcome,
        reviewer=verdict.reviewer,
        reason=verdict.reason,
        revision=revision,
        created_at=datetime.now(UTC),
    )
