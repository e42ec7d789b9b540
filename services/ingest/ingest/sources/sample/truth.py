"""What was planted in the sample conversation, for tests and demonstrations to compare findings with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Language = Literal["en", "fr"]
Sentiment = Literal["negative", "neutral", "positive"]
Kind = Literal["brand", "chatter", "spam"]


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, from `start` up to but not including `end`."""

    start: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        """True when the moment lies within."""
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Truth:
    """What a post is really about; theme, need and reason are names of the theme files."""

    kind: Kind
    audience: str
    sentiment: Sentiment
    theme: str | None = None
    need: str | None = None
    reason: str | None = None
    in_spike: bool = False
    repost_of: str | None = None


@dataclass(frozen=True, slots=True)
class SamplePost:
    """One post of the conversation, with its truth."""

    external_id: str
    platform: str
    author: str
    text: str
    published_at: datetime
    language: Language
    url: str
    truth: Truth

    @property
    def is_repost(self) -> bool:
        """True when the post only repeats another one."""
        return self.truth.repost_of is not None
