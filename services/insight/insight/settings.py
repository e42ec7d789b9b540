"""What the insight service can be told by its environment."""

from datetime import timedelta
from typing import ClassVar

from kit.settings import ServiceSettings, setting

_STANDARD_LADDER = (5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)


class InsightSettings(ServiceSettings):
    """Settings of the insight service; every default is safe on a laptop."""

    service: ClassVar[str] = "insight"

    ingest_target: str = setting(
        "INSIGHT_INGEST_TARGET", "127.0.0.1:9081", "Where ingest answers gRPC; quotes come from there."
    )
    fewest_authors: int = setting(
        "INSIGHT_FEWEST_AUTHORS", 20, "Segments with fewer distinct authors are never spoken of."
    )
    quiet_seconds: float = setting(
        "INSIGHT_QUIET_SECONDS", 2.0, "A study is read when nothing about it arrived for so long ..."
    )
    patience_seconds: float = setting(
        "INSIGHT_PATIENCE_SECONDS", 20.0, "... or when something has been waiting to be read for so long."
    )
    facts_patience_seconds: float = setting(
        "INSIGHT_FACTS_PATIENCE_SECONDS",
        120.0,
        "How long a new segmentation waits for posts of it that were not enriched yet.",
    )
    reading_lease_seconds: float = setting(
        "INSIGHT_READING_LEASE_SECONDS", 30.0, "A reading that takes longer is taken over by another replica."
    )
    allow_private_endpoints: bool = setting(
        "INSIGHT_ALLOW_PRIVATE_ENDPOINTS", False, "Let webhooks go to private addresses: laptops and tests only."
    )
    webhook_timeout_seconds: float = setting(
        "INSIGHT_WEBHOOK_TIMEOUT_SECONDS", 15.0, "Time that a partner has to answer one attempt."
    )
    webhook_waits_seconds: tuple[float, ...] = setting(
        "INSIGHT_WEBHOOK_WAITS_SECONDS", _STANDARD_LADDER, "Waits between the attempts, as a JSON list."
    )

    @property
    def webhook_waits(self) -> tuple[timedelta, ...]:
        """The ladder of waits between the attempts of a delivery."""
        return tuple(timedelta(seconds=seconds) for seconds in self.webhook_waits_seconds)
