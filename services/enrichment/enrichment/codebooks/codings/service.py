"""Coding by own codebooks: of posts on their way into the database, and of those that are there."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from enrichment.codebooks.codings.coding import OwnCoder, put_codes
from enrichment.codebooks.codings.repository import CodebookHead, CodingRepository
from enrichment.codebooks.heads import Head
from enrichment.enrichments.enrichment import Enrichment
from enrichment.enrichments.messages import to_message
from enrichment.enrichments.repository import EnrichmentRepository
from kit.db import Session
from kit.events import BACKFILL
from kit.outbox import emit
from pourquoi.enrichment.v1.events_pb2 import PostEnriched

_MOST_HEADS = 256


class HeadCache:
    """Heads by id; a head never changes, so that one that is here is always right."""

    def __init__(self) -> None:
        self._heads: OrderedDict[UUID, Head] = OrderedDict()

    def get(self, head_id: UUID) -> Head | None:
        """A head, if it was used lately."""
        if head_id in self._heads:
            self._heads.move_to_end(head_id)
        return self._heads.get(head_id)

    def put(self, head_id: UUID, head: Head) -> None:
        """Keeps a head, in place of the one that nobody has used for longest."""
        self._heads[head_id] = head
        while len(self._heads) > _MOST_HEADS:
            self._heads.popitem(last=False)


# One per process: sessions come and go, heads stay.
_CACHE = HeadCache()


@dataclass(frozen=True)
class Step:
    """A batch of stored posts that was coded anew: the last of them, and how many."""

    last: UUID
    posts: int


class CodingService:
    """Own codebooks of the session's workspace, at work."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._codings = CodingRepository(session)

    async def put_codes(self, enrichments: Sequence[Enrichment]) -> list[Enrichment]:
        """The enrichments with the codes of the active codebooks; call it before they are stored."""
        return await self._put(enrichments, await self._codings.list_heads()) if enrichments else []

    async def recode_next(self, after: UUID | None, limit: int) -> Step | None:
        """Codes the next stored posts anew and publishes those that have changed; None behind the last."""
        heads = await self._codings.list_heads()
        posts = EnrichmentRepository(self._session)
        await posts.hold_off_erasures()
        ids = await self._codings.lock_next_posts(after, limit)
        if not ids:
            return None
        before = await posts.list_by_ids(ids)
        coded = await self._put(before, heads)
        changed = [now for was, now in zip(before, coded, strict=True) if now.reading != was.reading]
        if changed:
            await self._codings.set_codes(changed)
        for enrichment in changed:
            emit(self._session, PostEnriched(enrichment=to_message(enrichment)), lane=BACKFILL)
        return Step(ids[-1], len(ids))

    async def _put(self, enrichments: Sequence[Enrichment], heads: Sequence[CodebookHead]) -> list[Enrichment]:
        if not heads:
            return list(enrichments)
        return put_codes(enrichments, await self._coders(heads), {each.name for each in heads})

    async def _coders(self, heads: Sequence[CodebookHead]) -> list[OwnCoder]:
        ids = [each.head_id for each in heads if each.head_id and each.is_active]
        loaded = {head_id: head for head_id in ids if (head := _CACHE.get(head_id))}
        if missing := [head_id for head_id in ids if head_id not in loaded]:
            for head_id, stored in (await self._codings.load_heads(missing)).items():
                loaded[head_id] = Head.load(stored)
                _CACHE.put(head_id, loaded[head_id])
        return [
            OwnCoder(each.name, each.version, each.study_id, each.unit, each.model, loaded[each.head_id])
            for each in heads
            if each.head_id in loaded and each.version and each.model
        ]
