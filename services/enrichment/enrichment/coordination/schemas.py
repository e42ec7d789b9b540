"""Coordination as REST shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from enrichment.coordination.bursts import Coordination, ObjectKind
from enrichment.personal.finder import find_personal_data
from enrichment.personal.masking import mask


class CoordinationView(BaseModel):
    """One object that many authors shared within minutes. It is evidence about posts, not about a person."""

    kind: ObjectKind
    object: str = Field(description="The link, the hashtags in alphabetical order, or the first post of the copies.")
    authors: int = Field(description="Distinct authors; who they are is not told.")
    posts: int = Field(description="Posts of the burst; reposts are not counted.")
    first_published_at: datetime
    last_published_at: datetime
    expected: float = Field(description="Posts that chance would have brought meanwhile, by the rate of the study.")
    chance: float = Field(description="How likely so many authors are by chance, corrected for all that was looked at.")
    post_ids: list[UUID] = Field(description="At most the first twenty.")

    @classmethod
    def of(cls, found: Coordination) -> Self:
        """The view of a burst, with personal data in a link masked."""
        burst = found.burst
        return cls(
            kind=burst.kind,
            object=mask(burst.object, find_personal_data(burst.object))
            if burst.kind == ObjectKind.LINK
            else burst.object,
            authors=burst.authors,
            posts=burst.posts,
            first_published_at=burst.first_at,
            last_published_at=burst.last_at,
            expected=round(burst.expected, 4),
            chance=float(f"{found.chance:.3g}"),
            post_ids=list(burst.post_ids),
        )
