"""What the segmentation service can be told by its environment."""

from typing import ClassVar

from kit.settings import ServiceSettings, setting
from segmentation.topics.method import Method


class SegmentationSettings(ServiceSettings):
    """Settings of the segmentation service; every default is safe on a laptop."""

    service: ClassVar[str] = "segmentation"

    ingest_target: str = setting(
        "SEGMENTATION_INGEST_TARGET", "127.0.0.1:9081", "Where ingest answers gRPC; it knows which studies exist."
    )
    posts_at_least: int = setting(
        "SEGMENTATION_POSTS_AT_LEAST", 30, "A study with fewer different texts is not segmented."
    )
    posts_at_most: int = setting(
        "SEGMENTATION_POSTS_AT_MOST",
        100_000,
        "A larger study is segmented by a random sample of this size, and the other posts are assigned.",
    )
    segments_at_most: int = setting(
        "SEGMENTATION_SEGMENTS_AT_MOST",
        25,
        "Most segments where the service chooses the resolution.",
    )
    runs: int = setting("SEGMENTATION_RUNS", 8, "Leiden runs that a consensus and its stability come from.")
    reference_at_most: int = setting(
        "SEGMENTATION_REFERENCE_AT_MOST", 20_000, "Members of a version that vote on new posts."
    )
    cached_references: int = setting(
        "SEGMENTATION_CACHED_REFERENCES", 4, "Versions whose voting members stay in memory (30 MB each at most)."
    )

    def method(self, resolution: float | None = None) -> Method:
        """The topic method as configured; a resolution overrides the automatic choice."""
        return Method(
            posts_at_least=self.posts_at_least,
            segments_at_most=self.segments_at_most,
            runs=self.runs,
            reference_at_most=self.reference_at_most,
            resolution=resolution,
        )
