"""Consumers of tests, which note what they applied."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from kit.events import (
    LIVE,
    Bus,
    ConsumeLoop,
    Consumer,
    DeadLetter,
    Received,
    dead_letters,
    seal,
)
from pourquoi.ingest.v1.events_pb2 import PostErased


@dataclass
class Reader:
    """A consumer's handler that notes what it applied, and does on demand what handlers do."""

    batches: list[list[Received]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    entered: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def handle(self, batch: Sequence[Received]) -> None:
        self.entered.set()
        await self.gate.wait()
        if self.refused & {body(received) for received in batch}:
            raise ValueError("this event cannot be applied")
        self.batches.append(list(batch))

    @property
    def applied(self) -> list[str]:
        return [body(received) for batch in self.batches for received in batch]


def body(received: Received) -> str:
    event = received.event
    assert isinstance(event, PostErased)
    return event.post_id


def consumer(reader: Reader, name: str = "reader", batch: int = 50, hands: int = 1) -> Consumer:
    return Consumer(name, (PostErased,), reader.handle, batch, hands)


async def publish(bus: Bus, *bodies: str, lane: str = LIVE) -> None:
    await bus.publish([seal(PostErased(post_id=body), "alpha", lane) for body in bodies])


async def letters(bus: Bus) -> list[DeadLetter]:
    return [letter async for letter in dead_letters(bus, "ingest")]


async def unanswered(bus: Bus, name: str = "reader") -> int:
    info = await bus.jetstream.consumer_info(bus.namespace.stream("ingest"), name)
    return (info.num_ack_pending or 0) + (info.num_pending or 0)


@asynccontextmanager
async def consuming_by(bus: Bus, *consumers: Consumer) -> AsyncIterator[list["asyncio.Task[None]"]]:
    """Runs the consumers until the block ends, and stops them in order."""
    stopping = asyncio.Event()
    tasks = [asyncio.create_task(ConsumeLoop(bus, consumer, stopping).run()) for consumer in consumers]
    try:
        yield tasks
    finally:
        stopping.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        for task in tasks:
            if not task.cancelled():
                task.result()


async def nothing_left(bus: Bus) -> bool:
    return await unanswered(bus) == 0
