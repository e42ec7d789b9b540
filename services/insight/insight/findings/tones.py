"""The tone of a segment's posts, named only when it is certain."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from insight.prevalence.clusters import AuthorSums
from insight.prevalence.intervals import Share, estimate_share

MAJORITY = 0.5
FEWEST_TO_LEAN = 0.2  # where fewer posts take a side for certain, the sides are not worth a comparison
LEAN_RATIO = 2.0


class Sentiment(StrEnum):
    """Sentiment of a post, as enrichment labels it."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


OPPOSITES = {Sentiment.NEGATIVE: Sentiment.POSITIVE, Sentiment.POSITIVE: Sentiment.NEGATIVE}


class Tone(BaseModel):
    """What is certain about the sentiment of a segment's posts, all of them being the base."""

    model_config = ConfigDict(frozen=True)

    sentiment: Sentiment
    share: Share
    opposite: Share | None  # of the other side; None for a neutral tone
    is_majority: bool  # otherwise the posts only lean: this side is at least twice as common as the other

    @property
    def strength(self) -> float:
        """How far the side is ahead of the other for certain, 0 to 1; 0 for a neutral tone."""
        return max(0.0, self.share.low - self.opposite.high) if self.opposite else 0.0


def judge_tone(sentiments: Mapping[Sentiment, AuthorSums]) -> Tone | None:
    """The side that most posts take, else the side that they lean to, else neutral if most are; or nothing.

    Each must hold over the whole interval. Posts on which enrichment abstained count in the base.
    """
    shares = {sentiment: estimate_share(sums) for sentiment, sums in sentiments.items()}
    sides = [_side(shares, side, other) for side, other in OPPOSITES.items()]
    certain = [tone for tone in sides if tone.is_majority or _leans(tone)]
    if certain:
        return certain[0]
    neutral = shares[Sentiment.NEUTRAL]
    if neutral.low > MAJORITY:
        return Tone(sentiment=Sentiment.NEUTRAL, share=neutral, opposite=None, is_majority=True)
    return None


def _side(shares: Mapping[Sentiment, Share], side: Sentiment, other: Sentiment) -> Tone:
    share = shares[side]
    return Tone(sentiment=side, share=share, opposite=shares[other], is_majority=share.low > MAJORITY)


def _leans(tone: Tone) -> bool:
    opposite = tone.opposite.high if tone.opposite else 0.0
    return tone.share.low > FEWEST_TO_LEAN and tone.share.low > LEAN_RATIO * opposite
