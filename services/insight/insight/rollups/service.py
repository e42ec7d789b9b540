"""Applies what enrichment found to facts and hourly counts."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

from insight.clients import IngestClient
from insight.erasures.repository import TombstoneRepository
from insight.findings.tones import Sentiment
from insight.models import Fact, HourlyRollup
from insight.readings.marks import mark_due
from insight.rollups.hours import FactChange, HourRange, deltas, touched_studies
from insight.rollups.repository import RollupRepository
from insight.rollups.schemas import CoverageView
from insight.settings import InsightSettings
from kit.db import Session
from kit.errors import NotFound, Unavailable
from kit.events import Received
from pourquoi.enrichment.v1.events_pb2 import PostEnriched, PostEnrichment, SentimentLabel

_SENTIMENTS: dict[int, Sentiment] = {
    SentimentLabel.SENTIMENT_LABEL_NEGATIVE: Sentiment.NEGATIVE,
    SentimentLabel.SENTIMENT_LABEL_NEUTRAL: Sentiment.NEUTRAL,
    SentimentLabel.SENTIMENT_LABEL_POSITIVE: Sentiment.POSITIVE,
}


async def count_posts(session: Session, batch: Sequence[Received], settings: InsightSettings) -> None:
    """Counts the posts of a batch of `PostEnriched`; repetitions and older words change nothing."""
    newest = _newest(batch)
    await TombstoneRepository(session).hold_off()
    facts = [_fact(session.workspace, *told) for told in newest.values()]
    changes = await RollupRepository(session).put_facts(facts)
    await count_changes(session, changes)
    causes = {UUID(study): cause for enrichment, cause in newest.values() for study in enrichment.study_ids}
    touched = {study_id: causes.get(study_id, batch[-1]) for study_id in touched_studies(changes)}
    await mark_due(session, touched, settings)


async def count_changes(session: Session, changes: Sequence[FactChange]) -> None:
    """Brings the hourly counts up to date with changed facts."""
    if found := deltas(changes):
        await RollupRepository(session).add(found)


async def require_study(session: Session, ingest: IngestClient, study_id: UUID) -> None:
    """Raises NotFound for a study that neither has posts here nor is known to ingest.

    While ingest is away, a study without posts gets the benefit of the doubt: it may just have been made.
    """
    if (await RollupRepository(session).span(study_id)).posts:
        return
    with suppress(Unavailable):
        if not await ingest.has_study(session.workspace, study_id):
            raise NotFound(f"No study has the id {study_id} in this workspace.")


async def coverage_of(session: Session, study_id: UUID) -> CoverageView:
    """How many distinct posts of a study were counted."""
    span = await RollupRepository(session).span(study_id)
    return CoverageView(study_id=study_id, posts=span.posts, first_published_at=span.first, last_published_at=span.last)


async def list_hours(
    session: Session, study_id: UUID, hours: HourRange, after: datetime | None, limit: int
) -> Sequence[HourlyRollup]:
    """The hourly counts of a study, oldest first, of hours later than `after`."""
    return await RollupRepository(session).list_hours(study_id, hours, after, limit)


def _newest(batch: Sequence[Received]) -> dict[str, tuple[PostEnrichment, Received]]:
    """The newest word of a batch on each post, with the event that brought it."""
    newest: dict[str, tuple[PostEnrichment, Received]] = {}
    for received in batch:
        assert isinstance(received.event, PostEnriched)
        enrichment = received.event.enrichment
        known = newest.get(enrichment.post_id)
        if known is None or (known[0].revision, known[1].id) < (enrichment.revision, received.id):
            newest[enrichment.post_id] = (enrichment, received)
    return newest


def _fact(workspace: str, enrichment: PostEnrichment, cause: Received) -> Fact:
    return Fact(
        workspace_id=workspace,
        post_id=UUID(enrichment.post_id),
        author_id=UUID(enrichment.author_id),
        published_at=enrichment.published_at.ToDatetime(tzinfo=UTC),
        sentiment=_SENTIMENTS.get(enrichment.sentiment.label),
        study_ids=[UUID(study_id) for study_id in enrichment.study_ids],
        is_repost=enrichment.is_repost,
        revision=enrichment.revision,
        event_id=UUID(cause.id),
    )
