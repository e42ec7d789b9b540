"""How a batch is applied: patience in an outage, a retry ladder for what fails, dead letters for what never works."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace

from nats.aio.msg import Msg
from opentelemetry import trace
from opentelemetry.trace import Link, SpanKind

from kit import metrics
from kit.db import is_outage
from kit.errors import Unavailable
from kit.events.bus import ACK_WAIT_SECONDS, Bus, BusError
from kit.events.consumers import Consumer
from kit.events.dead_letters import ADDRESSEE, bury
from kit.events.envelopes import Received, unseal

RETRY_SECONDS = (1.0, 5.0, 15.0, 30.0, 60.0)
OUTAGE_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
SUSPICIOUS_DELIVERIES = 4

_log = logging.getLogger(__name__)
_tracer = trace.get_tracer(__name__)


@dataclass(frozen=True)
class Delivery:
    """A message as it came, and the event that it carries."""

    message: Msg
    received: Received

    @property
    def count(self) -> int:
        """How often the message has come, this time included."""
        return self.message.metadata.num_delivered or 1


@dataclass(frozen=True)
class Applier:
    """Applies the batches of one consumer and answers every message: done, again later, or given up."""

    bus: Bus
    consumer: Consumer
    stopping: asyncio.Event

    async def apply(self, messages: Sequence[Msg], lane: str) -> None:
        """Applies the messages together, but for those that keep coming back without an answer.

        One of those may be what brings the process down: applied alone, it takes no other along.
        """
        async with _held(messages):
            deliveries = [delivery for message in messages if (delivery := await self._read(message, lane))]
            usual = [delivery for delivery in deliveries if delivery.count < SUSPICIOUS_DELIVERIES]
            if usual:
                await self._apply(usual)
            for delivery in deliveries:
                if delivery.count >= SUSPICIOUS_DELIVERIES:
                    await self._apply([delivery])

    async def _read(self, message: Msg, lane: str) -> Delivery | None:
        envelope = self.bus.envelope(message)
        if envelope.headers.get(ADDRESSEE, self.consumer.name) != self.consumer.name:
            await message.ack()
            return None
        types = {event.DESCRIPTOR.full_name: event for event in self.consumer.types}
        try:
            return Delivery(message, unseal(envelope, types, lane))
        except Exception as error:
            await bury(self.bus, self.consumer, message, error)
            return None

    async def _apply(self, deliveries: Sequence[Delivery]) -> None:
        try:
            with _spans(self.consumer.name, [delivery.received for delivery in deliveries]) as batch:
                await self._handle(batch)
        except Exception as error:
            await self._part(deliveries, error)
        else:
            metrics.consumed(self.consumer.name, batch[0].lane, len(batch))
            for delivery in deliveries:
                await delivery.message.ack()

    async def _handle(self, batch: Sequence[Received]) -> None:
        """Applies a batch; while an engine or a peer is away it waits, keeping hold of the messages."""
        attempt = 0
        while True:
            try:
                return await self.consumer.handle(batch)
            except Exception as error:
                if self.stopping.is_set() or not (is_outage(error) or isinstance(error, Unavailable)):
                    raise
                _log.warning("%s waits for an outage to end: %s", self.consumer.name, type(error).__name__)
                await self._pause(OUTAGE_SECONDS[min(attempt, len(OUTAGE_SECONDS) - 1)])
                attempt += 1

    async def _part(self, deliveries: Sequence[Delivery], error: Exception) -> None:
        """A batch failed: finds the event that is to blame by applying each alone."""
        if len(deliveries) == 1 and not self.stopping.is_set():
            await self._refuse(deliveries[0], error)
            return
        for delivery in deliveries:
            if self.stopping.is_set():
                await delivery.message.nak()
            else:
                await self._apply([delivery])

    async def _refuse(self, delivery: Delivery, error: Exception) -> None:
        _log.warning(
            "%s failed on event %s, delivery %d: %s",
            self.consumer.name,
            delivery.received.id,
            delivery.count,
            type(error).__name__,
            exc_info=error,
        )
        if delivery.count > len(RETRY_SECONDS):
            await bury(self.bus, self.consumer, delivery.message, error)
        else:
            await delivery.message.nak(delay=RETRY_SECONDS[delivery.count - 1])

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)


@asynccontextmanager
async def _held(messages: Sequence[Msg]) -> AsyncIterator[None]:
    """Tells the server that the messages are being worked on, for as long as each has no answer."""

    async def reassure() -> None:
        while True:
            await asyncio.sleep(ACK_WAIT_SECONDS / 3)
            for message in messages:
                if not message.is_acked:
                    with suppress(BusError):
                        await message.in_progress()

    task = asyncio.create_task(reassure())
    try:
        yield
    finally:
        task.cancel()


@contextmanager
def _spans(consumer: str, batch: Sequence[Received]) -> Iterator[list[Received]]:
    """A span per message, which continues the message's trace, and one for the batch, linked to them."""
    spans = [
        _tracer.start_span(f"process {received.event.DESCRIPTOR.full_name}", received.context, SpanKind.CONSUMER)
        for received in batch
    ]
    links = [Link(span.get_span_context()) for span in spans]
    try:
        with _tracer.start_as_current_span(f"batch {consumer}", kind=SpanKind.CONSUMER, links=links):
            yield [
                replace(received, context=trace.set_span_in_context(span, received.context))
                for received, span in zip(batch, spans, strict=True)
            ]
    finally:
        for span in spans:
            span.end()
