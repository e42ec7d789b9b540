"""Stores what a connector gives: posts, deletions and the cursor behind them, in transactions of bounded size."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

from ingest.collection.counts import Counts
from ingest.copies.finder import CopyFinder
from ingest.posts.destinations import Destination
from ingest.posts.intake import Intake, PostIntake
from ingest.posts.schemas import IntakeReport
from ingest.posts.submissions import Deletion
from ingest.settings import IngestSettings
from ingest.sources.connector import Batch, Connector, Cursor, SourceRefused, SourceUnavailable
from kit.db import Database, Session

Keep = Callable[[Session, Counts, Cursor | None], Awaitable[None]]


@dataclass(frozen=True)
class BatchStore:
    """Takes batches in for one source.

    `keep` ends every transaction: it counts what was stored, keeps the cursor if one is given, and raises when this
    collection must not go on. A batch that is larger than a transaction may be moves the cursor with its last one,
    so that the cursor is never ahead of what is stored.
    """

    database: Database
    settings: IngestSettings
    copies: CopyFinder
    workspace: str
    destination: Destination
    lane: str
    keep: Keep

    async def store(self, batch: Batch) -> None:
        """Stores one batch."""
        *firsts, last = _slices(batch.items, self.settings.chunk_posts)
        for items in firsts:
            await self._store(items, (), None)
        if batch.deletions:
            # Those who store posts and those who erase wait for one another, so that each has its own transaction.
            await self._store(last, (), None)
            last = ()
        await self._store(last, batch.deletions, batch.cursor)

    async def _store(self, items: Sequence[Intake], deletions: Sequence[Deletion], cursor: Cursor | None) -> None:
        report, deleted = IntakeReport(), 0
        async with self.database.session(self.workspace) as session:
            intake = PostIntake(session, self.settings.pseudonyms, self.copies, lane=self.lane)
            if items:
                await intake.accept(self.destination, items, report)
            if deletions:
                deleted = await intake.delete(deletions)
            await self.keep(session, Counts(report, deleted), cursor)


async def batches_of(connector: Connector, cursor: Cursor) -> AsyncGenerator[Batch, None]:
    """What the connector gives; an error that it did not foresee is a failure of this source and of nothing else.

    Closing it closes the connector's connections.
    """
    batches = connector.collect(cursor)
    try:
        async for batch in batches:
            yield batch
    except (SourceUnavailable, SourceRefused):
        raise
    except Exception as error:
        raise SourceUnavailable(f"Reading the source failed ({type(error).__name__}).") from error
    finally:
        if isinstance(batches, AsyncGenerator):
            await batches.aclose()


def _slices(items: Sequence[Intake], size: int) -> Iterator[Sequence[Intake]]:
    """The items in stretches of `size`; one empty stretch where there are none."""
    for start in range(0, max(len(items), 1), size):
        yield items[start : start + size]
