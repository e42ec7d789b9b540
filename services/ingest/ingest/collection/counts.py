"""What a stretch of posts came to, as the log of runs counts it."""

from dataclasses import dataclass

from ingest.models import SourceRun
from ingest.posts.schemas import IntakeReport

_MOST_REJECTIONS_KEPT = 20
# What runs call the counts of a report.
_NAMES = {
    "fetched": "received",
    "new": "accepted",
    "updated": "updated",
    "observed": "observed",
    "duplicate": "duplicates",
    "rejected": "rejected_count",
    "dropped": "dropped",
}


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the posts of one transaction, and how many posts the source took back."""

    report: IntakeReport
    deleted: int = 0

    @property
    def is_sign_of_life(self) -> bool:
        """True when the source said anything."""
        return bool(self.report.received or self.deleted)

    @property
    def is_news(self) -> bool:
        """True when it told of posts that nobody had."""
        return bool(self.report.accepted or self.report.dropped)

    def add_to(self, run: SourceRun) -> None:
        """Counts them for a run, and shows in it the first items that became no post."""
        for name, reported in _NAMES.items():
            setattr(run, name, getattr(run, name) + getattr(self.report, reported))
        run.deleted += self.deleted
        shown = [each.model_dump() for each in self.report.rejected[:_MOST_REJECTIONS_KEPT]]
        run.rejections = [*run.rejections, *shown][:_MOST_REJECTIONS_KEPT]
