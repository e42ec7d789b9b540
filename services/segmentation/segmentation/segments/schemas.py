"""What REST says of segments."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from segmentation.memberships.repository import Member
from segmentation.models import Segment


class SegmentView(BaseModel):
    """One group of posts."""

    id: UUID
    segmentation_id: UUID
    kind: str
    label: str
    keyphrases: list[str] = Field(description="Most telling first.")
    size: int = Field(description="Posts at the time of publication.")
    exemplar_post_ids: list[UUID] = Field(description="Posts nearest to the centre, each by another author.")
    stability: float = Field(description="How much of the segment comes back in other runs, 0 to 1.")

    @classmethod
    def of(cls, segment: Segment) -> Self:
        """The view of a row."""
        return cls(**segment.model_dump(include=set(cls.model_fields)))


class SegmentPostView(BaseModel):
    """A post that belongs to a segment; its text is with ingest."""

    post_id: UUID
    author_id: UUID | None
    published_at: datetime | None
    strength: float = Field(description="Share of the post's neighbours that belong to the segment, 0 to 1.")

    @classmethod
    def of(cls, member: Member) -> Self:
        """The view of a membership and its post."""
        return cls(
            post_id=member.post.id,
            author_id=member.post.author_id,
            published_at=member.post.published_at,
            strength=member.membership.strength,
        )
