"""The loop that feeds a consumer: full batches, live events before backfill, patience while NATS is away."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field

from nats.aio.msg import Msg
from nats.js import JetStreamContext

from kit.events.applying import Applier
from kit.events.bus import Bus, BusError
from kit.events.consumers import Consumer
from kit.events.naming import LIVE, subject_of
from kit.hands import Hands

IDLE_SECONDS = 0.5
GATHER_SECONDS = 0.02

_log = logging.getLogger(__name__)
_Subscription = JetStreamContext.PullSubscription


@dataclass
class ConsumeLoop:
    """Runs one consumer until it is told to stop; live events always go before backfill.

    A batch is fetched only once a hand is free for it, so that none waits here while another replica is idle.
    """

    bus: Bus
    consumer: Consumer
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _subscriptions: dict[str, _Subscription] = field(init=False, default_factory=dict)

    async def run(self) -> None:
        """Consumes until `stopping` is set; batches in hand are finished first."""
        try:
            async with Hands(self.consumer.hands) as hands:
                while hands.are_busy or not self.stopping.is_set():
                    try:
                        await self._go_on(hands)
                    except (BusError, OSError, TimeoutError) as error:
                        _log.warning("%s lost its subscription: %s", self.consumer.name, type(error).__name__)
                        await self._leave()
                        await self._pause()
        finally:
            await self._leave()

    async def _go_on(self, hands: Hands) -> None:
        await hands.free_one()
        if self.stopping.is_set():
            await hands.finish()
        else:
            await self._take_batch(hands)

    async def _take_batch(self, hands: Hands) -> None:
        """Applies what is there; while NATS is away it only waits, since unsent requests would pile up."""
        if not self.bus.is_ready:
            await self._pause()
            return
        if not self._subscriptions:
            await self._subscribe()
        lane, messages = await self._next()
        if messages:
            hands.take(Applier(self.bus, self.consumer, self.stopping).apply(messages, lane))

    async def _subscribe(self) -> None:
        owner, name = self.consumer.owner, self.consumer.name
        await self.bus.ensure_streams([owner])
        for lane in self.consumer.lanes:
            self._subscriptions[lane] = await self.bus.bind(
                owner,
                name if lane == LIVE else f"{name}-{lane}",
                [subject_of(event, lane) for event in self.consumer.types],
                self.consumer.batch,
            )

    async def _leave(self) -> None:
        """Gives back what came and was not taken, so that the next process need not wait for it."""
        while self._subscriptions:
            _, subscription = self._subscriptions.popitem()
            with suppress(BusError, OSError, TimeoutError):
                while subscription.pending_msgs:
                    for message in await subscription.fetch(1, timeout=GATHER_SECONDS):
                        await message.nak()
            with suppress(BusError, OSError, TimeoutError):
                await subscription.unsubscribe()

    async def _next(self) -> tuple[str, list[Msg]]:
        lanes = self.consumer.lanes
        for lane in lanes if len(lanes) > 1 else ():
            if messages := await self._fetch(lane, GATHER_SECONDS):
                return lane, messages
        return lanes[0], await self._fetch(lanes[0], IDLE_SECONDS)

    async def _fetch(self, lane: str, seconds: float) -> list[Msg]:
        """Waits for a first message, then takes what else is there: full batches under load, no delay without."""
        subscription = self._subscriptions[lane]
        first = await self._wait_for_first(subscription, seconds)
        if not first:
            return []
        try:
            return first + await subscription.fetch(max(2, self.consumer.batch - 1), timeout=GATHER_SECONDS)
        except (TimeoutError, BusError):
            return first

    async def _wait_for_first(self, subscription: _Subscription, seconds: float) -> list[Msg]:
        """One message, or none when time is up or a stop is asked for."""
        fetch = asyncio.ensure_future(subscription.fetch(1, timeout=seconds))
        stop = asyncio.ensure_future(self.stopping.wait())
        try:
            await asyncio.wait((fetch, stop), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop.cancel()
            fetch.cancel()
        try:
            return await fetch
        except (TimeoutError, asyncio.CancelledError):
            return []

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), IDLE_SECONDS)
