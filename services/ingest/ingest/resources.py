"""What the ingest service keeps for as long as it runs, beside its engines."""

from dataclasses import dataclass

from ingest.copies.finder import CopyFinder
from ingest.copies.following import CopyFollower


@dataclass(frozen=True)
class Resources:
    """The `state` of the runtime: who finds copies, and who tells it what other replicas store."""

    copies: CopyFinder
    follower: CopyFollower
