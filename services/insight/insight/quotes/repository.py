"""Posts that could be quoted, and the quotes that were stored with insights."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col

from insight.findings.tones import OPPOSITES, Sentiment
from insight.models import Quote, Segmentation
from insight.quotes.selection import Stance
from kit.db import Repository

CANDIDATES_PER_STANCE = 20

# Evidence shares the tone of the claim, if it has one; counter-evidence has the opposite one. Exemplars come
# first, nearest to the centre of the segment, then the posts that belong to it most strongly.
_CANDIDATES = text(
    """
    WITH wanted AS (
        SELECT * FROM jsonb_to_recordset(CAST(:wanted AS jsonb)) AS given (segment_id uuid, tone text, opposite text)
    ), ranked AS (
        SELECT segment_id, stance, post_id, author_id,
            row_number() OVER (PARTITION BY segment_id, stance, author_id ORDER BY place, strength DESC, post_id)
                AS of_author, place, strength
        FROM wanted JOIN memberships USING (segment_id) JOIN facts USING (workspace_id, post_id)
            JOIN segments ON segments.workspace_id = facts.workspace_id AND segments.id = segment_id,
            LATERAL (SELECT CASE WHEN sentiment = opposite THEN 'counter_evidence'
                WHEN tone IS NULL OR sentiment = tone THEN 'evidence' END AS stance,
                coalesce(array_position(exemplars, post_id), 1000000) AS place) AS judged
        WHERE facts.workspace_id = :workspace AND memberships.segmentation_id = :segmentation
            AND :study = ANY(study_ids) AND NOT is_repost AND stance IS NOT NULL
    ), placed AS (
        SELECT *, row_number() OVER (PARTITION BY segment_id, stance ORDER BY place, strength DESC, post_id) AS rank
        FROM ranked WHERE of_author = 1
    )
    SELECT segment_id, stance, post_id, author_id FROM placed WHERE rank <= :most ORDER BY segment_id, stance, rank
    """
)
_PUT = text(
    """
    INSERT INTO quotes (workspace_id, insight_id, post_id, stance, position, text, platform, published_at)
    SELECT :workspace, given.* FROM jsonb_to_recordset(CAST(:quotes AS jsonb)) AS given (
        insight_id uuid, post_id uuid, stance text, position integer, text text, platform text,
        published_at timestamptz)
    WHERE NOT EXISTS (SELECT FROM tombstones WHERE workspace_id = :workspace AND post_id = given.post_id)
    """
)
_CLEAR = text("DELETE FROM quotes WHERE workspace_id = :workspace AND insight_id = ANY(:insights)")
_DROP = text(
    """
    WITH gone AS (
        DELETE FROM quotes WHERE workspace_id = :workspace AND post_id = ANY(:posts) RETURNING insight_id)
    UPDATE insights SET revision = revision + 1, updated_at = now()
    WHERE workspace_id = :workspace AND id IN (SELECT insight_id FROM gone)
    """
)


@dataclass(frozen=True)
class CandidatePost:
    """A post that could be quoted for a segment; its text is still to be fetched."""

    segment_id: UUID
    stance: Stance
    post_id: UUID
    author_id: UUID


class QuoteRepository(Repository):
    """Quotes of one workspace."""

    async def list_candidates(
        self, segmentation: Segmentation, tones: Iterable[tuple[UUID, Sentiment | None]]
    ) -> list[CandidatePost]:
        """Posts to quote about each segment with the tone of its claim, best first, one per author."""
        wanted = [
            {"segment_id": str(segment_id), "tone": tone, "opposite": OPPOSITES.get(tone) if tone else None}
            for segment_id, tone in tones
        ]
        rows = await self.session.execute(
            _CANDIDATES,
            {
                "workspace": self.workspace,
                "segmentation": segmentation.id,
                "study": segmentation.study_id,
                "wanted": json.dumps(wanted),
                "most": CANDIDATES_PER_STANCE,
            },
        )
        return [CandidatePost(row.segment_id, Stance(row.stance), row.post_id, row.author_id) for row in rows]

    async def replace(self, insights: Sequence[UUID], quotes: Sequence[Quote]) -> None:
        """Gives insights new quotes in place of their old ones; posts erased meanwhile are passed over."""
        await self.session.execute(_CLEAR, {"workspace": self.workspace, "insights": list(insights)})
        values = [quote.model_dump(mode="json", exclude={"workspace_id"}) for quote in quotes]
        await self.session.execute(_PUT, {"workspace": self.workspace, "quotes": json.dumps(values)})

    async def drop_posts(self, posts: Sequence[UUID]) -> None:
        """Removes every quote of the posts; the insights that lose one get a new revision."""
        await self.session.execute(_DROP, {"workspace": self.workspace, "posts": list(posts)})

    async def list_of(self, insights: Sequence[UUID]) -> Sequence[Quote]:
        """The quotes of insights, each stance in its order."""
        query = (
            select(Quote)
            .where(col(Quote.workspace_id) == self.workspace, col(Quote.insight_id).in_(insights))
            .order_by(col(Quote.insight_id), col(Quote.stance), col(Quote.position))
        )
        return (await self.session.scalars(query)).all()
