"""Search the posts of a workspace by meaning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from enrichment.enrichments.enrichment import Enrichment
from enrichment.enrichments.repository import EnrichmentRepository
from enrichment.readings.desk import ReadingDesk
from enrichment.search.filters import SearchFilters
from enrichment.search.repository import Hit, SearchRepository
from kit.db import Session
from kit.errors import Invalid


@dataclass(frozen=True)
class Found:
    """A post that is near in meaning, with what is known of it."""

    enrichment: Enrichment
    similarity: float


class SearchService:
    """Semantic search in the workspace of a session."""

    def __init__(self, session: Session, desk: ReadingDesk) -> None:
        self._enrichments = EnrichmentRepository(session)
        self._vectors = SearchRepository(session)
        self._desk = desk

    async def search(self, question: str, filters: SearchFilters, limit: int) -> Sequence[Hit]:
        """The posts nearest in meaning, nearest first; raises `Invalid` for a blank question."""
        if not question.strip():
            raise Invalid("Say in a few words what the posts should be about.")
        [vector] = await self._desk.embed([question])
        return await self._vectors.list_nearest(vector, self._desk.space, filters, limit)

    async def find(self, question: str, filters: SearchFilters, limit: int) -> list[Found]:
        """Like `search`, with the enrichments of the posts."""
        similarity = {hit.post_id: hit.similarity for hit in await self.search(question, filters, limit)}
        known = await self._enrichments.list_by_ids(list(similarity))
        return [Found(enrichment, similarity[enrichment.origin.post_id]) for enrichment in known]
