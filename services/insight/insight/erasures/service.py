"""Removes everything that was derived from erased posts."""

from collections.abc import Sequence
from datetime import UTC
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
from kit.events import Received
from pourquoi.ingest.v1.events_pb2 import PostErased


async def erase_posts(session: Session, batch: Sequence[Received], settings: InsightSettings) -> None:
    """Applies a batch of `PostErased`: facts, counts, memberships and quotes go, and a mark keeps them away.

    A webhook that waits to be sent holds no quote: its payload is made when it leaves.
    """
    erased = {UUID(event.post_id): event.erased_at.ToDatetime(tzinfo=UTC) for event in _events(batch)}
    posts = sorted(erased)
    await TombstoneRepository(session).bury([(post_id, erased[post_id]) for post_id in posts])
    changes = await RollupRepository(session).drop_facts(posts)
    await count_changes(session, changes)
    await MembershipRepository(session).detach(posts)
    await QuoteRepository(session).drop_posts(posts)
    await mark_due(session, dict.fromkeys(touched_studies(changes), batch[-1]), settings)


def _events(batch: Sequence[Received]) -> list[PostErased]:
    return [each.event for each in batch if isinstance(each.event, PostErased)]
