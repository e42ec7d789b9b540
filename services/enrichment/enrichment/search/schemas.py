"""Search results as REST shows them."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, Field

from enrichment.enrichments.schemas import EnrichmentView


class SearchHitView(BaseModel):
    """A post that is near in meaning."""

    post_id: UUID
    similarity: float = Field(description="Cosine similarity, -1 to 1.")
    enrichment: EnrichmentView
