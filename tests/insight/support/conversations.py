"""A made-up conversation as the services upstream would tell of it: posts, enrichments, a segmentation."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp

from kit.db import new_id
from pourquoi.enrichment.v1.events_pb2 import PostEnriched, PostEnrichment, Sentiment, SentimentLabel
from pourquoi.ingest.v1.events_pb2 import PRIVACY_PRIVATE, PRIVACY_PUBLIC, Post, PostErased
from pourquoi.segmentation.v1.events_pb2 import (
    Membership,
    MembershipChanged,
    Segment,
    Segmentation,
    SegmentationPublished,
    SegmentKind,
)

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
LABELS = {
    "negative": SentimentLabel.SENTIMENT_LABEL_NEGATIVE,
    "neutral": SentimentLabel.SENTIMENT_LABEL_NEUTRAL,
    "positive": SentimentLabel.SENTIMENT_LABEL_POSITIVE,
    "": SentimentLabel.SENTIMENT_LABEL_UNSPECIFIED,
}
# Texts differ in their words, so that each may stand as a quote of its own.
WORDS = tuple(
    "flight hold hours nobody answers phone rebook seat gate crew bags lost storm voucher queue desk "  # noqa: SIM905
    "refund hotel meal delay staff kind helpful fast clean landed early smooth upgrade lounge coffee".split()
)


def stamp(moment: datetime) -> Timestamp:
    timestamp = Timestamp()
    timestamp.FromDatetime(moment)
    return timestamp


def text_of(number: int) -> str:
    return " ".join(WORDS[(number * 7 + step * (number % 11 + 1)) % len(WORDS)] for step in range(9)) + f" {number}"


@dataclass
class Said:
    """A post of the conversation."""

    id: UUID
    author_id: UUID
    segment: str | None
    sentiment: str
    text: str
    published_at: datetime
    strength: float
    revision: int = 1
    is_repost: bool = False
    is_private: bool = False


@dataclass
class Conversation:
    """Posts of one study and a segmentation of them; build it with `say`, then publish its events."""

    study_id: UUID = field(default_factory=new_id)
    segmentation_id: UUID = field(default_factory=new_id)
    version: int = 1
    posts: list[Said] = field(default_factory=list)
    segments: dict[str, UUID] = field(default_factory=dict)

    def say(
        self,
        segment: str | None,
        count: int,
        *,
        sentiment: str = "neutral",
        authors: int | None = None,
        hours: tuple[int, int] = (0, 48),
    ) -> list[Said]:
        """Adds posts spread evenly over hours of the conversation, by as many authors as posts if not told."""
        if segment is not None:
            self.segments.setdefault(segment, new_id())
        writers = [new_id() for _ in range(authors or count)]
        first, last = hours
        said = [
            Said(
                id=new_id(),
                author_id=writers[number % len(writers)],
                segment=segment,
                sentiment=sentiment,
                text=text_of(len(self.posts) + number),
                published_at=START + timedelta(hours=first + (last - first) * number / max(1, count - 1)),
                strength=0.5 + 0.5 * number / count,
            )
            for number in range(count)
        ]
        self.posts.extend(said)
        return said

    def enriched(self, posts: Sequence[Said] | None = None) -> list[PostEnriched]:
        return [self._enriched(said) for said in (self.posts if posts is None else posts)]

    def _enriched(self, said: Said) -> PostEnriched:
        return PostEnriched(
            enrichment=PostEnrichment(
                post_id=str(said.id),
                author_id=str(said.author_id),
                platform="x",
                published_at=stamp(said.published_at),
                study_ids=[str(self.study_id)],
                revision=said.revision,
                language="en",
                sentiment=Sentiment(label=LABELS[said.sentiment]),
                is_repost=said.is_repost,
            )
        )

    def membership(self, said: Said) -> Membership:
        segment = str(self.segments[said.segment]) if said.segment else ""
        return Membership(post_id=str(said.id), segment_id=segment, strength=said.strength)

    def memberships(self, posts: Sequence[Said] | None = None) -> list[MembershipChanged]:
        posts = self.posts if posts is None else posts
        return [
            MembershipChanged(
                study_id=str(self.study_id),
                segmentation_id=str(self.segmentation_id),
                memberships=[self.membership(said) for said in posts[start : start + 500]],
            )
            for start in range(0, len(posts), 500)
        ]

    def published(self) -> SegmentationPublished:
        return SegmentationPublished(
            segmentation=Segmentation(
                id=str(self.segmentation_id),
                study_id=str(self.study_id),
                kind=SegmentKind.SEGMENT_KIND_TOPIC,
                version=self.version,
                posts=len(self.posts),
                created_at=stamp(START),
                segments=[self._segment(label, segment_id) for label, segment_id in self.segments.items()],
            )
        )

    def _segment(self, label: str, segment_id: UUID) -> Segment:
        members = [said for said in self.posts if said.segment == label]
        return Segment(
            id=str(segment_id),
            kind=SegmentKind.SEGMENT_KIND_TOPIC,
            label=label,
            size=len(members),
            exemplar_post_ids=[str(said.id) for said in members[:5]],
        )

    def events(self) -> list[PostEnriched | MembershipChanged | SegmentationPublished]:
        return [*self.enriched(), *self.memberships(), self.published()]

    def erased(self, said: Said) -> PostErased:
        return PostErased(post_id=str(said.id), erased_at=stamp(START))

    def next_version(self) -> "Conversation":
        """The same posts, segmented anew under the same labels."""
        again = Conversation(self.study_id, version=self.version + 1, posts=self.posts)
        again.segments = {label: new_id() for label in self.segments}
        return again

    def stored_by_ingest(self) -> list[Post]:
        return [
            Post(
                id=str(said.id),
                author_id=str(said.author_id),
                platform="x",
                text=said.text,
                published_at=stamp(said.published_at),
                study_ids=[str(self.study_id)],
                revision=said.revision,
                privacy=PRIVACY_PRIVATE if said.is_private else PRIVACY_PUBLIC,
            )
            for said in self.posts
        ]


def airline() -> Conversation:
    """Anger about cancelled flights that grows, praise for the crew, a small group, and posts that fit nowhere."""
    conversation = Conversation()
    conversation.say("cancelled, rebook", 40, sentiment="negative", hours=(0, 23))
    conversation.say("cancelled, rebook", 120, sentiment="negative", hours=(25, 48))
    conversation.say("cancelled, rebook", 10, sentiment="positive", hours=(1, 47))
    conversation.say("kind crew", 90, sentiment="positive")
    conversation.say("lounge", 40, authors=5)
    conversation.say(None, 100)
    return conversation
