"""The tone of a segment's posts, named only when most of them share it for certain."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from insight.prevalence.clusters import AuthorSums
from insight.prevalence.intervals import Share, estimate_share

MAJORITY = 0.5


class Sentiment(StrEnum):
    """Sentiment of a post, as enrichment labels it."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


OPPOSITES = {Sentiment.NEGATIVE: Sentiment.POSITIVE, Sentiment.POSITIVE: Sentiment.NEGATIVE}


class Tone(BaseModel):
    """The sentiment that most posts of a segment share."""

    model_config = ConfigDict(frozen=True)

    sentiment: Sentiment
    share: Share


def judge_tone(sentiments: Mapping[Sentiment, AuthorSums]) -> Tone | None:
    """The sentiment whose share is above one half over its whole interval, if there is one.

    The base is every post of the segment, including those on whose sentiment enrichment abstained.
    """
    shares = {sentiment: estimate_share(sums) for sentiment, sums in sentiments.items()}
    for sentiment, share in shares.items():
        if share.low > MAJORITY:
            return Tone(sentiment=sentiment, share=share)
    return None
