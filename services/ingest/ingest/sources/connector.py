"""What every connector is: it goes on from a cursor, and gives batches with the cursor to go on from next."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Protocol

from ingest.posts.submissions import Deletion, Submission
from ingest.sources.files.records import Rejection

Cursor = dict[str, object]


@dataclass(frozen=True, slots=True)
class Batch:
    """What a source gave at once: sound posts and rejected items, deletions, and the cursor behind all of them.

    `cursor` may be kept only in the transaction that keeps the posts, so that it never runs ahead of them.
    """

    items: tuple[Submission | Rejection, ...]
    cursor: Cursor
    deletions: tuple[Deletion, ...] = field(default=())


class Connector(Protocol):
    """A source of posts."""

    def collect(self, cursor: Cursor) -> AsyncIterator[Batch]:
        """Batches after `cursor`, which is empty at the first run; ends when the source has no more for now.

        Raises `SourceUnavailable` when the source cannot be reached or asks to wait, `SourceRefused` when its
        configuration must be changed first. One bad item is a `Rejection` in its batch, never an error.
        """
        ...


class SourceUnavailable(Exception):
    """The source is away or asks for patience; `retry_after_seconds` as it says, or None."""

    def __init__(self, problem: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(problem)
        self.retry_after_seconds = retry_after_seconds


class SourceRefused(Exception):
    """The source will not answer before somebody changes its configuration; the message says what."""
