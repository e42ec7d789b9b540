"""The frozen segments that vote on new posts, kept in memory for the versions used last."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np

from kit.db import Session
from segmentation.memberships.repository import MembershipRepository, Voter
from segmentation.models import Membership, Segmentation
from segmentation.segments.repository import SegmentRepository
from segmentation.topics.frozen import FrozenTopics, stored_vectors
from segmentation.topics.partition import NONE
from segmentation.topics.reference import Reference
from segmentation.topics.space import Space


@dataclass(frozen=True)
class Electorate:
    """A published segmentation as it assigns posts; segments are numbered in the order of `segment_ids`.

    It outlives the session that read it and therefore holds no row.
    """

    workspace: str
    segmentation_id: UUID
    model: str
    segment_ids: Sequence[UUID]
    topics: FrozenTopics

    @classmethod
    def of(cls, segmentation: Segmentation, segment_ids: Sequence[UUID], topics: FrozenTopics) -> "Electorate":
        """The electorate of a segmentation."""
        return cls(segmentation.workspace_id, segmentation.id, segmentation.model, segment_ids, topics)

    async def elect(self, voters: Sequence[Voter]) -> list[Membership]:
        """A membership for each post; one that another encoder has read is not comparable and abstains."""
        return await asyncio.to_thread(self._elect, voters)

    def _elect(self, voters: Sequence[Voter]) -> list[Membership]:
        dimensions = len(self.topics.space.centre)
        comparable = [voter.model == self.model and len(voter.vector) == 2 * dimensions for voter in voters]
        segments, strengths = np.full(len(voters), NONE), np.zeros(len(voters))
        if any(comparable):
            vectors = [voter.vector for voter, is_comparable in zip(voters, comparable, strict=True) if is_comparable]
            votes = self.topics.vote(stored_vectors(vectors, dimensions))
            segments[comparable], strengths[comparable] = votes.segments, votes.strengths
        return [
            self.membership(voter.id, voter.revision, segment, strength)
            for voter, segment, strength in zip(voters, segments.tolist(), strengths.tolist(), strict=True)
        ]

    def membership(
        self, post_id: UUID, revision: int, segment: int, strength: float, is_reference: bool = False
    ) -> Membership:
        """The tie of a post to a segment by its number, or to none."""
        return Membership(
            workspace_id=self.workspace,
            segmentation_id=self.segmentation_id,
            post_id=post_id,
            segment_id=None if segment == NONE else self.segment_ids[segment],
            strength=strength,
            revision=revision,
            is_reference=is_reference,
        )


@dataclass
class References:
    """The electorates used last, at most `capacity` of them; one whose voter was erased is read anew."""

    capacity: int
    _kept: OrderedDict[tuple[UUID, int], Electorate] = field(default_factory=OrderedDict)

    async def of(self, session: Session, segmentation: Segmentation) -> Electorate:
        """The electorate of a published segmentation."""
        key = segmentation.id, segmentation.reference_revision
        if key not in self._kept:
            self._kept[key] = await _read(session, segmentation)
        self._kept.move_to_end(key)
        while len(self._kept) > self.capacity:
            self._kept.popitem(last=False)
        return self._kept[key]


async def _read(session: Session, segmentation: Segmentation) -> Electorate:
    segments = await SegmentRepository(session).list_of(segmentation.id, after=-1)
    ids = [segment.id for segment in segments]
    voters = await MembershipRepository(session).reference(segmentation)
    topics = await asyncio.to_thread(_thaw, segmentation, ids, voters)
    return Electorate.of(segmentation, ids, topics)


def _thaw(
    segmentation: Segmentation, segment_ids: Sequence[UUID], voters: Sequence[tuple[UUID, bytes]]
) -> FrozenTopics:
    space = Space(np.frombuffer(segmentation.centre, dtype="<f4"))
    numbers = {segment_id: number for number, segment_id in enumerate(segment_ids)}
    vectors = stored_vectors([vector for _, vector in voters], len(space.centre))
    reference = Reference(
        vectors=space.place(vectors),
        segments=np.array([numbers[segment_id] for segment_id, _ in voters], dtype=np.intp),
        neighbours=segmentation.neighbours,
        floor=segmentation.floor,
        smallest_vote=segmentation.smallest_vote,
    )
    return FrozenTopics(space, reference)
