"""Events between services: CloudEvents over NATS JetStream. The only package that imports nats."""

from kit.events.bus import Bus, BusError
from kit.events.consumers import Consumer, by_workspace
from kit.events.consuming import ConsumeLoop
from kit.events.dead_letters import DeadLetter, dead_letters, replay
from kit.events.envelopes import Envelope, Received, seal
from kit.events.naming import BACKFILL, LIVE, Namespace, owner_of, subject_of

__all__ = [
    "BACKFILL",
    "LIVE",
    "Bus",
    "BusError",
    "ConsumeLoop",
    "Consumer",
    "DeadLetter",
    "Envelope",
    "Namespace",
    "Received",
    "by_workspace",
    "dead_letters",
    "owner_of",
    "replay",
    "seal",
    "subject_of",
]
