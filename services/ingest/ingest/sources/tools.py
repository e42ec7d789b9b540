"""What every network connector is given beside its own configuration."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.sources.credentials import Credentials


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Tools:
    """Secrets, the network and the clock."""

    credentials: Credentials = Credentials()
    allow_private_hosts: bool = False
    now: Callable[[], datetime] = _now
