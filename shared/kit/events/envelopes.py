"""CloudEvents in binary mode: attributes in `ce-` headers, the protobuf event as payload.

Source: CloudEvents 1.0.2 and its NATS protocol binding; trace context by W3C Trace Context.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from google.protobuf.message import Message
from opentelemetry import propagate
from opentelemetry.context import Context

from kit.db import EVERYWHERE, new_id
from kit.errors import TooLarge
from kit.events.naming import LIVE, owner_of, subject_of

MESSAGE_ID = "Nats-Msg-Id"
# NATS takes 1 MiB unless it is told otherwise; the rest is for headers.
MAX_EVENT_BYTES = 1_000_000


@dataclass(frozen=True)
class Envelope:
    """An event ready for the wire; `subject` has no platform prefix yet."""

    subject: str
    headers: Mapping[str, str]
    payload: bytes

    @property
    def id(self) -> str:
        """The id of the event, which is also what the broker recognises duplicates by."""
        return self.headers["ce-id"]

    @property
    def message_id(self) -> str:
        """What the broker recognises duplicates by: the event's id, unless it is a replay."""
        return self.headers.get(MESSAGE_ID, self.id)


@dataclass(frozen=True)
class Received:
    """An event that a consumer is to apply."""

    event: Message
    id: str
    workspace: str
    lane: str
    context: Context


def seal(event: Message, workspace: str, lane: str = LIVE, context: Context | None = None) -> Envelope:
    """Puts an event into its envelope; the trace goes on from `context`, or from the current span.

    Raises `TooLarge` for what NATS would not take, since an event that cannot leave would hold up all behind it,
    and `ValueError` when the event belongs to no single workspace.
    """
    if workspace in ("", EVERYWHERE):
        raise ValueError("An event belongs to one workspace; emit it in a session of that workspace.")
    payload = event.SerializeToString()
    if len(payload) > MAX_EVENT_BYTES:
        raise TooLarge(f"{event.DESCRIPTOR.name} has {len(payload)} bytes; an event may have {MAX_EVENT_BYTES}.")
    event_id = str(new_id())
    headers = {
        "ce-specversion": "1.0",
        "ce-id": event_id,
        "ce-source": f"/pourquoi/{owner_of(type(event))}",
        "ce-type": event.DESCRIPTOR.full_name,
        "ce-time": f"{datetime.now(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z",
        "ce-workspaceid": workspace,
        "content-type": "application/protobuf",
        MESSAGE_ID: event_id,
    }
    propagate.inject(headers, context)
    return Envelope(subject_of(type(event), lane), headers, payload)


def unseal(envelope: Envelope, types: Mapping[str, type[Message]], lane: str) -> Received:
    """Reads the event of an envelope; raises when its type or payload is not what was agreed."""
    event = types[envelope.headers["ce-type"]].FromString(envelope.payload)
    context = propagate.extract(dict(envelope.headers))
    return Received(event, envelope.id, envelope.headers["ce-workspaceid"], lane, context)
