"""What enrichment does with the events of ingest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from enrichment.enrichments.passes import PostReader
from enrichment.enrichments.plan import Arrival
from enrichment.enrichments.service import EnrichmentService
from enrichment.readings.desk import ReadingDesk
from enrichment.studies.service import StudyService
from kit.db import Database
from kit.erasures.service import ErasedPosts
from kit.events import BACKFILL, LIVE, Consumer, Received, by_workspace
from pourquoi.ingest.v1.events_pb2 import AuthorErased, PostCollected, PostErased, PostUpdated, StudyChanged


@dataclass(frozen=True)
class PostConsumer:
    """Reads posts in batches.

    Of each lane one batch more is in hand than can be read at once, so that no reader waits for the database. No live
    post waits until a batch of backfill is stored: it only waits for its turn at the models.
    """

    database: Database
    desk: ReadingDesk
    batch_posts: int

    @property
    def consumers(self) -> list[Consumer]:
        """A consumer for each lane, as data."""
        types = (PostCollected, PostUpdated, PostErased, AuthorErased)
        hands = self.desk.readers + 1
        return [
            Consumer("enrichment", types, self.handle, self.batch_posts, hands, (lane,)) for lane in (LIVE, BACKFILL)
        ]

    async def handle(self, batch: Sequence[Received]) -> None:
        """Applies a batch; erasures go first, because nothing in it may bring an erased post back."""
        for workspace, messages in by_workspace(batch).items():
            await self._erase(
                workspace, [each for each in messages if isinstance(each.event, PostErased | AuthorErased)]
            )
            arrivals = [
                Arrival(each.event.post, each.lane, each)
                for each in messages
                if isinstance(each.event, PostCollected | PostUpdated)
            ]
            if arrivals:
                await PostReader(self.database, self.desk).enrich(workspace, arrivals)

    async def _erase(self, workspace: str, messages: Sequence[Received]) -> None:
        if messages:
            async with self.database.session(workspace) as session:
                await EnrichmentService(session).erase(ErasedPosts.of(messages))


@dataclass(frozen=True)
class StudyConsumer:
    """Keeps up with what studies ask for, apart from the posts: nothing waits for a model."""

    database: Database

    @property
    def consumer(self) -> Consumer:
        """The consumer, as data."""
        return Consumer("enrichment-studies", (StudyChanged,), self.handle)

    async def handle(self, batch: Sequence[Received]) -> None:
        """Applies a batch."""
        for workspace, messages in by_workspace(batch).items():
            async with self.database.session(workspace) as session:
                await StudyService(session).learn(
                    each.event.study for each in messages if isinstance(each.event, StudyChanged)
                )
