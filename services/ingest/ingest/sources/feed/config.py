"""How a feed is configured."""

from typing import Annotated

from pydantic import Field

from ingest.sources.configs import Since, SourceConfig, WebAddress


class FeedConfig(SourceConfig):
    """A feed in RSS, Atom or JSON Feed, which is asked for at every run."""

    url: Annotated[WebAddress, Field(description="Address of the feed.")]
    platform: Annotated[
        str,
        Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,49}$", description="Platform that its posts belong to, such as `news`."),
    ] = "feed"
    since: Since = None
