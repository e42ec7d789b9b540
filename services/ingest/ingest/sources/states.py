"""The states of sources and runs, by the words that tables and REST share."""

from enum import StrEnum


class SourceState(StrEnum):
    """Whether a source is collected from; a refused one waits for somebody to change its settings."""

    ACTIVE = "active"
    PAUSED = "paused"
    REFUSED = "refused"


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
