"""Publishing many messages at once, each acknowledged by the stream that stored it.

The library keeps a future, a token and a semaphore's slot for each message, which took more of the processor than
sending it; here a batch has one future, and its messages are counted off.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import ConnectionReconnectingError, Error
from nats.js.api import Header, StatusCode
from nats.js.errors import APIError, NoStreamResponseError

from kit.events.envelopes import MESSAGE_ID, Envelope
from kit.events.naming import Namespace


@dataclass
class _Batch:
    """Messages on their way, of which so many were not acknowledged yet, and why one was refused."""

    unsettled: int
    refusal: Error | None = None
    settled: asyncio.Event = field(init=False, default_factory=asyncio.Event)

    def settle(self, refusal: Error | None) -> None:
        self.unsettled -= 1
        self.refusal = self.refusal or refusal
        if self.refusal or not self.unsettled:
            self.settled.set()


@dataclass
class Publisher:
    """Publishes over one connection; several batches may be on their way at once."""

    client: Client
    namespace: Namespace
    _inbox: str = field(init=False, default="")
    _waiting: dict[str, _Batch] = field(init=False, default_factory=dict)
    _sent: int = field(init=False, default=0)

    async def start(self) -> None:
        """Listens for acknowledgements, once the client is connected; the client listens again when it reconnects."""
        self._inbox = self.client.new_inbox()
        await self.client.subscribe(f"{self._inbox}.*", cb=self._take)

    @property
    def pending(self) -> int:
        """How many messages still wait for an acknowledgement."""
        return len(self._waiting)

    async def publish(self, envelopes: Sequence[Envelope], seconds: float) -> None:
        """Publishes in order and returns when every one is stored; raises when one is not.

        Raises `NoStreamResponseError` where no stream takes a subject, `APIError` where one refuses a message, and
        `TimeoutError` when an acknowledgement is missing after so many seconds: those may be stored or not.
        """
        if not envelopes:
            return
        batch, replies = _Batch(len(envelopes)), []
        try:
            async with asyncio.timeout(seconds):
                for envelope in envelopes:
                    replies.append(reply := self._next_reply())
                    self._waiting[reply] = batch
                    await self._send(envelope, reply)
                await batch.settled.wait()
        finally:
            for reply in replies:
                self._waiting.pop(reply, None)
        if batch.refusal:
            raise batch.refusal

    def _next_reply(self) -> str:
        self._sent += 1
        return f"{self._inbox}.{self._sent}"

    async def _send(self, envelope: Envelope, reply: str) -> None:
        if not self.client.is_connected:
            raise ConnectionReconnectingError
        await self.client.publish(
            self.namespace.subject(envelope.subject),
            envelope.payload,
            reply=reply,
            headers={**envelope.headers, MESSAGE_ID: envelope.message_id},
        )

    async def _take(self, message: Msg) -> None:
        # Whoever gave up on a batch has taken its replies out.
        if batch := self._waiting.pop(message.subject, None):
            batch.settle(_refusal(message))


def _refusal(message: Msg) -> Error | None:
    """Why a message was not stored; None for one that was, now or, as a duplicate, before."""
    if message.headers and message.headers.get(Header.STATUS) == StatusCode.SERVICE_UNAVAILABLE:
        return NoStreamResponseError()
    error = orjson.loads(message.data).get("error")
    return None if error is None else APIError(error["code"], error["description"], error.get("err_code"))
