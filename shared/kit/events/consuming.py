"""The loop that feeds a consumer: batches, patience in an outage, a retry ladder, dead letters."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

from nats.aio.msg import Msg
from nats.js import JetStreamContext
from opentelemetry import trace
from opentelemetry.trace import Link, Span, SpanKind

from kit import metrics
from kit.db import is_outage
from kit.errors import Unavailable
from kit.events.bus import ACK_WAIT_SECONDS, Bus, BusError
from kit.events.consumers import Consumer
from kit.events.dead_letters import bury
from kit.events.envelopes import Received, unseal
from kit.events.naming import BACKFILL, LANES, LIVE, subject_of

RETRY_SECONDS = (1.0, 5.0, 15.0, 30.0, 60.0)
OUTAGE_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
IDLE_SECONDS = 0.5
GATHER_SECONDS = 0.02

_log = logging.getLogger(__name__)
_tracer = trace.get_tracer(__name__)
_Subscriptions = dict[str, JetStreamContext.PullSubscription]


@dataclass
class ConsumeLoop:
    """Runs one consumer until it is told to stop; live events always go before backfill."""

    bus: Bus
    consumer: Consumer
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Consumes until `stopping` is set; a batch in hand is finished first."""
        subscriptions: _Subscriptions = {}
        while not self.stopping.is_set():
            try:
                subscriptions = subscriptions or await self._subscribe()
                lane, messages = await self._next(subscriptions)
                if messages:
                    await self._apply(messages, lane)
            except (BusError, OSError, TimeoutError) as error:
                _log.warning("%s lost its subscription: %s", self.consumer.name, type(error).__name__)
                await self._leave(subscriptions)
                subscriptions = {}
                await self._pause(IDLE_SECONDS)
        await self._leave(subscriptions)

    async def _subscribe(self) -> _Subscriptions:
        owner, name = self.consumer.owner, self.consumer.name
        await self.bus.ensure_streams([owner])
        return {
            lane: await self.bus.bind(
                owner,
                name if lane == LIVE else f"{name}-{lane}",
                [subject_of(event, lane) for event in self.consumer.types],
                self.consumer.batch,
            )
            for lane in LANES
        }

    async def _leave(self, subscriptions: _Subscriptions) -> None:
        for subscription in subscriptions.values():
            with suppress(BusError, OSError, TimeoutError):
                await subscription.unsubscribe()

    async def _next(self, subscriptions: _Subscriptions) -> tuple[str, list[Msg]]:
        live = await self._fetch(subscriptions[LIVE], GATHER_SECONDS)
        if live:
            return LIVE, live
        backfill = await self._fetch(subscriptions[BACKFILL], GATHER_SECONDS)
        if backfill:
            return BACKFILL, backfill
        return LIVE, await self._fetch(subscriptions[LIVE], IDLE_SECONDS)

    async def _fetch(self, subscription: JetStreamContext.PullSubscription, seconds: float) -> list[Msg]:
        """Waits for a first message, then takes what else is there: full batches under load, no delay without."""
        try:
            first = await subscription.fetch(1, timeout=seconds)
        except TimeoutError:
            return []
        try:
            return first + await subscription.fetch(max(2, self.consumer.batch - 1), timeout=GATHER_SECONDS)
        except TimeoutError:
            return first

    async def _apply(self, messages: Sequence[Msg], lane: str) -> None:
        readable = [pair for message in messages if (pair := await self._read(message, lane))]
        if not readable:
            return
        try:
            with _spans(self.consumer.name, [received for _, received in readable]) as batch:
                await self._handle(batch, [message for message, _ in readable])
        except Exception as error:
            await self._part(readable, lane, error)
        else:
            metrics.consumed(self.consumer.name, lane, len(readable))
            for message, _ in readable:
                await message.ack()

    async def _read(self, message: Msg, lane: str) -> tuple[Msg, Received] | None:
        types = {event.DESCRIPTOR.full_name: event for event in self.consumer.types}
        try:
            return message, unseal(self.bus.envelope(message), types, lane)
        except Exception as error:
            await bury(self.bus, self.consumer, message, error)
            return None

    async def _handle(self, batch: Sequence[Received], messages: Sequence[Msg]) -> None:
        """Applies a batch; while an engine or a peer is away it waits, keeping hold of the messages."""
        attempt = 0
        async with _kept(messages):
            while True:
                try:
                    return await self.consumer.handle(batch)
                except Exception as error:
                    if self.stopping.is_set() or not (is_outage(error) or isinstance(error, Unavailable)):
                        raise
                    _log.warning("%s waits for an outage to end: %s", self.consumer.name, type(error).__name__)
                    await self._pause(OUTAGE_SECONDS[min(attempt, len(OUTAGE_SECONDS) - 1)])
                    attempt += 1

    async def _part(self, pairs: Sequence[tuple[Msg, Received]], lane: str, error: Exception) -> None:
        """A batch failed: finds the message that is to blame by applying each alone."""
        if self.stopping.is_set():
            for message, _ in pairs:
                await message.nak()
        elif len(pairs) > 1:
            for message, _ in pairs:
                await self._apply([message], lane)
        else:
            await self._refuse(pairs[0][0], error)

    async def _refuse(self, message: Msg, error: Exception) -> None:
        deliveries = message.metadata.num_delivered or 1
        _log.warning(
            "%s failed on an event, delivery %d: %s",
            self.consumer.name,
            deliveries,
            type(error).__name__,
            exc_info=error,
        )
        if deliveries > len(RETRY_SECONDS):
            await bury(self.bus, self.consumer, message, error)
        else:
            await message.nak(delay=RETRY_SECONDS[deliveries - 1])

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)


@asynccontextmanager
async def _kept(messages: Sequence[Msg]) -> AsyncIterator[None]:
    """Tells the server that the messages are being worked on, for as long as the block takes."""

    async def reassure() -> None:
        while True:
            await asyncio.sleep(ACK_WAIT_SECONDS / 3)
            for message in messages:
                with suppress(BusError):
                    await message.in_progress()

    task = asyncio.create_task(reassure())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class _spans:  # noqa: N801
    """One span for the batch, linked to its messages, and one per message that continues the message's trace."""

    def __init__(self, consumer: str, batch: Sequence[Received]) -> None:
        self._consumer, self._batch = consumer, batch
        self._spans: list[Span] = []
        self._close: Callable[..., object] = lambda *_: None

    def __enter__(self) -> list[Received]:
        continued = []
        for received in self._batch:
            name = f"process {received.event.DESCRIPTOR.full_name}"
            span = _tracer.start_span(name, received.context, SpanKind.CONSUMER)
            self._spans.append(span)
            continued.append(replace(received, context=trace.set_span_in_context(span, received.context)))
        links = [Link(span.get_span_context()) for span in self._spans]
        batch = _tracer.start_as_current_span(f"batch {self._consumer}", kind=SpanKind.CONSUMER, links=links)
        batch.__enter__()
        self._close = batch.__exit__
        return continued

    def __exit__(self, *exception: object) -> None:
        self._close(*exception)
        for span in self._spans:
            span.end()
