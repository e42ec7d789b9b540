"""Counts of posts by segment, period, tone and author, summed up where the posts are stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from insight.findings.findings import SegmentCounts
from insight.findings.periods import Period
from insight.findings.tones import Sentiment
from insight.findings.trends import TwoPeriods
from insight.models import Segmentation
from insight.prevalence.clusters import AuthorSums
from kit.db import Repository

# One statement, so that everything is counted in one snapshot. Without a period the observed time is halved.
# A cell is what one author wrote in one segment, beside what that author wrote at all. Each measure relates
# hits to a base, author by author; rows without a segment hold the bases over all authors. Windows instead of
# joins: the planner knows nothing of rows that arrived a second ago, and would pair every cell with every author.
_SUMS = text(
    """
    WITH posts AS (
        SELECT segment_id, author_id, published_at, sentiment
        FROM memberships JOIN facts USING (workspace_id, post_id)
        WHERE workspace_id = :workspace AND segmentation_id = :segmentation AND :study = ANY(study_ids)
    ), period AS (
        SELECT coalesce(CAST(:previous_start AS timestamptz), min(published_at)) AS previous_start,
            coalesce(CAST(:start AS timestamptz),
                min(published_at) + (max(published_at) - min(published_at)) / 2) AS start,
            coalesce(CAST(:end AS timestamptz), max(published_at) + interval '1 microsecond') AS "end"
        FROM posts
    ), cells AS (
        SELECT segment_id, author_id, count(*) AS whole,
            count(*) FILTER (WHERE published_at >= previous_start AND published_at < start) AS previous,
            count(*) FILTER (WHERE published_at >= start AND published_at < "end") AS current,
            count(*) FILTER (WHERE sentiment = 'negative') AS negative,
            count(*) FILTER (WHERE sentiment = 'neutral') AS neutral,
            count(*) FILTER (WHERE sentiment = 'positive') AS positive
        FROM posts, period GROUP BY segment_id, author_id
    ), authored AS (
        SELECT *, sum(whole) OVER author AS all_whole, sum(previous) OVER author AS all_previous,
            sum(current) OVER author AS all_current, row_number() OVER author AS place
        FROM cells WINDOW author AS (PARTITION BY author_id)
    ), measures AS (
        SELECT NULL AS segment_id, measure, 0 AS hits, base FROM authored,
            LATERAL (VALUES ('whole', all_whole), ('previous', all_previous), ('current', all_current))
                AS each (measure, base)
        WHERE place = 1
        UNION ALL
        SELECT segment_id, measure, hits, base FROM authored,
            LATERAL (VALUES ('whole', whole, all_whole), ('previous', previous, all_previous),
                ('current', current, all_current), ('negative', negative, whole), ('neutral', neutral, whole),
                ('positive', positive, whole)) AS each (measure, hits, base)
        WHERE segment_id IS NOT NULL
    ), sums AS (
        SELECT segment_id, measure, count(*) AS authors, sum(base)::bigint AS posts,
            sum(base * base)::bigint AS squared_posts, sum(hits)::bigint AS hits,
            sum(hits * hits)::bigint AS squared_hits, sum(hits * base)::bigint AS products,
            sum(hits * hits / base::float8) AS hit_weight
        FROM measures WHERE base > 0 GROUP BY segment_id, measure
    )
    SELECT * FROM sums, period
    """
)
_LABELS = text("SELECT id, label FROM segments WHERE workspace_id = :workspace AND segmentation_id = :segmentation")
_NONE = AuthorSums(authors=0, posts=0, squared_posts=0)


@dataclass(frozen=True)
class StudyCounts:
    """What was counted of a study by one segmentation; posts without a segment count in `posts` only."""

    posts: int
    period: Period | None  # None without posts
    segments: list[SegmentCounts]


class CountRepository(Repository):
    """Counts within one workspace."""

    async def count(self, segmentation: Segmentation, period: Period | None = None) -> StudyCounts:
        """Counts every segment that has posts, over the whole time and in two periods.

        Without a period the second half of the observed time is compared with the first.
        """
        values = {"workspace": self.workspace, "segmentation": segmentation.id}
        labels = {row.id: row.label for row in await self.session.execute(_LABELS, values)}
        bounds = period.model_dump() if period else dict.fromkeys(Period.model_fields)
        rows = (await self.session.execute(_SUMS, {**values, **bounds, "study": segmentation.study_id})).all()
        bases = {row.measure: row for row in rows if row.segment_id is None}
        if not bases:
            return StudyCounts(0, None, [])
        segments = [
            _counts(segment_id, labels[segment_id], measures, bases)
            for segment_id, measures in _group(rows).items()
            if segment_id in labels
        ]
        observed = Period.model_validate(rows[0], from_attributes=True)
        return StudyCounts(bases["whole"].posts, observed, segments)


_BySegment = dict[UUID, dict[str, Row[Any]]]


def _group(rows: Sequence[Row[Any]]) -> _BySegment:
    grouped: _BySegment = {}
    for row in rows:
        if row.segment_id is not None:
            grouped.setdefault(row.segment_id, {})[row.measure] = row
    return grouped


def _counts(segment_id: UUID, label: str, measures: dict[str, Row[Any]], bases: dict[str, Row[Any]]) -> SegmentCounts:
    whole, previous, current = (
        _sums(bases.get(measure), measures.get(measure)) for measure in ("whole", "previous", "current")
    )
    return SegmentCounts(
        segment_id=segment_id,
        label=label,
        authors=measures[Sentiment.NEGATIVE].authors,
        whole=whole,
        periods=TwoPeriods(previous, current),
        sentiments={each: _sums(measures[each], measures[each]) for each in Sentiment},
    )


def _sums(base: Row[Any] | None, hits: Row[Any] | None) -> AuthorSums:
    """Hits of a segment within a base; authors of the base who never hit add nothing to the other sums."""
    if base is None:
        return _NONE
    return AuthorSums(
        authors=base.authors,
        posts=base.posts,
        squared_posts=base.squared_posts,
        hits=hits.hits if hits else 0,
        squared_hits=hits.squared_hits if hits else 0,
        products=hits.products if hits else 0,
        hit_weight=hits.hit_weight if hits else 0.0,
    )
