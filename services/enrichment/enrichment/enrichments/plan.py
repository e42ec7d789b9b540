"""What a batch of posts asks for, before any model has worked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from enrichment.enrichments.enrichment import Enrichment, Origin, Wording
from enrichment.readings.moving import Move
from enrichment.readings.reading import ReaderVersion, Reading
from enrichment.texts.layout import Layout
from kit.events import Received
from pourquoi.ingest.v1.events_pb2 import Post


@dataclass(frozen=True)
class Arrival:
    """A revision of a post, the lane that its enrichment goes out on, and the message that brought it, if one did."""

    post: Post
    lane: str
    cause: Received | None = None

    @property
    def post_id(self) -> UUID:
        """Id of the post; raises `ValueError` when it is none."""
        return UUID(self.post.id)


@dataclass(frozen=True)
class Worded:
    """An arrival, and what tells its text from others."""

    arrival: Arrival
    wording: Wording

    def enriched(self, version: ReaderVersion, reading: Reading) -> Enrichment:
        """What was read in it; raises `ValueError` when one of its ids is none."""
        post = self.arrival.post
        return Enrichment(Origin.of(post), post.revision, self.wording, version, reading)


@dataclass(frozen=True)
class Source:
    """A reading, and the layout of the text that it is of."""

    layout: Layout
    reading: Reading


@dataclass(frozen=True)
class Plan:
    """What the arrivals ask for, by post.

    `unread` are texts to read. `copies` say what one of those says, or what one of `sources` said that the same reader
    has read before, by the digest of what is said. Of `same_text` everything but the text may have changed.
    """

    unread: Mapping[UUID, Worded]
    copies: Mapping[UUID, Worded]
    same_text: Mapping[UUID, Arrival]
    sources: Mapping[bytes, Source]

    @property
    def texts(self) -> list[str]:
        """The texts to read."""
        return [each.arrival.post.text for each in self.unread.values()]

    @property
    def wordings(self) -> dict[UUID, str]:
        """The texts of all posts that are not as they were, by post."""
        to_read = [each.arrival for each in (*self.unread.values(), *self.copies.values())]
        return {arrival.post_id: arrival.post.text for arrival in (*to_read, *self.same_text.values())}

    @property
    def is_empty(self) -> bool:
        """True when everything that arrived was known or erased."""
        return not (self.unread or self.same_text or self.copies)

    def arrival_of(self, post_id: UUID) -> Arrival:
        """What brought a post of this plan."""
        if post_id in self.same_text:
            return self.same_text[post_id]
        return (self.unread.get(post_id) or self.copies[post_id]).arrival

    def enriched(self, readings: Sequence[Reading], version: ReaderVersion) -> Iterator[Enrichment]:
        """Every post that is read or a copy, given the readings of `texts`."""
        sources = dict(self.sources)
        for each, reading in zip(self.unread.values(), readings, strict=True):
            sources[each.wording.spoken_digest] = Source(each.wording.layout, reading)
            yield each.enriched(version, reading)
        for each in self.copies.values():
            source = sources[each.wording.spoken_digest]
            move = Move(source.layout, each.wording.layout)
            yield each.enriched(version, move.reading(source.reading, each.arrival.post.text))


def newest_of(arrivals: Sequence[Arrival]) -> dict[UUID, Arrival]:
    """The highest revision of each post."""
    newest: dict[UUID, Arrival] = {}
    for arrival in arrivals:
        known = newest.get(arrival.post_id)
        if known is None or known.post.revision < arrival.post.revision:
            newest[arrival.post_id] = arrival
    return newest
