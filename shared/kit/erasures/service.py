"""What every service does about an erasure beside removing its own rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self
from uuid import UUID

from google.protobuf.message import Message

from kit.db import Session
from kit.erasures.repository import ErasureRecordRepository
from kit.erasures.schemas import ErasureRecord
from kit.errors import NotFound
from kit.events import Received, subject_of
from kit.events.naming import LANES
from pourquoi.ingest.v1.events_pb2 import AuthorErased, PostErased


@dataclass(frozen=True)
class ErasedPosts:
    """What a batch of events tells of erasures: when each post went, and which posts each erasure names."""

    moments: Mapping[UUID, datetime]
    by_erasure: Mapping[UUID, Sequence[UUID]]

    @classmethod
    def of(cls, batch: Sequence[Received]) -> Self:
        """Reads `PostErased` and `AuthorErased`; other events are passed over.

        Every post of an erased author is named by a `PostErased` of its own, so that an `AuthorErased` asks for
        nothing but the record, which confirms an erasure also where nobody held a post.
        """
        moments: dict[UUID, datetime] = {}
        by_erasure: dict[UUID, list[UUID]] = {}
        for event in (each.event for each in batch):
            if not isinstance(event, PostErased | AuthorErased):
                continue
            named = by_erasure.setdefault(UUID(event.erasure_id), []) if event.erasure_id else []
            if isinstance(event, PostErased):
                post_id = UUID(event.post_id)
                moments[post_id] = event.erased_at.ToDatetime(tzinfo=UTC)
                named.append(post_id)
        return cls(moments, by_erasure)


class ErasureRecords:
    """Records of erasures in the workspace of a session."""

    def __init__(self, session: Session) -> None:
        self._records = ErasureRecordRepository(session)

    async def apply(self, erased: ErasedPosts, own_events: Sequence[type[Message]]) -> None:
        """Records the erasures; stored answers and unsent events that tell of one of the posts go.

        `own_events` are those events of this service that tell of a single post. Call it after the posts have been
        marked as erased: from then on nothing about them is emitted any more.
        """
        if erased.moments:
            posts = list(erased.moments)
            subjects = [subject_of(event, lane) for event in own_events for lane in LANES]
            await self._records.forget_unsent(posts, subjects)
            await self._records.forget_answers(posts)
        if erased.by_erasure:
            await self._records.note(erased.by_erasure)

    async def get(self, erasure_id: UUID) -> ErasureRecord:
        """One record; raises `NotFound` while the erasure has not arrived here."""
        found = await self.find([erasure_id])
        if not found:
            raise NotFound(f"No erasure with the id {erasure_id} has been applied here.")
        return found[erasure_id]

    async def find(self, ids: Sequence[UUID]) -> dict[UUID, ErasureRecord]:
        """The records of these erasures by id; those that did not arrive here are left out."""
        return {row.id: ErasureRecord.model_validate(row) for row in await self._records.find(ids)}

    async def list_newest(self, before: UUID | None, limit: int) -> list[ErasureRecord]:
        """The newest records, older than `before` when it is given."""
        return [ErasureRecord.model_validate(row) for row in await self._records.list_newest(before, limit)]
