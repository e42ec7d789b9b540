"""What the ingest service can be told by its environment."""

from typing import ClassVar

from pydantic import SecretStr

from ingest.authors.pseudonyms import Pseudonyms
from ingest.sources.files.records import Limits
from kit.settings import ServiceSettings, setting

LAPTOP_KEY = "laptop"
_MEBIBYTE = 1024 * 1024


class IngestSettings(ServiceSettings):
    """Settings of the ingest service; every default is safe on a laptop."""

    service: ClassVar[str] = "ingest"

    author_key: SecretStr = setting(
        "INGEST_AUTHOR_KEY",
        SecretStr(LAPTOP_KEY),
        "Key of the pseudonyms of authors: a secret of your own outside of a laptop, and never changed.",
    )
    chunk_posts: int = setting("INGEST_CHUNK_POSTS", 1000, "Posts that are stored in one transaction.")
    upload_megabytes: int = setting("INGEST_UPLOAD_MEGABYTES", 1024, "Largest file that may be uploaded, in MiB.")
    expanded_megabytes: int = setting(
        "INGEST_EXPANDED_MEGABYTES", 65_536, "Most that a compressed file may expand to, in MiB."
    )
    zstd_window_megabytes: int = setting(
        "INGEST_ZSTD_WINDOW_MEGABYTES", 128, "Largest window of Zstandard data, in MiB: memory that an import may take."
    )
    line_kilobytes: int = setting("INGEST_LINE_KILOBYTES", 1024, "Longest line of a file or stream, in KiB.")
    uploads_sweep_seconds: float = setting(
        "INGEST_UPLOADS_SWEEP_SECONDS", 60.0, "How often the files of ended imports are removed."
    )
    retention_days: int = setting(
        "INGEST_RETENTION_DAYS", 0, "How long posts are kept whose source does not say; 0 keeps them for ever."
    )
    retention_sweep_seconds: float = setting(
        "INGEST_RETENTION_SWEEP_SECONDS", 3600.0, "How often posts whose time is over are erased."
    )
    collections: int = setting(
        "INGEST_COLLECTIONS", 8, "Sources that one replica collects from at once, beside streams."
    )
    streams: int = setting("INGEST_STREAMS", 32, "Streams that one replica stays connected to at once.")
    allow_private_hosts: bool = setting(
        "INGEST_ALLOW_PRIVATE_HOSTS", False, "Let sources be at private addresses: laptops, tests and intranets."
    )
    runs_days: int = setting("INGEST_RUNS_DAYS", 30, "Days that the record of a run is kept.")
    experiment_posts: int = setting(
        "INGEST_EXPERIMENT_POSTS", 20_000, "Stored posts that a diff or suggestions read; of more, a random sample."
    )

    copies_window: int = setting(
        "INGEST_COPIES_WINDOW", 500_000, "Newest texts among which near copies are looked for, in memory."
    )
    copies_days: float = setting("INGEST_COPIES_DAYS", 30.0, "Age in days beyond which nothing gets near copies.")
    copies_follow_seconds: float = setting(
        "INGEST_COPIES_FOLLOW_SECONDS", 1.0, "How often the texts that other replicas stored are learnt."
    )

    @property
    def pseudonyms(self) -> Pseudonyms:
        """The pseudonyms that this installation gives to authors."""
        return Pseudonyms(self.author_key.get_secret_value().encode())

    @property
    def upload_bytes(self) -> int:
        """Largest upload, in bytes."""
        return self.upload_megabytes * _MEBIBYTE

    @property
    def file_limits(self) -> Limits:
        """How much a file may ask of the reader."""
        return Limits(
            line_bytes=self.line_kilobytes * 1024,
            expanded_bytes=self.expanded_megabytes * _MEBIBYTE,
            zstd_window_bytes=self.zstd_window_megabytes * _MEBIBYTE,
        )
