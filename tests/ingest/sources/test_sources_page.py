"""The page on sources names what there is."""

from pathlib import Path

import pytest

from ingest.sources.bluesky.config import BlueskyConfig
from ingest.sources.configs import SourceConfig
from ingest.sources.feed.config import FeedConfig
from ingest.sources.hackernews.config import HackerNewsConfig
from ingest.sources.mastodon.config import MastodonConfig
from ingest.sources.reddit.config import RedditConfig
from ingest.sources.youtube.config import YouTubeConfig

CONFIGS = {
    "Feed": FeedConfig,
    "Mastodon": MastodonConfig,
    "Bluesky": BlueskyConfig,
    "Reddit": RedditConfig,
    "Hacker News": HackerNewsConfig,
    "YouTube": YouTubeConfig,
}


@pytest.mark.parametrize("title", CONFIGS)
def test_every_field_has_its_row_and_the_example_is_sound(title: str, pytestconfig: pytest.Config) -> None:
    page = (Path(pytestconfig.rootpath) / "services/ingest/SOURCES.md").read_text()
    section = page.split(f"\n## {title}\n")[1].split("\n## ")[0]
    config: type[SourceConfig] = CONFIGS[title]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    named = {name.strip(" `") for row in rows for name in row.split("|")[1].split(",")}

    assert named == set(config.model_fields)
    assert all(field.description for field in config.model_fields.values() if field.annotation is not None)
    config.model_validate_json(section.split("```json\n")[1].split("```")[0])
