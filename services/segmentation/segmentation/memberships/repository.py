"""Memberships of one workspace, and the order between publications and arriving posts."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, text, tuple_
from sqlalchemy.sql import ColumnElement
from sqlmodel import col

from kit.db import Repository
from segmentation.models import Membership, Post, Segmentation

_HOLD_OFF_PUBLICATIONS = text("SELECT pg_advisory_xact_lock_shared(hashtextextended('arrivals:' || :workspace, 0))")
_HOLD_OFF_ARRIVALS = text("SELECT pg_advisory_xact_lock(hashtextextended('arrivals:' || :workspace, 0))")
_PUT = text(
    """
    INSERT INTO memberships (
        workspace_id, segmentation_id, post_id, segment_id, strength, revision, is_reference)
    SELECT :workspace, * FROM unnest(
        CAST(:segmentations AS uuid[]), CAST(:posts AS uuid[]), CAST(:segments AS uuid[]),
        CAST(:strengths AS real[]), CAST(:revisions AS integer[]), CAST(:references AS boolean[]))
    ON CONFLICT (workspace_id, segmentation_id, post_id) DO UPDATE SET
        segment_id = excluded.segment_id, strength = excluded.strength, revision = excluded.revision
    """
)
_DROP_STALE = text(
    """
    DELETE FROM memberships USING posts
    WHERE memberships.workspace_id = :workspace AND segmentation_id = :segmentation
        AND posts.workspace_id = :workspace AND posts.id = post_id
        AND (posts.revision <> memberships.revision OR posts.model <> :model OR :study <> ALL(posts.study_ids))
    RETURNING post_id
    """
)
_MISSING = text(
    """
    SELECT id, revision, model, vector FROM posts
    WHERE workspace_id = :workspace AND study_ids @> ARRAY[CAST(:study AS uuid)] AND erased_at IS NULL
        AND NOT EXISTS (
            SELECT FROM memberships
            WHERE workspace_id = :workspace AND segmentation_id = :segmentation AND post_id = posts.id)
    ORDER BY id LIMIT :limit
    """
)
_ERASE = text(
    """
    WITH gone AS (
        DELETE FROM memberships WHERE workspace_id = :workspace AND post_id = ANY(:posts)
        RETURNING segmentation_id, is_reference)
    UPDATE segmentations SET reference_revision = reference_revision + 1
    WHERE workspace_id = :workspace AND id IN (SELECT segmentation_id FROM gone WHERE is_reference)
    """
)


@dataclass(frozen=True)
class Voter:
    """A post that has no membership yet."""

    id: UUID
    revision: int
    model: str
    vector: bytes


@dataclass(frozen=True)
class Member:
    """A post of a segment."""

    membership: Membership
    post: Post


class MembershipRepository(Repository):
    """Ties of posts to segments."""

    async def hold_off_publications(self) -> None:
        """Until the transaction ends, no segmentation of the workspace is published; arrivals may go side by side.

        Take it before any row, so that nobody who waits for it holds what its holders need.
        """
        await self.session.execute(_HOLD_OFF_PUBLICATIONS, {"workspace": self.workspace})

    async def hold_off_arrivals(self) -> None:
        """Waits for posts that are being stored or erased, and lets no other in until the transaction ends."""
        await self.session.execute(_HOLD_OFF_ARRIVALS, {"workspace": self.workspace})

    async def put(self, memberships: Sequence[Membership]) -> None:
        """Stores memberships, in place of older ones of the same segmentation and post; who votes, votes on."""
        values = {
            "workspace": self.workspace,
            "segmentations": [each.segmentation_id for each in memberships],
            "posts": [each.post_id for each in memberships],
            "segments": [each.segment_id for each in memberships],
            "strengths": [each.strength for each in memberships],
            "revisions": [each.revision for each in memberships],
            "references": [each.is_reference for each in memberships],
        }
        await self.session.execute(_PUT, values)

    async def drop_stale(self, segmentation: Segmentation) -> set[UUID]:
        """Drops memberships of posts that changed, left the study or were erased since; returns their posts."""
        values = {
            "workspace": self.workspace,
            "segmentation": segmentation.id,
            "study": segmentation.study_id,
            "model": segmentation.model,
        }
        return set(await self.session.scalars(_DROP_STALE, values))

    async def missing(self, segmentation: Segmentation, limit: int) -> list[Voter]:
        """Posts of the study that have no membership in its segmentation."""
        values = {
            "workspace": self.workspace,
            "segmentation": segmentation.id,
            "study": segmentation.study_id,
            "limit": limit,
        }
        return [Voter(*row) for row in await self.session.execute(_MISSING, values)]

    async def sizes(self, segmentation_id: UUID) -> dict[UUID | None, int]:
        """Posts by segment; None stands for abstention."""
        query = (
            select(col(Membership.segment_id), func.count())
            .where(*self._of(segmentation_id))
            .group_by(col(Membership.segment_id))
        )
        found = await self.session.execute(query)
        return {row[0]: row[1] for row in found}

    async def stream(self, segmentation_id: UUID, chunk: int) -> AsyncIterator[Sequence[Membership]]:
        """All memberships of a segmentation, in chunks."""
        query = select(Membership).where(*self._of(segmentation_id)).order_by(col(Membership.post_id))
        result = await self.session.stream_scalars(query)
        async for memberships in result.partitions(chunk):
            yield memberships

    async def get_many(self, segmentation_id: UUID, post_ids: Sequence[UUID]) -> Sequence[Membership]:
        """Memberships of some posts; unknown ones are left out."""
        query = select(Membership).where(*self._of(segmentation_id), col(Membership.post_id).in_(post_ids))
        return (await self.session.scalars(query)).all()

    async def reference(self, segmentation: Segmentation) -> list[tuple[UUID, bytes]]:
        """Segment and vector of every member that votes on new posts."""
        query = (
            select(col(Membership.segment_id), col(Post.vector))
            .join(Post, (col(Post.workspace_id) == Membership.workspace_id) & (col(Post.id) == Membership.post_id))
            .where(
                *self._of(segmentation.id),
                col(Membership.is_reference),
                col(Post.model) == segmentation.model,
                func.octet_length(Post.vector) * 2 == len(segmentation.centre),
            )
            .order_by(col(Membership.post_id))
        )
        return [(segment_id, vector) for segment_id, vector in await self.session.execute(query) if segment_id]

    async def list_strongest(self, segment_id: UUID, after: tuple[float, UUID] | None, limit: int) -> list[Member]:
        """Memberships of a segment with their posts, strongest first."""
        place = tuple_(col(Membership.strength), col(Membership.post_id))
        query = (
            select(Membership, Post)
            .join(Post, (col(Post.workspace_id) == Membership.workspace_id) & (col(Post.id) == Membership.post_id))
            .where(col(Membership.workspace_id) == self.workspace, col(Membership.segment_id) == segment_id)
            .order_by(col(Membership.strength).desc(), col(Membership.post_id).desc())
            .limit(limit)
        )
        if after is not None:
            query = query.where(place < tuple_(*after))
        return [Member(*row) for row in await self.session.execute(query)]

    async def erase(self, post_ids: Sequence[UUID]) -> None:
        """Drops every membership of posts; versions in which one of them voted know that it is gone."""
        await self.session.execute(_ERASE, {"workspace": self.workspace, "posts": list(post_ids)})

    def _of(self, segmentation_id: UUID) -> tuple[ColumnElement[bool], ...]:
        return col(Membership.workspace_id) == self.workspace, col(Membership.segmentation_id) == segmentation_id
