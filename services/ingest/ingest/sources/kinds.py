"""Every kind of source: the settings it takes, and what collects its posts. A new kind is one more line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from pydantic import BaseModel

from ingest.sources import walks
from ingest.sources.bluesky import connector as bluesky
from ingest.sources.bluesky.config import BlueskyConfig
from ingest.sources.connector import Connector, Cursor
from ingest.sources.feed import connector as feed
from ingest.sources.feed.config import FeedConfig
from ingest.sources.hackernews import searches
from ingest.sources.hackernews.config import HackerNewsConfig
from ingest.sources.hackernews.connector import HackerNewsConnector
from ingest.sources.mastodon import connector as mastodon
from ingest.sources.mastodon.config import MastodonConfig
from ingest.sources.push.config import PushConfig
from ingest.sources.reddit.config import RedditConfig
from ingest.sources.reddit.connector import RedditConnector
from ingest.sources.sample import connector as sample
from ingest.sources.sample.config import SampleConfig
from ingest.sources.youtube.config import YouTubeConfig
from ingest.sources.youtube.connector import YouTubeConnector


def _never(config: BaseModel) -> bool:
    return False


def _always(config: BaseModel) -> bool:
    return True


def _searches(config: HackerNewsConfig) -> bool:
    return bool(config.queries)


def _listens(config: MastodonConfig) -> bool:
    return config.mode == "stream"


def _feed_host(config: FeedConfig) -> str:
    return urlsplit(config.url).hostname or ""


def _mastodon_host(config: MastodonConfig) -> str:
    return urlsplit(config.base_url).hostname or ""


@dataclass(frozen=True)
class Kind:
    """One kind of source.

    `connect` makes its connector from its settings and the tools of connectors; None for posts that come by
    themselves. `streams` tells from the settings whether the connector stays connected, rather than ending when
    there is no more. `host` tells whom it asks, where that is not the same for the whole kind: nobody is asked for
    two sources of a workspace at once. `rewind` gives the cursor that collects from a moment on and ends at another;
    None where the source shows no past, and `has_past` tells from the settings whether it does. `keeps_cursor` says
    that a cursor stays true when the settings change; otherwise the source starts anew then.
    """

    name: str
    config: type[BaseModel]
    connect: Callable[..., Connector] | None = None
    every_seconds: int = 900
    streams: Callable[..., bool] = _never
    host: Callable[..., str] | None = None
    rewind: Callable[[datetime, datetime], Cursor] | None = None
    has_past: Callable[..., bool] = _always
    keeps_cursor: bool = False

    def host_of(self, config: BaseModel) -> str:
        """Whom a source with these settings asks."""
        return self.host(config) if self.host else self.name


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("push", PushConfig),
        Kind("sample", SampleConfig, sample.SampleConnector, every_seconds=60, rewind=sample.rewind),
        Kind("feed", FeedConfig, feed.FeedConnector, host=_feed_host, rewind=feed.rewind),
        Kind(
            "mastodon",
            MastodonConfig,
            mastodon.MastodonConnector,
            every_seconds=300,
            streams=_listens,
            host=_mastodon_host,
            rewind=mastodon.rewind,
        ),
        Kind(
            "bluesky",
            BlueskyConfig,
            bluesky.BlueskyConnector,
            every_seconds=10,
            streams=lambda config: True,
            rewind=bluesky.rewind,
            keeps_cursor=True,
        ),
        Kind("reddit", RedditConfig, RedditConnector, every_seconds=300, rewind=walks.rewind, keeps_cursor=True),
        # Without queries, Hacker News is read by number and not by time.
        Kind(
            "hackernews",
            HackerNewsConfig,
            HackerNewsConnector,
            every_seconds=120,
            rewind=searches.rewind,
            has_past=_searches,
            keeps_cursor=True,
        ),
        Kind("youtube", YouTubeConfig, YouTubeConnector, every_seconds=3600, rewind=walks.rewind, keeps_cursor=True),
    )
}
