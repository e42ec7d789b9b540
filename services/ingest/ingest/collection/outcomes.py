"""How a run ended, and how long to wait after one that failed."""

from dataclasses import dataclass

from ingest.sources.connector import SourceRefused, SourceUnavailable
from ingest.sources.states import RunStatus
from kit.jobs import LeaseLost

FIRST_WAIT_SECONDS = 10.0
LONGEST_WAIT_SECONDS = 3_600.0
LONGEST_PATIENCE_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended, with the sentence why and the patience that the source asked for."""

    status: RunStatus
    problem: str = ""
    retry_after_seconds: float | None = None


SUCCEEDED = Outcome(RunStatus.SUCCEEDED)
STOPPED = Outcome(RunStatus.STOPPED)


def outcome_of(error: BaseException | None) -> Outcome:
    """What an error of a run means; one that the connector did not foresee counts as a failure of the source."""
    if error is None:
        return SUCCEEDED
    if isinstance(error, SourceRefused):
        return Outcome(RunStatus.REFUSED, str(error))
    if isinstance(error, SourceUnavailable):
        return Outcome(RunStatus.FAILED, str(error), error.retry_after_seconds)
    if isinstance(error, LeaseLost):
        return STOPPED
    return Outcome(RunStatus.FAILED, f"Collecting failed by an error of its own ({type(error).__name__}).")


def wait_seconds(failures: int, retry_after: float | None, luck: float) -> float:
    """How long to wait after so many failures in a row; `luck` from 0 to 1 spreads sources that failed together.

    Never less than the source asked for. Otherwise it doubles, between half and all of the step ("equal jitter",
    M. Brooker, Exponential Backoff And Jitter).
    """
    if retry_after is not None and retry_after > 0:
        return min(retry_after, LONGEST_PATIENCE_SECONDS) * (1 + luck / 10)
    step = min(FIRST_WAIT_SECONDS * 2.0 ** min(failures - 1, 30), LONGEST_WAIT_SECONDS)
    return step * (0.5 + luck / 2)
