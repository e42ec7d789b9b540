"""Transactional outbox and inbox: an event leaves if and only if its transaction commits, and applies once.

Source: the transactional outbox and idempotent consumer patterns (C. Richardson, Microservices Patterns, ch. 3).
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from operator import itemgetter

import orjson
from google.protobuf.message import Message
from sqlalchemy import text

from kit import metrics
from kit.db import EVERYWHERE, Database, Session, is_outage
from kit.events import LIVE, Bus, BusError, Envelope, Received, seal

RELAY_BATCH = 1000
RELAY_BYTES = 16 * 1024 * 1024
POLL_SECONDS = 0.1
OUTAGE_SECONDS = 1.0
INBOX_DAYS = 8
IDEMPOTENCY_DAYS = 1

_log = logging.getLogger(__name__)

_WRITE = text(
    "INSERT INTO outbox (workspace_id, subject, headers, payload) "
    "SELECT :workspace, * FROM unnest(CAST(:subjects AS text[]), CAST(:headers AS text[]), CAST(:payloads AS bytea[]))"
)
_TAKE = text(
    "WITH locked AS ("
    "SELECT id, octet_length(payload) AS size FROM outbox ORDER BY id LIMIT :batch FOR UPDATE SKIP LOCKED"
    "), chosen AS ("
    "SELECT id, sum(size) OVER (ORDER BY id) - size AS ahead FROM locked"
    ") DELETE FROM outbox USING chosen WHERE outbox.id = chosen.id AND ahead < :bytes "
    "RETURNING outbox.id, subject, headers, payload"
)
_MARK = text(
    "INSERT INTO inbox (workspace_id, consumer, event_id) "
    "SELECT :workspace, :consumer, * FROM unnest(CAST(:ids AS text[])) "
    "ON CONFLICT DO NOTHING RETURNING event_id"
)


def emit(session: Session, event: Message, *, lane: str = LIVE, cause: Received | None = None) -> None:
    """Leaves the event in the outbox of the session's transaction; the relay publishes it after the commit.

    The trace goes on from `cause`, the message that made it happen, or from the current span.
    Raises `TooLarge` for an event that NATS would not take. A savepoint that is rolled back does not take its
    events along: emit when the work is sure.
    """
    waiting: list[Envelope] = session.info.setdefault("outbox", [])
    if not waiting:
        session.before_commit(_write)
    waiting.append(seal(event, session.workspace, lane, cause.context if cause else None))


async def _write(session: Session) -> None:
    envelopes: list[Envelope] = session.info.pop("outbox")
    await session.execute(
        _WRITE,
        {
            "workspace": session.workspace,
            "subjects": [envelope.subject for envelope in envelopes],
            "headers": [orjson.dumps(dict(envelope.headers)).decode() for envelope in envelopes],
            "payloads": [envelope.payload for envelope in envelopes],
        },
    )


async def first_time(session: Session, consumer: str, ids: Sequence[str]) -> set[str]:
    """The event ids that `consumer` has not applied before; from now on they count as applied.

    Needed only where applying twice would change something; the marks go with the transaction.
    """
    marked = await session.execute(
        _MARK, {"workspace": session.workspace, "consumer": consumer, "ids": list(dict.fromkeys(ids))}
    )
    return set(marked.scalars())


@dataclass
class Relay:
    """Publishes what the outbox holds; any number of relays may run on one database."""

    database: Database
    bus: Bus
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Relays until `stopping` is set; an outage of either engine leaves the events where they are."""
        while not self.stopping.is_set():
            try:
                published = await self.relay_batch()
            except Exception as error:
                if not (is_outage(error) or isinstance(error, BusError)):
                    raise
                _log.warning("The relay waits for an outage to end: %s", type(error).__name__)
                await self._pause(OUTAGE_SECONDS)
            else:
                if published < RELAY_BATCH:
                    await self._pause(POLL_SECONDS)

    async def relay_batch(self) -> int:
        """Publishes the oldest events and forgets them once the broker has stored each; returns how many."""
        async with self.database.open(EVERYWHERE) as session:
            rows = (await session.execute(_TAKE, {"batch": RELAY_BATCH, "bytes": RELAY_BYTES})).all()
            if rows:
                in_order = sorted(rows, key=itemgetter(0))
                await self.bus.publish(
                    [Envelope(subject, orjson.loads(headers), payload) for _, subject, headers, payload in in_order]
                )
                await session.commit()
                metrics.relayed(len(rows))
        return len(rows)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)


async def forget_old_marks(database: Database) -> None:
    """Drops inbox marks and idempotency keys that nobody can ask for again."""
    async with database.session(EVERYWHERE) as session:
        await session.execute(
            text("DELETE FROM inbox WHERE created_at < now() - make_interval(days => :days)"),
            {"days": INBOX_DAYS},
        )
        await session.execute(
            text("DELETE FROM idempotency_keys WHERE created_at < now() - make_interval(days => :days)"),
            {"days": IDEMPOTENCY_DAYS},
        )
