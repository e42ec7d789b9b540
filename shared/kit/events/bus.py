"""The connection to NATS JetStream: streams as data, publishing with acknowledgement, reading along."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, StorageType, StreamConfig
from nats.js.errors import NoStreamResponseError, NotFoundError

from kit.events.envelopes import MAX_EVENT_BYTES, Envelope
from kit.events.naming import Namespace
from kit.events.publishing import Publisher

BusError = Error
DAY_SECONDS = 24 * 3600.0
STREAM_DAYS = 7
DEAD_DAYS = 30
DUPLICATE_WINDOW_SECONDS = 600.0
ACK_WAIT_SECONDS = 30.0
MAX_DELIVERIES = 20
PUBLISH_SECONDS = 10.0
FLUSH_SECONDS = 2
NEEDED_BYTES = MAX_EVENT_BYTES + 32 * 1024


@dataclass
class Bus:
    """One process's connection; it reconnects for ever, and every call has a deadline."""

    url: str
    namespace: Namespace
    replicas: int = 1
    client: Client = field(init=False, default_factory=Client)
    jetstream: JetStreamContext = field(init=False)
    _publisher: Publisher = field(init=False)
    _owners: set[str] = field(init=False, default_factory=set)

    async def connect(self, patience_seconds: float = 60.0) -> None:
        """Connects, waiting for a server that is still starting; raises `TimeoutError` when none comes.

        The library alone would try for ever, and without a word.
        """
        try:
            async with asyncio.timeout(patience_seconds):
                await self.client.connect(
                    self.url,
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=0.2,  # type: ignore[arg-type]
                    connect_timeout=2,
                    error_cb=_ignore,
                )
            if self.client.max_payload < NEEDED_BYTES:
                raise ValueError(f"NATS must take messages of {NEEDED_BYTES} bytes; raise its max_payload.")
            self._publisher = Publisher(self.client, self.namespace)
            await self._publisher.start()
        except (TimeoutError, ValueError):
            await self.client.close()
            raise
        self.jetstream = self.client.jetstream(timeout=PUBLISH_SECONDS)

    async def close(self) -> None:
        """Sends what is buffered, then leaves; `drain` would wait for messages that nobody is going to read."""
        if self.is_ready:
            with suppress(Error, OSError, TimeoutError):
                await self.client.flush(FLUSH_SECONDS)
        await self.client.close()

    @property
    def unacknowledged(self) -> int:
        """How many messages were sent and are waited for."""
        return self._publisher.pending

    @property
    def is_ready(self) -> bool:
        """True while the server is reachable."""
        return bool(self.client.is_connected)

    async def ensure_streams(self, owners: Iterable[str]) -> None:
        """Creates, or brings up to date, the stream and the dead-letter stream of each owner."""
        for owner in sorted(owners):
            self._owners.add(owner)
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
        """Publishes in order and returns when every one is stored; raises when one is not.

        Streams that the server lost are made anew, so that the next attempt succeeds.
        """
        try:
            await self._publisher.publish(envelopes, PUBLISH_SECONDS)
        except NoStreamResponseError:
            await self.ensure_streams(self._owners)
            raise

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

    async def tail(self, owner: str, from_start: bool = False) -> AsyncGenerator[Envelope, None]:
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
