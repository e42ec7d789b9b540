"""Where posts go: a study, a source or both, and under which terms they are kept."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from ingest.posts.records import Privacy

USUAL_SAMPLE_RATE = 0.01
_SPAN = 2**64


class UnmatchedPolicy(StrEnum):
    """What becomes of new posts that no study takes."""

    KEEP = "keep"
    SAMPLE = "sample"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Destination:
    """What posts are sent to; without a study they belong to those whose queries take them.

    `keeps_handles` says whether the terms of the source allow to keep the public names of authors. Of the posts that
    no study takes, `SAMPLE` keeps `sample_rate`, always the same ones.
    """

    study_id: UUID | None = None
    source_id: UUID | None = None
    unmatched: UnmatchedPolicy = UnmatchedPolicy.KEEP
    sample_rate: float = USUAL_SAMPLE_RATE
    keeps_handles: bool = False
    privacy: Privacy = Privacy.PUBLIC

    @classmethod
    def of_study(cls, study_id: UUID) -> "Destination":
        """For posts that are sent straight to a study: who sends them answers for the handles among them."""
        return cls(study_id=study_id, keeps_handles=True)

    def keeps_unmatched(self, workspace: str, platform: str, external_id: str) -> bool:
        """Whether to keep a post that no study takes; every copy of it gets the same answer."""
        if self.unmatched is not UnmatchedPolicy.SAMPLE:
            return self.unmatched is UnmatchedPolicy.KEEP
        key = "\0".join((workspace, platform, external_id)).encode()
        return int.from_bytes(hashlib.blake2b(key, digest_size=8).digest()) < self.sample_rate * _SPAN
