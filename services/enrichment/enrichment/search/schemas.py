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
    def of(cls, found: Found) -> Self:
        """The view of a post that was found."""
        enrichment = EnrichmentView.of(found.enrichment)
        return cls(post_id=enrichment.post_id, similarity=round(found.similarity, 4), enrichment=enrichment)
