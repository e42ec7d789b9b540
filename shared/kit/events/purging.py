"""Messages that must go from a stream before their time: found by what they say, overwritten one by one."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from nats.aio.msg import Msg
from nats.js.api import ConsumerInfo
from nats.js.errors import APIError

from kit.events.bus import Bus
from kit.events.reading import read

DELETED_AT_ONCE = 50
_NO_SUCH_MESSAGE = 10043

Names = Callable[[str, bytes], bool]
"""Whether a message, by the type and the payload of its event, is to go."""


@dataclass(frozen=True)
class Reach:
    """How far a stream goes: its last message, and the last one that every durable consumer is done with."""

    last: int
    done: int


async def reach_of(bus: Bus, owner: str) -> Reach:
    """How far the stream of `owner` goes, and how far it may be purged.

    What a consumer has not answered yet is not touched: the same message may tell of others as well.
    """
    stream = bus.namespace.stream(owner)
    state = (await bus.jetstream.stream_info(stream)).state
    consumers = await bus.jetstream.consumers_info(stream)
    done = [_done(consumer, state.last_seq) for consumer in consumers if consumer.config.durable_name]
    # Messages that have left the stream by age are done with, whoever has missed them.
    return Reach(state.last_seq, max(min(done, default=state.last_seq), state.first_seq - 1))


def _done(consumer: ConsumerInfo, last: int) -> int:
    if not consumer.num_ack_pending:
        delivered = consumer.delivered.stream_seq if consumer.delivered else 0
        return delivered if consumer.num_pending else last
    return consumer.ack_floor.stream_seq if consumer.ack_floor else 0


async def purge(bus: Bus, stream: str, start: int | datetime, last: int | None, names: Names) -> AsyncIterator[int]:
    """Walks a stream from a sequence or a moment to the sequence `last`, or to its end.

    Every message that `names` points at is deleted, its bytes overwritten on disk. Yields, batch by batch, the
    sequence that was reached.
    """
    async for batch in read(bus, stream, start):
        within = [message for message in batch if last is None or _sequence(message) <= last]
        found = [_sequence(message) for message in within if names(_type(message), message.data)]
        await _delete(bus, stream, found)
        if within:
            yield _sequence(within[-1])
        if len(within) < len(batch):
            return


async def _delete(bus: Bus, stream: str, sequences: Sequence[int]) -> None:
    for first in range(0, len(sequences), DELETED_AT_ONCE):
        chunk = sequences[first : first + DELETED_AT_ONCE]
        await asyncio.gather(*(_delete_one(bus, stream, sequence) for sequence in chunk))


async def _delete_one(bus: Bus, stream: str, sequence: int) -> None:
    """Without `no_erase`, which the library never sends, the server overwrites the message with noise."""
    try:
        await bus.jetstream.delete_msg(stream, sequence)
    except APIError as error:
        if error.err_code != _NO_SUCH_MESSAGE:
            raise


def _sequence(message: Msg) -> int:
    return int(message.metadata.sequence.stream)


def _type(message: Msg) -> str:
    return (message.headers or {}).get("ce-type", "")
