"""Letting go of posts whose time is over."""

from datetime import UTC, datetime, timedelta

from ingest.authors.pseudonyms import Pseudonyms
from ingest.erasures.requests import Wish
from ingest.erasures.service import ErasureService
from ingest.retention.repository import RetentionRepository
from ingest.retention.terms import Term
from kit.db import Session
from kit.events import BACKFILL


class RetentionService:
    """Retention in the session's workspace."""

    def __init__(self, session: Session, pseudonyms: Pseudonyms) -> None:
        self._expired = RetentionRepository(session)
        self._erasures = ErasureService(session, pseudonyms)

    async def terms(self, usual_days: int) -> list[Term]:
        """How long posts are kept, source by source; `usual_days` where a source says nothing, and 0 is for ever."""
        return await self._expired.terms(usual_days)

    async def erase_expired(self, term: Term, limit: int) -> int:
        """Erases some of the posts that were first seen too long ago, like any erasure; returns how many.

        Their events travel on the backfill lane: thousands may go at once, and no live post should wait for them.
        """
        before = datetime.now(UTC) - timedelta(days=term.days)
        await self._erasures.hold_off_intake()
        ids = await self._expired.lock_expired(term.source_id, before, limit)
        if ids:
            wish = Wish("retention", f"Posts of this source are kept for {term.days} days.", BACKFILL)
            await self._erasures.erase_posts(ids, wish)
        return len(ids)


async def list_workspaces(session: Session) -> list[str]:
    """Every workspace that has posts, for a session that sees all of them."""
    return await RetentionRepository(session).workspaces()
