"""What becomes of posts that ingest collected, changed or erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from enrichment.annotations.repository import AnnotationRepository
from enrichment.codebooks.codings.service import CodingService
from enrichment.codebooks.labels.service import LabelService
from enrichment.codebooks.training.annotated import AnnotatedService
from enrichment.enrichments.enrichment import Enrichment, Wording
from enrichment.enrichments.messages import to_message
from enrichment.enrichments.plan import Arrival, Plan, Worded, newest_of
from enrichment.enrichments.repository import Coverage, EnrichmentRepository
from enrichment.entities.service import StudyNameService
from enrichment.readings.reading import ReaderVersion, Reading
from enrichment.studies.service import StudyService
from kit.db import Session
from kit.erasures.service import ErasedPosts, ErasureRecords
from kit.errors import NotFound
from kit.outbox import emit
from pourquoi.enrichment.v1.events_pb2 import AnnotationRecorded, PostEnriched


class EnrichmentService:
    """Enrichments of the workspace of a session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._enrichments = EnrichmentRepository(session)

    async def plan(self, arrivals: Sequence[Arrival], version: ReaderVersion) -> Plan:
        """Sorts out what is stale, erased, known, or said before by this post or another.

        What another reader has read of the same revision is to be read again.
        """
        newest = newest_of(arrivals)
        known = await self._enrichments.list_known(newest.keys())
        erased = await self._enrichments.list_erased(newest.keys())
        to_read: dict[UUID, Worded] = {}
        same_text: dict[UUID, Arrival] = {}
        for post_id, arrival in newest.items():
            before = known.get(post_id)
            if post_id in erased or (before and before.covers(arrival.post.revision, version)):
                continue
            wording = Wording.of(arrival.post.text)
            if before and (before.version, before.text_digest) == (version, wording.text_digest):
                same_text[post_id] = arrival
            else:
                to_read[post_id] = Worded(arrival, wording)
        return await self._without_copies(to_read, same_text, version)

    async def _without_copies(
        self, to_read: Mapping[UUID, Worded], same_text: Mapping[UUID, Arrival], version: ReaderVersion
    ) -> Plan:
        """Of posts that say the same only one is read, and none where one was before."""
        said = {post_id: each.wording.spoken_digest for post_id, each in to_read.items()}
        sources = await self._enrichments.list_sources({*said.values()}, version)
        # The first post of each, since a later one would take its place.
        first = {digest: post_id for post_id, digest in reversed(said.items())}
        unread = {
            post_id: each
            for post_id, each in to_read.items()
            if said[post_id] not in sources and first[said[post_id]] == post_id
        }
        copies = {post_id: each for post_id, each in to_read.items() if post_id not in unread}
        return Plan(unread, copies, same_text, sources)

    async def carry_out(self, plan: Plan, readings: Sequence[Reading], version: ReaderVersion) -> None:
        """Stores the readings of the plan's texts, and tells what really changed."""
        names, texts = await StudyNameService(self._session).all(), plan.wordings
        read = [
            each.with_reading(names.named(texts[each.origin.post_id], each.origin.study_ids, each.reading))
            for each in plan.enriched(readings, version)
        ]
        known = {each.origin.post_id: each for each in await self._enrichments.list_by_ids(list(plan.same_text))}
        moved = [before.moved_to(plan.same_text[post_id].post) for post_id, before in known.items()]
        current = await StudyService(self._session).bind(read + moved)
        coded = await CodingService(self._session).put_codes(current, plan.wordings)
        written = await self._enrichments.store(coded)
        for enrichment in coded:
            before = known.get(enrichment.origin.post_id)
            is_changed = before is None or (before.origin, before.reading) != (enrichment.origin, enrichment.reading)
            if is_changed and enrichment.origin.post_id in written:
                self._publish(enrichment, plan.arrival_of(enrichment.origin.post_id))

    def _publish(self, enrichment: Enrichment, arrival: Arrival) -> None:
        event = PostEnriched(enrichment=to_message(enrichment))
        emit(self._session, event, lane=arrival.lane, cause=arrival.cause)

    async def erase(self, erased: ErasedPosts) -> None:
        """Removes what is known of the posts, for good, and what waits to be published of them."""
        if erased.moments:
            await self._enrichments.erase(erased.moments)
            await AnnotatedService(self._session).forget(erased.moments)
            await AnnotationRepository(self._session).erase(erased.moments)
            await LabelService(self._session).erase(erased.moments.keys())
        await ErasureRecords(self._session).apply(erased, (PostEnriched, AnnotationRecorded))

    async def get(self, post_id: UUID) -> Enrichment:
        """The enrichment of a post; raises `NotFound`."""
        found = await self._enrichments.list_by_ids([post_id])
        if not found:
            raise NotFound(f"No post with the id {post_id} is enriched in this workspace.")
        return found[0]

    async def list_by_ids(self, ids: Sequence[UUID]) -> list[Enrichment]:
        """The enrichments in the order of the ids; unknown ids are left out."""
        return await self._enrichments.list_by_ids(ids)

    async def count(self) -> int:
        """How many posts are enriched."""
        return await self._enrichments.count()

    async def coverage(self, study_id: UUID) -> Coverage:
        """How much of a study is enriched."""
        return await self._enrichments.coverage(study_id)
