"""What the enrichment service can be told by its environment."""

from typing import ClassVar, Literal

from kit.settings import ServiceSettings, setting


class EnrichmentSettings(ServiceSettings):
    """Settings of the enrichment service; every default is safe on a laptop."""

    service: ClassVar[str] = "enrichment"

    encoder: str = setting(
        "ENRICHMENT_ENCODER",
        "all-MiniLM-L6-v2",
        "Sentence-transformers model that pools by mean: the packaged one, a folder, or a name it can resolve.",
    )
    precision: Literal["auto", "float32", "bfloat16"] = setting(
        "ENRICHMENT_PRECISION", "auto", "Number format of the encoder; `auto` tries which is fastest and faithful."
    )
    threads: int = setting("ENRICHMENT_THREADS", 0, "Threads that read posts, one core each; 0 takes all cores.")
    heads: str = setting(
        "ENRICHMENT_HEADS",
        "",
        "Folder of the text-level heads, each with its .sha256 beside it; empty takes the shipped ones.",
    )
    ingest_target: str = setting(
        "ENRICHMENT_INGEST_TARGET", "127.0.0.1:9081", "Where ingest answers gRPC; it keeps the texts of posts."
    )
    names_model: str = setting(
        "ENRICHMENT_NAMES_MODEL",
        "",
        "Model file of the tagger of names, with its .sha256 beside it; empty takes the shipped one.",
    )
    batch_posts: int = setting("ENRICHMENT_BATCH_POSTS", 256, "Most posts that are read and stored together.")
    annotation_lease_minutes: int = setting(
        "ENRICHMENT_ANNOTATION_LEASE_MINUTES", 15, "How long an item that a coder was shown waits for the answer."
    )
