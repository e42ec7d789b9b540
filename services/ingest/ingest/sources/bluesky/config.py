"""How Bluesky is configured as a source."""

from typing import Annotated

from pydantic import Field

from ingest.sources.configs import Since, SourceConfig

JetstreamAddress = Annotated[str, Field(pattern=r"^wss?://[^\s@/?#]+(/[^\s?#]*)?$", max_length=2_000)]


class BlueskyConfig(SourceConfig):
    """The stream of all posts of Bluesky, or of some accounts."""

    endpoints: Annotated[
        tuple[JetstreamAddress, ...],
        Field(min_length=1, max_length=10, description="Jetstream servers; the next is taken when one breaks off."),
    ] = (
        "wss://jetstream1.us-east.bsky.network/subscribe",
        "wss://jetstream2.us-east.bsky.network/subscribe",
        "wss://jetstream1.us-west.bsky.network/subscribe",
        "wss://jetstream2.us-west.bsky.network/subscribe",
    )
    dids: Annotated[
        tuple[Annotated[str, Field(pattern=r"^did:[a-z]+:[A-Za-z0-9._:%-]{1,200}$")], ...],
        Field(max_length=100, description="Only these accounts, such as did:plc:…; empty takes everybody."),
    ] = ()
    rewind_seconds: Annotated[
        float,
        Field(ge=0, le=3600, description="How far to go back before the cursor whenever the stream is opened."),
    ] = 5.0
    since: Since = None
