"""The worker that rids a service's own streams of erased posts: one pass for all that wait, one process at a time."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from uuid import UUID

from kit.db import EVERYWHERE, Database, is_outage, new_id
from kit.erasures.naming import names_any
from kit.erasures.waiting import LEASE_SECONDS, WaitingPost, WaitingPostRepository
from kit.events import Bus, BusError
from kit.events.purging import Reach, purge, reach_of
from pourquoi.ingest.v1.events_pb2 import AuthorErased, PostErased

EVERY_SECONDS = 2.0
OUTAGE_SECONDS = 5.0
# Who is behind must still hear of the erasure itself, which names nothing but an id.
_KEPT = {PostErased.DESCRIPTOR.full_name, AuthorErased.DESCRIPTOR.full_name}

_log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another process purges the stream by now."""


@dataclass
class Purger:
    """Deletes the messages that name erased posts from the stream of `owner` and from its dead letters.

    A message goes once every consumer is done with it. What was looked at is remembered, so that a process that
    takes over goes on where the one before it died.
    """

    database: Database
    bus: Bus
    owner: str
    holder: UUID = field(default_factory=new_id)
    _claimed_at: float = field(init=False, default=0.0)

    async def run(self, stopping: asyncio.Event) -> None:
        """Purges until `stopping` is set; an outage of either engine only postpones it."""
        while not stopping.is_set():
            wait = EVERY_SECONDS
            try:
                await self.purge_once()
            except LeaseLost:
                _log.warning("Another process purges the stream of %s by now.", self.owner)
            except Exception as error:
                if not (is_outage(error) or isinstance(error, BusError)):
                    raise
                _log.warning("The purge waits for an outage to end: %s", type(error).__name__)
                wait = OUTAGE_SECONDS
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), wait)

    async def purge_once(self) -> None:
        """One pass, unless nothing waits or another process is at it."""
        async with self.database.session(EVERYWHERE) as session:
            waiting = WaitingPostRepository(session)
            if not await waiting.exist() or not await waiting.claim(self.owner, self.holder):
                return
        self._claimed_at = monotonic()
        await self._purge()
        async with self.database.session(EVERYWHERE) as session:
            await WaitingPostRepository(session).let_go(self.owner, self.holder)

    async def _purge(self) -> None:
        async with self.database.session(EVERYWHERE) as session:
            unnamed = await WaitingPostRepository(session).list_unnamed()
        reach = await reach_of(self.bus, self.owner)
        async with self.database.session(EVERYWHERE) as session:
            waiting = WaitingPostRepository(session)
            await waiting.bind(unnamed, reach.last)
            posts = await waiting.list_bound()
        await self._sweep([each for each in posts if each.swept_to is None], reach)
        await self._sweep([each for each in posts if each.swept_to is not None], reach)
        # A stream that ends before a bound was made anew since, and holds nothing of the time before.
        await self._confirm([each for each in posts if each.bound <= reach.done or each.bound > reach.last])

    async def _sweep(self, posts: Sequence[WaitingPost], reach: Reach) -> None:
        """Walks the stream for these posts, as far as they need it and its consumers allow."""
        last = min(reach.done, max((each.bound for each in posts), default=0))
        if not last:
            return
        ids = [each.id for each in posts]
        start = _start_of(posts)
        if isinstance(start, datetime) or start <= last:
            await self._walk(self.bus.namespace.stream(self.owner), ids, start, last)
        await self._note_sweep(ids, last)

    async def _walk(self, stream: str, ids: Sequence[UUID], start: int | datetime, last: int | None) -> None:
        wanted = {str(post_id).encode() for post_id in ids}

        def names(kind: str, payload: bytes) -> bool:
            return kind not in _KEPT and names_any(payload, wanted)

        async for sequence in purge(self.bus, stream, start, last, names):
            if monotonic() - self._claimed_at > LEASE_SECONDS / 3:
                await self._renew()
                if last is not None:
                    await self._note_sweep(ids, sequence)

    async def _renew(self) -> None:
        async with self.database.session(EVERYWHERE) as session:
            if not await WaitingPostRepository(session).claim(self.owner, self.holder):
                raise LeaseLost
        self._claimed_at = monotonic()

    async def _note_sweep(self, ids: Sequence[UUID], sequence: int) -> None:
        async with self.database.session(EVERYWHERE) as session:
            await WaitingPostRepository(session).swept(ids, sequence)

    async def _confirm(self, posts: Sequence[WaitingPost]) -> None:
        """Cleans the dead letters, which nobody reads in order, and confirms that nothing names the posts."""
        if not posts:
            return
        ids = [each.id for each in posts]
        await self._walk(self.bus.namespace.dead_stream(self.owner), ids, _first_mention(posts), None)
        async with self.database.session(EVERYWHERE) as session:
            await WaitingPostRepository(session).clean(ids)


def _start_of(posts: Sequence[WaitingPost]) -> int | datetime:
    """Where a walk begins: after what was looked at for all of them, or when the first of them was stored."""
    swept = [each.swept_to for each in posts if each.swept_to is not None]
    return min(swept) + 1 if swept else _first_mention(posts)


def _first_mention(posts: Sequence[WaitingPost]) -> int | datetime:
    moments = [each.known_since for each in posts]
    known = [moment for moment in moments if moment is not None]
    return min(known) if len(known) == len(moments) else 1
