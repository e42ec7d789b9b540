"""Enrichments as REST shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from enrichment.enrichments.enrichment import Enrichment
from enrichment.readings.schemas import FindingsView, findings


class EnrichmentView(FindingsView):
    """What is known of one post."""

    post_id: UUID
    author_id: UUID
    platform: str
    published_at: datetime
    study_ids: list[UUID]
    is_repost: bool
    copy_of: UUID | None = Field(description="First post with nearly the same text, which may be this one.")
    revision: int = Field(description="Revision of the post that was read.")
    model: str = Field(description="Name and version of the encoder.")
    coding: str = Field(description="Version of the heads and codebooks that coded.")

    @classmethod
    def of(cls, enrichment: Enrichment, shows_personal_data: bool = False) -> Self:
        """The view of an enrichment, with personal data masked unless it is to be shown."""
        origin, version = enrichment.origin, enrichment.version
        same = ("post_id", "author_id", "platform", "published_at", "study_ids", "is_repost", "copy_of")
        return cls.model_validate(
            {
                **{name: getattr(origin, name) for name in same},
                "revision": enrichment.revision,
                "model": version.model,
                "coding": version.coding,
                **findings(enrichment.reading, shows_personal_data),
            }
        )


class CoverageView(BaseModel):
    """How much of a study is enriched; the same question can be asked of every service."""

    study_id: UUID
    posts: int = Field(description="Distinct posts.")
    first_published_at: datetime | None
    last_published_at: datetime | None
