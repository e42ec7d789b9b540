"""Search the posts of a workspace by meaning."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from enrichment.readings.desk import ReadingDesk
from enrichment.search.repository import Hit, SearchRepository
from kit.db import Session
from kit.errors import Invalid


class SearchService:
    """Semantic search in the workspace of a session."""

    def __init__(self, session: Session, desk: ReadingDesk) -> None:
        self._vectors = SearchRepository(session)
        self._desk = desk

    async def search(self, question: str, study_id: UUID | None, limit: int) -> Sequence[Hit]:
        """The posts nearest in meaning, nearest first; raises `Invalid` for a blank question."""
        if not question.strip():
            raise Invalid("Say in a few words what the posts should be about.")
        [vector] = await self._desk.embed([question])
        return await self._vectors.list_nearest(vector, self._desk.model, study_id, limit)
