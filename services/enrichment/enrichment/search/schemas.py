"""Search results as REST shows them."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from enrichment.enrichments.schemas import EnrichmentView
from enrichment.search.service import Found


class SearchHitView(BaseModel):
    """A post that is near in meaning."""

    post_id: UUID
    similarity: float = Field(description="Cosine similarity, -1 to 1.")
    enrichment: EnrichmentView

    @classmethod
    def of(cls, found: Found, shows_personal_data: bool = False) -> Self:
        """The view of a post that was found, with personal data masked unless it is to be shown."""
        enrichment = EnrichmentView.of(found.enrichment, shows_personal_data)
        return cls(post_id=enrichment.post_id, similarity=round(found.similarity, 4), enrichment=enrichment)
