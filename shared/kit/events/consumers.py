"""What a service consumes, as data."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from google.protobuf.message import Message

from kit.events.envelopes import Received
from kit.events.naming import LANES, owner_of

Handle = Callable[[Sequence[Received]], Awaitable[None]]


@dataclass(frozen=True)
class Consumer:
    """A durable reader of one owner's events.

    `handle` is the batch boundary: it opens its own sessions, and applying a message twice must change nothing.
    It may be applying `hands` batches at once, as it would in so many replicas. Of its `lanes` the first goes before
    the next; a second consumer of the same name may have the other lane to itself.
    """

    name: str
    types: tuple[type[Message], ...]
    handle: Handle
    batch: int = 200
    hands: int = 1
    lanes: tuple[str, ...] = LANES

    @property
    def owner(self) -> str:
        """The service whose events are read."""
        owners = {owner_of(event) for event in self.types}
        if len(owners) != 1:
            raise ValueError(f"Consumer {self.name} must read the events of one owner, not {sorted(owners)}.")
        return owners.pop()


def by_workspace(batch: Sequence[Received]) -> dict[str, list[Received]]:
    """The messages of a batch, grouped by workspace, in order of arrival."""
    groups: dict[str, list[Received]] = {}
    for message in batch:
        groups.setdefault(message.workspace, []).append(message)
    return groups
