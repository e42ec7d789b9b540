"""The states of sources and runs, by the words that tables and REST share."""

from enum import StrEnum


class SourceState(StrEnum):
    """Whether a source is collected from.

    A refused one waits for somebody to change its settings. A removed one is shown to nobody; its row stays for its
    terms, because they hold for the posts that it brought.
    """

    ACTIVE = "active"
    PAUSED = "paused"
    REFUSED = "refused"
    REMOVED = "removed"


class RunStatus(StrEnum):
    """Where a run stands; a stopped one was cut off, and the next goes on from its cursor."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUSED = "refused"
    STOPPED = "stopped"


OPEN = (RunStatus.QUEUED, RunStatus.RUNNING)


class HealthStatus(StrEnum):
    """How a source does."""

    OK = "ok"
    LATE = "late"
    FAILING = "failing"
    PAUSED = "paused"
    NEVER_RUN = "never_run"
