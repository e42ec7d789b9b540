"""Publication of a segmentation: rows and events in one transaction, no post lost that arrives meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from kit.db import Session, new_id
from kit.outbox import emit
from pourquoi.segmentation.v1.events_pb2 import SegmentationPublished
from segmentation.memberships.messages import MOST_IN_EVENT, membership_events
from segmentation.memberships.references import Electorate
from segmentation.memberships.repository import MembershipRepository
from segmentation.models import Membership, Segment, Segmentation
from segmentation.segmentations.corpus import Corpus
from segmentation.segmentations.messages import segmentation_message
from segmentation.segmentations.repository import SegmentationRepository
from segmentation.topics.topics import Topics

_CHUNK = 2_000


@dataclass(frozen=True)
class Draft:
    """A computed partition that waits for publication; `id` is the job's."""

    id: UUID
    study_id: UUID
    kind: str
    corpus: Corpus
    topics: Topics


async def publish(session: Session, draft: Draft) -> Segmentation:
    """Publishes a draft as the next version of its study.

    The bulk goes first. Then, for a moment, no post may arrive or be erased: what changed since the draft was
    read is assigned anew, what is new is assigned, and the events tell of exactly what is stored.
    """
    segmentation = await _add_segmentation(session, draft)
    segments = _segments(session, draft)
    session.add_all(segments)
    await session.flush()
    electorate = Electorate.of(segmentation, [segment.id for segment in segments], draft.topics.frozen)
    await _put_members(session, draft, electorate)
    await _assign_others(session, segmentation, electorate)
    memberships = MembershipRepository(session)
    await memberships.hold_off_arrivals()
    gone = await memberships.drop_stale(segmentation)
    await _assign_others(session, segmentation, electorate)
    await _count(session, segmentation, segments, gone)
    await _announce(session, segmentation, segments)
    return segmentation


async def _add_segmentation(session: Session, draft: Draft) -> Segmentation:
    topics, frozen = draft.topics, draft.topics.frozen
    segmentation = Segmentation(
        workspace_id=session.workspace,
        id=draft.id,
        study_id=draft.study_id,
        kind=draft.kind,
        version=await SegmentationRepository(session).next_version(draft.study_id, draft.kind),
        model=draft.corpus.model,
        posts=0,
        abstained=0,
        stability=topics.stability,
        resolution=topics.resolution,
        centre=frozen.space.centre.astype("<f4").tobytes(),
        floor=frozen.reference.floor,
        smallest_vote=frozen.reference.smallest_vote,
        neighbours=frozen.reference.neighbours,
        reference_revision=0,
        created_at=datetime.now(UTC),
    )
    session.add(segmentation)
    return segmentation


def _segments(session: Session, draft: Draft) -> list[Segment]:
    return [
        Segment(
            workspace_id=session.workspace,
            id=new_id(),
            segmentation_id=draft.id,
            number=number,
            kind=draft.kind,
            label=topic.label,
            keyphrases=list(topic.keyphrases),
            size=topic.size,
            exemplar_post_ids=[draft.corpus.ids[row] for row in topic.exemplars],
            stability=topic.stability,
        )
        for number, topic in enumerate(draft.topics.topics)
    ]


async def _put_members(session: Session, draft: Draft, electorate: Electorate) -> None:
    """Stores the memberships that were computed."""
    corpus, votes = draft.corpus, draft.topics.votes
    voting = set(draft.topics.reference.tolist())
    rows = list(zip(corpus.ids, corpus.revisions, votes.segments.tolist(), votes.strengths.tolist(), strict=True))
    for start in range(0, len(rows), _CHUNK):
        chunk = [
            electorate.membership(post_id, revision, segment, strength, is_reference=row in voting)
            for row, (post_id, revision, segment, strength) in enumerate(rows[start : start + _CHUNK], start)
        ]
        await MembershipRepository(session).put(chunk)


async def _assign_others(session: Session, segmentation: Segmentation, electorate: Electorate) -> None:
    """Lets the posts of the study that have no membership yet vote for one."""
    memberships = MembershipRepository(session)
    while voters := await memberships.missing(segmentation, _CHUNK):
        await memberships.put(await electorate.elect(voters))


async def _count(session: Session, segmentation: Segmentation, segments: list[Segment], gone: set[UUID]) -> None:
    """Counts what is stored, and puts the segments in the order of their sizes."""
    sizes = await MembershipRepository(session).sizes(segmentation.id)
    segmentation.posts = sum(sizes.values())
    segmentation.abstained = sizes.get(None, 0)
    for segment in segments:
        segment.size = sizes.get(segment.id, 0)
        segment.exemplar_post_ids = [post_id for post_id in segment.exemplar_post_ids if post_id not in gone]
    segments.sort(key=lambda segment: -segment.size)
    for number, segment in enumerate(segments):
        segment.number = number
    await session.flush()


async def _announce(session: Session, segmentation: Segmentation, segments: Sequence[Segment]) -> None:
    chunk: Sequence[Membership]
    async for chunk in MembershipRepository(session).stream(segmentation.id, MOST_IN_EVENT):
        for event in membership_events(segmentation, chunk):
            emit(session, event)
    emit(session, SegmentationPublished(segmentation=segmentation_message(segmentation, segments)))
