"""What becomes of posts that ingest collected, changed or erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from enrichment.enrichments.enrichment import Enrichment, Origin, digest
from enrichment.enrichments.repository import Coverage, EnrichmentRepository
from enrichment.readings.reading import Reading
from kit.db import Session
from kit.errors import NotFound
from kit.events import Received
from kit.outbox import emit
from pourquoi.enrichment.v1.events_pb2 import PostEnriched
from pourquoi.ingest.v1.events_pb2 import Post


@dataclass(frozen=True)
class Arrival:
    """A revision of a post, and the message that brought it."""

    post: Post
    message: Received

    @property
    def post_id(self) -> UUID:
        """Id of the post; raises `ValueError` when it is none."""
        return UUID(self.post.id)


@dataclass
class Plan:
    """What a batch of arrivals asks for: texts to read, and posts that changed in everything but the text."""

    unread: list[Arrival] = field(default_factory=list)
    same_text: dict[UUID, Arrival] = field(default_factory=dict)

    @property
    def texts(self) -> list[str]:
        """The texts to read."""
        return [arrival.post.text for arrival in self.unread]


class EnrichmentService:
    """Enrichments of the workspace of a session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._enrichments = EnrichmentRepository(session)

    async def plan(self, arrivals: Sequence[Arrival], model: str) -> Plan:
        """Sorts out what is stale, erased, or known with the same text by the same model."""
        newest = _newest(arrivals)
        known = await self._enrichments.list_known(newest.keys())
        erased = await self._enrichments.list_erased(newest.keys())
        plan = Plan()
        for post_id, arrival in newest.items():
            before = known.get(post_id)
            if post_id in erased or (before and before.revision >= arrival.post.revision):
                continue
            if before and (before.model, before.text_digest) == (model, digest(arrival.post.text)):
                plan.same_text[post_id] = arrival
            else:
                plan.unread.append(arrival)
        return plan

    async def carry_out(self, plan: Plan, readings: Sequence[Reading], model: str) -> None:
        """Stores the readings of the plan's texts, and tells what really changed."""
        before = {known.origin.post_id: known for known in await self._list(plan.same_text)}
        arrivals = {arrival.post_id: arrival for arrival in plan.unread} | plan.same_text
        enrichments = [
            Enrichment(Origin.of(arrival.post), arrival.post.revision, digest(arrival.post.text), model, reading)
            for arrival, reading in zip(plan.unread, readings, strict=True)
        ]
        for post_id, known in before.items():
            post = plan.same_text[post_id].post
            enrichments.append(known.moved(Origin.of(post), post.revision))
        written = await self._enrichments.store(enrichments) if enrichments else set()
        for enrichment in enrichments:
            post_id = enrichment.origin.post_id
            is_changed = post_id not in before or before[post_id].origin != enrichment.origin
            if post_id in written and is_changed:
                message = arrivals[post_id].message
                event = PostEnriched(enrichment=enrichment.to_message())
                emit(self._session, event, lane=message.lane, cause=message)

    async def _list(self, posts: Mapping[UUID, Arrival]) -> list[Enrichment]:
        return await self._enrichments.list_by_ids(list(posts)) if posts else []

    async def erase(self, moments: Mapping[UUID, datetime]) -> None:
        """Removes what is known of the posts, for good."""
        await self._enrichments.erase(moments)

    async def get(self, post_id: UUID) -> Enrichment:
        """The enrichment of a post; raises `NotFound`."""
        found = await self._enrichments.list_by_ids([post_id])
        if not found:
            raise NotFound(f"No post with the id {post_id} is enriched in this workspace.")
        return found[0]

    async def list_by_ids(self, ids: Sequence[UUID]) -> list[Enrichment]:
        """The enrichments in the order of the ids; unknown ids are left out."""
        return await self._enrichments.list_by_ids(ids)

    async def coverage(self, study_id: UUID) -> Coverage:
        """How much of a study is enriched."""
        return await self._enrichments.coverage(study_id)


def _newest(arrivals: Sequence[Arrival]) -> dict[UUID, Arrival]:
    """The highest revision of each post."""
    newest: dict[UUID, Arrival] = {}
    for arrival in arrivals:
        known = newest.get(arrival.post_id)
        if known is None or known.post.revision < arrival.post.revision:
            newest[arrival.post_id] = arrival
    return newest
