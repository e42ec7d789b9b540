"""Removes everything that was derived from erased posts."""

from collections.abc import Sequence
from uuid import UUID

from insight.erasures.repository import TombstoneRepository
from insight.memberships.repository import MembershipRepository
from insight.quotes.repository import QuoteRepository
from insight.readings.marks import mark_due
from insight.rollups.hours import touched_studies
from insight.rollups.repository import RollupRepository
from insight.rollups.service import count_changes
from insight.settings import InsightSettings
from kit.db import Session
from kit.erasures.service import ErasedPosts, ErasureRecords
from kit.events import Received


async def erase_posts(session: Session, batch: Sequence[Received], settings: InsightSettings) -> None:
    """Applies a batch of `PostErased` and `AuthorErased`: what was derived goes, and a mark keeps it away.

    A webhook that waits to be sent holds no quote: its payload is made when it leaves. No event of this service
    tells of a single post; those that name one as evidence are found by the purge.
    """
    erased = ErasedPosts.of(batch)
    if erased.moments:
        await TombstoneRepository(session).bury(list(erased.moments.items()))
        await _remove(session, batch, sorted(erased.moments), settings)
    await ErasureRecords(session).apply(erased, ())


async def _remove(
    session: Session, batch: Sequence[Received], posts: Sequence[UUID], settings: InsightSettings
) -> None:
    """Drops facts, counts, memberships, exemplars and quotes; the studies that lose some are read anew."""
    changes = await RollupRepository(session).drop_facts(posts)
    await count_changes(session, changes)
    await MembershipRepository(session).detach(posts)
    await QuoteRepository(session).drop_posts(posts)
    await mark_due(session, dict.fromkeys(touched_studies(changes), batch[-1]), settings)
