"""Reading what a stream holds, from some point to its end."""

from collections.abc import AsyncGenerator
from datetime import datetime

from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from kit.events.bus import Bus

READ_AT_ONCE = 500
FETCH_SECONDS = 5.0
IDLE_SECONDS = 60.0


async def read(bus: Bus, stream: str, start: int | datetime = 1) -> AsyncGenerator[list[Msg], None]:
    """The messages of a stream, in batches, from a sequence or a moment on; by a consumer that the server forgets.

    It ends where no more are left, however many are deleted or added meanwhile; a stream that is not there has none.
    """
    try:
        consumer = await bus.jetstream.add_consumer(stream, _passing_by(start))
    except NotFoundError:
        return
    subscription = await bus.jetstream.pull_subscribe_bind(consumer=consumer.name, stream=stream)
    pending = consumer.num_pending or 0
    try:
        while pending:
            batch = await subscription.fetch(min(READ_AT_ONCE, pending), timeout=FETCH_SECONDS)
            if not batch:
                return
            pending = batch[-1].metadata.num_pending
            yield batch
    finally:
        await subscription.unsubscribe()
        await bus.jetstream.delete_consumer(stream, consumer.name)


def _passing_by(start: int | datetime) -> ConsumerConfig:
    config = ConsumerConfig(ack_policy=AckPolicy.NONE, inactive_threshold=IDLE_SECONDS, mem_storage=True)
    if isinstance(start, datetime):
        return config.evolve(deliver_policy=DeliverPolicy.BY_START_TIME, opt_start_time=start)
    return config.evolve(deliver_policy=DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=max(1, start))
