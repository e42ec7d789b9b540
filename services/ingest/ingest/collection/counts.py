"""What a stretch of posts came to, as the log of runs counts it."""

from dataclasses import dataclass

from ingest.posts.schemas import IntakeReport, RejectedLine

MOST_REJECTIONS_KEPT = 20


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the posts of one transaction."""

    fetched: int = 0
    new: int = 0
    updated: int = 0
    observed: int = 0
    duplicate: int = 0
    rejected: int = 0
    deleted: int = 0
    dropped: int = 0
    rejections: tuple[RejectedLine, ...] = ()

    @classmethod
    def of(cls, report: IntakeReport, deleted: int = 0) -> "Counts":
        """The counts of a report of the intake."""
        return cls(
            fetched=report.received,
            new=report.accepted,
            updated=report.updated,
            observed=report.observed,
            duplicate=report.duplicates,
            rejected=report.rejected_count,
            deleted=deleted,
            dropped=report.dropped,
            rejections=tuple(report.rejected[:MOST_REJECTIONS_KEPT]),
        )
