"""What makes a burst of shares remarkable: how many would have come at once by chance.

Many accounts that share the same link, hashtags or words nearly at once are evidence of coordination (Giglietto et al.
2020, doi:10.1080/1369118X.2020.1739732; Pacheco et al. 2021, doi:10.1609/icwsm.v15i1.18075). Whether it is an outcry or
an order, a reader must judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import numpy as np
from scipy.stats import false_discovery_control, poisson


class ObjectKind(StrEnum):
    """What was shared."""

    LINK = "link"
    HASHTAGS = "hashtags"
    COPY = "copy"


@dataclass(frozen=True)
class Question:
    """Which bursts are asked for: shares at most `seconds` apart, by at least so many authors, in a period."""

    study_id: UUID
    seconds: int
    authors: int
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class Burst:
    """Posts that shared one object, none later than some time after the one before.

    `shares` are the posts of the whole study that shared it, `posts_meanwhile` all posts of the study from the first
    to the last of the burst, `posts_in_all` all posts of the study.
    """

    kind: ObjectKind
    object: str
    authors: int
    posts: int
    first_at: datetime
    last_at: datetime
    shares: int
    posts_meanwhile: int
    posts_in_all: int
    post_ids: tuple[UUID, ...]

    @property
    def expected(self) -> float:
        """Posts that would have shared the object meanwhile, had its shares been spread over the study evenly."""
        return self.shares * self.posts_meanwhile / max(1, self.posts_in_all)


@dataclass(frozen=True)
class Coordination:
    """A burst, and how likely one at least as dense is by chance."""

    burst: Burst
    chance: float


def remarkable(bursts: Sequence[Burst], most_chance: float) -> list[Coordination]:
    """The bursts that chance hardly explains, least likely first.

    The chance is that of a Poisson count of posts that reaches the number of distinct authors, so that one author who
    posts often counts once. It is corrected for the number of bursts looked at (Benjamini and Hochberg 1995).
    """
    if not bursts:
        return []
    tails = poisson.sf([burst.authors - 1 for burst in bursts], [burst.expected for burst in bursts])
    chances = false_discovery_control(np.clip(tails, 0, 1)).tolist()
    found = [
        Coordination(burst, chance) for burst, chance in zip(bursts, chances, strict=True) if chance <= most_chance
    ]
    return sorted(found, key=lambda each: (each.chance, -each.burst.authors, each.burst.object))
