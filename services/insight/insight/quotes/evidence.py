"""From posts that could be quoted to the quotes of each segment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from insight.quotes.selection import Candidate, Stance, prefer_mentions, select
from insight.quotes.wording import quote

FEWEST_QUOTES = 2
MOST_QUOTES = {Stance.EVIDENCE: 3, Stance.COUNTER_EVIDENCE: 2}


@dataclass(frozen=True)
class SourcePost:
    """A post that could be quoted, with its text."""

    stance: Stance
    candidate: Candidate
    platform: str
    published_at: datetime


@dataclass(frozen=True)
class ChosenQuote:
    """A quote as it may be shown, and where it stands among those of its stance."""

    post_id: UUID
    stance: Stance
    position: int
    text: str
    platform: str
    published_at: datetime


def choose_quotes(
    sources: Mapping[UUID, Sequence[SourcePost]], labels: Mapping[UUID, str]
) -> dict[UUID, list[ChosenQuote]]:
    """The quotes of each segment; a segment that fewer than two different posts speak for is left out."""
    chosen = {segment_id: _choose(posts, labels[segment_id]) for segment_id, posts in sources.items()}
    return {segment_id: quotes for segment_id, quotes in chosen.items() if _is_proven(quotes)}


def _choose(sources: Sequence[SourcePost], label: str) -> list[ChosenQuote]:
    by_post = {source.candidate.post_id: source for source in sources}
    return [
        _quoted(by_post[candidate.post_id], position)
        for stance, most in MOST_QUOTES.items()
        for position, candidate in enumerate(select(_of_stance(sources, stance, label), most))
    ]


def _of_stance(sources: Sequence[SourcePost], stance: Stance, label: str) -> list[Candidate]:
    return prefer_mentions((source.candidate for source in sources if source.stance is stance), label)


def _quoted(source: SourcePost, position: int) -> ChosenQuote:
    return ChosenQuote(
        post_id=source.candidate.post_id,
        stance=source.stance,
        position=position,
        text=quote(source.candidate.text),
        platform=source.platform,
        published_at=source.published_at,
    )


def _is_proven(quotes: list[ChosenQuote]) -> bool:
    return sum(each.stance is Stance.EVIDENCE for each in quotes) >= FEWEST_QUOTES
