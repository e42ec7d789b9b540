"""What becomes of posts that ingest collected, changed or erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from enrichment.enrichments.enrichment import Enrichment, digest
from enrichment.enrichments.messages import to_message
from enrichment.enrichments.repository import Coverage, EnrichmentRepository
from enrichment.entities.service import StudyNameService
from enrichment.readings.reading import ReaderVersion, Reading
from kit.db import Session
from kit.erasures.service import ErasedPosts, ErasureRecords
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

    @property
    def study_ids(self) -> list[UUID]:
        """Ids of its studies; raises `ValueError` when one is none."""
        return list(map(UUID, self.post.study_ids))


@dataclass(frozen=True)
class Plan:
    """What a batch of arrivals asks for, by post: texts to read, and changes of everything but the text.

    `copied` are posts with exactly the text of one that was read before, and its reading. Nearly the same text is not
    enough: statements are spans of it, and a link or a handle in front moves them all.
    """

    unread: Mapping[UUID, Arrival]
    same_text: Mapping[UUID, Arrival]
    copied: Mapping[UUID, tuple[Arrival, Reading]]

    @property
    def texts(self) -> list[str]:
        """The texts to read."""
        return [arrival.post.text for arrival in self.unread.values()]

    @property
    def is_empty(self) -> bool:
        """True when everything that arrived was known or erased."""
        return not (self.unread or self.same_text or self.copied)

    def message_of(self, post_id: UUID) -> Received:
        """The message that brought a post of this plan."""
        if post_id in self.copied:
            return self.copied[post_id][0].message
        return (self.unread.get(post_id) or self.same_text[post_id]).message


class EnrichmentService:
    """Enrichments of the workspace of a session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._enrichments = EnrichmentRepository(session)

    async def plan(self, arrivals: Sequence[Arrival], version: ReaderVersion) -> Plan:
        """Sorts out what is stale, erased, or known: the same text by the same reader, of itself or of its first."""
        newest = _newest(arrivals)
        known = await self._enrichments.list_known(newest.keys())
        erased = await self._enrichments.list_erased(newest.keys())
        unread, same_text = {}, {}
        for post_id, arrival in newest.items():
            before = known.get(post_id)
            if post_id in erased or (before and before.revision >= arrival.post.revision):
                continue
            if before and (before.version, before.text_digest) == (version, digest(arrival.post.text)):
                same_text[post_id] = arrival
            else:
                unread[post_id] = arrival
        copied = await self._copied(unread, version)
        return Plan({key: unread[key] for key in unread if key not in copied}, same_text, copied)

    async def _copied(
        self, unread: Mapping[UUID, Arrival], version: ReaderVersion
    ) -> dict[UUID, tuple[Arrival, Reading]]:
        """The posts whose text was read before by the same reader, in the first post of their group of copies."""
        firsts = {
            key: UUID(each.post.copy_of) for key, each in unread.items() if each.post.copy_of not in ("", each.post.id)
        }
        stored = {each.origin.post_id: each for each in await self._enrichments.list_by_ids(list({*firsts.values()}))}
        return {
            key: (unread[key], stored[first].reading)
            for key, first in firsts.items()
            if first in stored
            and (stored[first].version, stored[first].text_digest) == (version, digest(unread[key].post.text))
        }

    async def carry_out(self, plan: Plan, readings: Sequence[Reading], version: ReaderVersion) -> None:
        """Stores the readings of the plan's texts, and tells what really changed."""
        names = await StudyNameService(self._session).all()
        read = [
            Enrichment.of(arrival.post, version, names.named(arrival.post.text, arrival.study_ids, reading))
            for arrival, reading in [*zip(plan.unread.values(), readings, strict=True), *plan.copied.values()]
        ]
        known = {each.origin.post_id: each for each in await self._enrichments.list_by_ids(list(plan.same_text))}
        moved = [before.moved_to(plan.same_text[post_id].post) for post_id, before in known.items()]
        written = await self._enrichments.store(read + moved)
        for enrichment in read + moved:
            before = known.get(enrichment.origin.post_id)
            is_changed = before is None or before.origin != enrichment.origin
            if is_changed and enrichment.origin.post_id in written:
                self._publish(enrichment, plan.message_of(enrichment.origin.post_id))

    def _publish(self, enrichment: Enrichment, message: Received) -> None:
        event = PostEnriched(enrichment=to_message(enrichment))
        emit(self._session, event, lane=message.lane, cause=message)

    async def erase(self, erased: ErasedPosts) -> None:
        """Removes what is known of the posts, for good, and what waits to be published of them."""
        if erased.moments:
            await self._enrichments.erase(erased.moments)
        await ErasureRecords(self._session).apply(erased, (PostEnriched,))

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
