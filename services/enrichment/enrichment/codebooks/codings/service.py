"""Coding by own codebooks: of posts on their way into the database, and of those that are there."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from enrichment.codebooks.codings.coding import OwnCoder, Texts, put_codes
from enrichment.codebooks.codings.repository import CodebookHead, CodingRepository
from enrichment.codebooks.heads import Head
from enrichment.enrichments.enrichment import Enrichment, digest
from enrichment.enrichments.messages import to_message
from enrichment.enrichments.repository import EnrichmentRepository
from kit.db import Session
from kit.errors import Unavailable
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
class Next:
    """Stored posts that are to be coded anew, none behind the last; `needs_texts` where vectors are not enough."""

    ids: Sequence[UUID]
    needs_texts: bool


def _is_at_hand(enrichment: Enrichment, texts: Texts) -> bool:
    text = texts.get(enrichment.origin.post_id)
    return text is not None and digest(text) == enrichment.wording.text_digest


class CodingService:
    """Own codebooks of the session's workspace, at work."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._codings = CodingRepository(session)

    async def put_codes(self, enrichments: Sequence[Enrichment], texts: Texts) -> list[Enrichment]:
        """The enrichments with the codes of the active codebooks; call it before they are stored."""
        if not enrichments:
            return []
        heads = await self._codings.list_heads()
        return await self._put(enrichments, texts, heads, await self._coders(heads))

    async def list_next(self, after: UUID | None, limit: int) -> Next:
        """The next stored posts by id, and whether coding them takes their texts."""
        coders = await self._coders(await self._codings.list_heads())
        ids = await self._codings.list_next_posts(after, limit)
        return Next(ids, any(each.head.reads_texts for each in coders))

    async def recode(self, ids: Sequence[UUID], texts: Texts | None) -> None:
        """Codes stored posts anew and publishes those that have changed.

        Where texts are given, a post whose text is not there, or is another by now, is left to its next revision.
        """
        heads = await self._codings.list_heads()
        coders = await self._coders(heads)
        if texts is None and any(each.head.reads_texts for each in coders):
            raise Unavailable("A head that reads texts has come meanwhile; the job starts again.")
        posts = EnrichmentRepository(self._session)
        await posts.hold_off_erasures()
        await self._codings.lock_posts(ids)
        before = await posts.list_by_ids(ids)
        if texts is not None:
            before = [each for each in before if _is_at_hand(each, texts)]
        coded = await self._put(before, texts or {}, heads, coders)
        changed = [now for was, now in zip(before, coded, strict=True) if now.reading != was.reading]
        if changed:
            await self._codings.set_codes(changed)
        for enrichment in changed:
            emit(self._session, PostEnriched(enrichment=to_message(enrichment)), lane=BACKFILL)

    async def _put(
        self,
        enrichments: Sequence[Enrichment],
        texts: Texts,
        heads: Sequence[CodebookHead],
        coders: Sequence[OwnCoder],
    ) -> list[Enrichment]:
        return put_codes(enrichments, texts, coders, {each.name for each in heads}) if heads else list(enrichments)

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
