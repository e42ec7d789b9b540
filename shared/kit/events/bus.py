"""The connection to NATS JetStream: streams as data, publishing with acknowledgement, reading along."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from kit.events.envelopes import MESSAGE_ID, Envelope
from kit.events.naming import Namespace

BusError = Error
DAY_SECONDS = 24 * 3600.0
STREAM_DAYS = 7
DEAD_DAYS = 30
DUPLICATE_WINDOW_SECONDS = 600.0
ACK_WAIT_SECONDS = 60.0
MAX_DELIVERIES = 20
PUBLISH_SECONDS = 10.0


@dataclass
class Bus:
    """One process's connection; it reconnects for ever, and every call has a deadline."""

    url: str
    namespace: Namespace
    replicas: int = 1
    client: Client = field(init=False)
    jetstream: JetStreamContext = field(init=False)

    async def connect(self, patience_seconds: float = 60.0) -> None:
        """Connects, waiting for a server that is still starting."""
        deadline = asyncio.get_running_loop().time() + patience_seconds
        while True:
            try:
                self.client = await nats.connect(
                    self.url,
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=0.2,
                    connect_timeout=2,
                    error_cb=_ignore,
                )
                self.jetstream = self.client.jetstream(timeout=PUBLISH_SECONDS)
                return
            except (OSError, Error, TimeoutError):
                if asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(0.2)

    async def close(self) -> None:
        """Sends what is buffered, then leaves."""
        if self.client.is_connected:
            await self.client.drain()
        else:
            await self.client.close()

    @property
    def is_ready(self) -> bool:
        """True while the server is reachable."""
        return bool(self.client.is_connected)

    async def ensure_streams(self, owners: Iterable[str]) -> None:
        """Creates, or brings up to date, the stream and the dead-letter stream of each owner."""
        for owner in owners:
            await self._ensure_stream(self.namespace.stream(owner), self.namespace.stream_subjects(owner), STREAM_DAYS)
            await self._ensure_stream(self.namespace.dead_stream(owner), self.namespace.dead_subjects(owner), DEAD_DAYS)

    async def _ensure_stream(self, name: str, subjects: list[str], days: int) -> None:
        config = StreamConfig(
            name=name,
            subjects=subjects,
            storage=StorageType.FILE,
            max_age=days * DAY_SECONDS,
            duplicate_window=DUPLICATE_WINDOW_SECONDS,
            num_replicas=self.replicas,
        )
        try:
            await self.jetstream.stream_info(name)
        except NotFoundError:
            await self.jetstream.add_stream(config)
        else:
            await self.jetstream.update_stream(config)

    async def publish(self, envelopes: Sequence[Envelope]) -> None:
        """Publishes in order and returns when every one is stored; raises when one is not."""
        jetstream = self.jetstream
        async with asyncio.timeout(PUBLISH_SECONDS):
            acknowledgements = [
                await jetstream.publish_async(
                    self.namespace.subject(envelope.subject),
                    envelope.payload,
                    headers={**envelope.headers, MESSAGE_ID: envelope.message_id},
                )
                for envelope in envelopes
            ]
            await asyncio.gather(*acknowledgements)

    async def bind(
        self, owner: str, durable: str, subjects: Sequence[str], batch: int
    ) -> JetStreamContext.PullSubscription:
        """A pull subscription to the durable consumer, which is created, or brought up to date, first.

        nats-py ignores the configuration of a durable that exists, hence `add_consumer` and then the binding.
        """
        stream = self.namespace.stream(owner)
        config = ConsumerConfig(
            durable_name=durable,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=ACK_WAIT_SECONDS,
            max_deliver=MAX_DELIVERIES,
            max_ack_pending=max(1000, 20 * batch),
            filter_subjects=[self.namespace.subject(subject) for subject in subjects],
        )
        await self.jetstream.add_consumer(stream, config)
        return await self.jetstream.pull_subscribe_bind(durable=durable, stream=stream)

    async def tail(self, owner: str, from_start: bool = False) -> AsyncIterator[Envelope]:
        """Reads along with everything that `owner` publishes; leaves no trace on the server."""
        policy = DeliverPolicy.ALL if from_start else DeliverPolicy.NEW
        subscription = await self.jetstream.subscribe(
            "",
            stream=self.namespace.stream(owner),
            ordered_consumer=True,
            config=ConsumerConfig(deliver_policy=policy),
        )
        try:
            async for message in subscription.messages:
                yield self.envelope(message)
        finally:
            await subscription.unsubscribe()

    def envelope(self, message: Msg) -> Envelope:
        """What a NATS message carries."""
        headers: Mapping[str, str] = message.headers or {}
        return Envelope(self.namespace.bare(message.subject), headers, message.data)


async def _ignore(_: Exception) -> None:
    """Connection errors show in readiness and in the calls that fail; the library's own log repeats them."""
