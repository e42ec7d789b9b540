"""Facts of posts and the hourly counts made of them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlmodel import col

from insight.findings.tones import Sentiment
from insight.models import Fact, HourlyRollup
from insight.rollups.hours import Counted, FactChange, HourlyDelta, HourRange
from kit.db import Repository

# What is not newer returns no row, so that a repetition changes nothing; `old` is PostgreSQL 18. A revision may be told
# of again when other models have read it: ids of events are ordered in time.
_PUT_FACTS = text(
    """
    INSERT INTO facts
        (workspace_id, post_id, author_id, published_at, sentiment, study_ids, is_repost, revision, event_id)
    SELECT :workspace, given.* FROM jsonb_to_recordset(CAST(:facts AS jsonb)) AS given (
        post_id uuid, author_id uuid, published_at timestamptz, sentiment text, study_ids uuid[],
        is_repost boolean, revision integer, event_id uuid)
    WHERE NOT EXISTS (SELECT FROM tombstones WHERE workspace_id = :workspace AND post_id = given.post_id)
    ORDER BY given.post_id
    ON CONFLICT (workspace_id, post_id) DO UPDATE SET
        author_id = excluded.author_id, published_at = excluded.published_at, sentiment = excluded.sentiment,
        study_ids = excluded.study_ids, is_repost = excluded.is_repost, revision = excluded.revision,
        event_id = excluded.event_id
    WHERE (facts.revision, facts.event_id) < (excluded.revision, excluded.event_id)
        AND (facts.revision, facts.sentiment, facts.study_ids)
            IS DISTINCT FROM (excluded.revision, excluded.sentiment, excluded.study_ids)
    RETURNING new.study_ids, new.published_at, new.sentiment, old.study_ids AS old_study_ids,
        old.published_at AS old_published_at, old.sentiment AS old_sentiment
    """
)
_DROP_FACTS = text(
    "DELETE FROM facts WHERE workspace_id = :workspace AND post_id = ANY(:posts) "
    "RETURNING study_ids, published_at, sentiment"
)
_ADD = text(
    """
    INSERT INTO hourly_rollups AS rollup (workspace_id, study_id, hour, posts, negative, neutral, positive)
    SELECT :workspace, * FROM jsonb_to_recordset(CAST(:deltas AS jsonb)) AS delta (
        study_id uuid, hour timestamptz, posts integer, negative integer, neutral integer, positive integer)
    ON CONFLICT (workspace_id, study_id, hour) DO UPDATE SET
        posts = rollup.posts + excluded.posts, negative = rollup.negative + excluded.negative,
        neutral = rollup.neutral + excluded.neutral, positive = rollup.positive + excluded.positive
    """
)
_COVERAGE = text(
    """
    SELECT total.posts,
        (SELECT min(published_at) FROM facts WHERE workspace_id = :workspace AND :study = ANY(study_ids)
            AND published_at >= total.first AND published_at < total.first + interval '1 hour') AS first,
        (SELECT max(published_at) FROM facts WHERE workspace_id = :workspace AND :study = ANY(study_ids)
            AND published_at >= total.last AND published_at < total.last + interval '1 hour') AS last
    FROM (SELECT coalesce(sum(posts), 0) AS posts, min(hour) AS first, max(hour) AS last
        FROM hourly_rollups WHERE workspace_id = :workspace AND study_id = :study AND posts > 0) AS total
    """
)


@dataclass(frozen=True)
class StudySpan:
    """How many posts of a study were counted, and the time between the first and the last."""

    posts: int
    first: datetime | None
    last: datetime | None


class RollupRepository(Repository):
    """Facts and hourly counts of one workspace."""

    async def put_facts(self, facts: Sequence[Fact]) -> list[FactChange]:
        """Stores facts that are newer than the stored ones; returns what really changed.

        Holds at most one fact per post; erased posts are passed over.
        """
        rows = await self.session.execute(
            _PUT_FACTS, {"workspace": self.workspace, "facts": json.dumps([_json(fact) for fact in facts])}
        )
        return [FactChange(before=_old(row), after=_counted(row)) for row in rows]

    async def drop_facts(self, posts: Sequence[UUID]) -> list[FactChange]:
        """Removes the facts of posts; returns what really changed."""
        rows = await self.session.execute(_DROP_FACTS, {"workspace": self.workspace, "posts": list(posts)})
        return [FactChange(before=_counted(row), after=None) for row in rows]

    async def add(self, deltas: Sequence[HourlyDelta]) -> None:
        """Adds deltas to the hourly counts."""
        values = json.dumps([asdict(delta) for delta in deltas], default=str)
        await self.session.execute(_ADD, {"workspace": self.workspace, "deltas": values})

    async def span(self, study_id: UUID) -> StudySpan:
        """What is counted of a study; nothing for an unknown one."""
        rows = await self.session.execute(_COVERAGE, {"workspace": self.workspace, "study": study_id})
        row = rows.one()
        return StudySpan(int(row.posts), row.first, row.last)

    async def list_hours(
        self, study_id: UUID, hours: HourRange, after: datetime | None, limit: int
    ) -> Sequence[HourlyRollup]:
        """The counts of a study by hour, oldest first, of hours later than `after`."""
        query = select(HourlyRollup).where(
            col(HourlyRollup.workspace_id) == self.workspace,
            col(HourlyRollup.study_id) == study_id,
            col(HourlyRollup.posts) > 0,
        )
        if hours.start is not None:
            query = query.where(col(HourlyRollup.hour) >= hours.start)
        if hours.end is not None:
            query = query.where(col(HourlyRollup.hour) < hours.end)
        if after is not None:
            query = query.where(col(HourlyRollup.hour) > after)
        return (await self.session.scalars(query.order_by(col(HourlyRollup.hour)).limit(limit))).all()


def _json(fact: Fact) -> dict[str, object]:
    return fact.model_dump(mode="json", exclude={"workspace_id"})


def _counted(row: Row[Any]) -> Counted:
    return Counted(tuple(row.study_ids), row.published_at, _sentiment(row.sentiment))


def _old(row: Row[Any]) -> Counted | None:
    if row.old_study_ids is None:
        return None
    return Counted(tuple(row.old_study_ids), row.old_published_at, _sentiment(row.old_sentiment))


def _sentiment(label: str | None) -> Sentiment | None:
    return None if label is None else Sentiment(label)
