"""What every network connector is given beside its own configuration."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ingest.sources.backoff import Backoff
from ingest.sources.bundles import Bundling
from ingest.sources.credentials import Credentials
from ingest.sources.http import HttpCaller, HttpLimits


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Tools:
    """Secrets, the network, patience with streams, and the clock."""

    credentials: Credentials = field(default_factory=Credentials)
    allow_private_hosts: bool = False
    limits: HttpLimits = field(default_factory=HttpLimits)
    bundling: Bundling = field(default_factory=Bundling)
    backoff: Backoff = field(default_factory=Backoff)
    now: Callable[[], datetime] = _now

    def http(self) -> HttpCaller:
        """A client for one run."""
        return HttpCaller(allow_private=self.allow_private_hosts, limits=self.limits)
