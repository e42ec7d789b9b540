"""A post has one identity, whether its connector collects it or a file of the platform's answers brings it."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from ingest.posts.schemas import NewPost
from ingest.posts.submissions import Submission
from ingest.sources.bluesky.config import BlueskyConfig
from ingest.sources.bluesky.connector import BlueskyConnector
from ingest.sources.connector import Batch, Connector
from ingest.sources.mastodon.config import MastodonConfig
from ingest.sources.mastodon.connector import MastodonConnector
from ingest.sources.mastodon.identities import home_id, server_seen_through
from ingest.sources.reddit.config import RedditConfig
from ingest.sources.reddit.connector import RedditConnector
from ingest.sources.youtube.config import YouTubeConfig
from ingest.sources.youtube.connector import YouTubeConnector
from tests.ingest.sources.servers.jetstream import serve_jetstream
from tests.ingest.sources.servers.mastodon import serve_mastodon
from tests.ingest.sources.servers.reddit import serve_reddit
from tests.ingest.sources.servers.serving import TOOLS, Json, run
from tests.ingest.sources.servers.youtube import VIDEO, serve_youtube
from tests.ingest.sources.test_presets import taken

SAMPLES = Path(__file__).parent / "samples"
Identities = dict[str, dict[str, object]]
PARTS = ("platform", "author", "author_handle", "parent_id", "thread_id", "repost_of", "quote_of", "url")


def sample(name: str) -> str:
    return (SAMPLES / name).read_text(encoding="utf-8")


def by_id(posts: Iterable[NewPost]) -> Identities:
    return {post.external_id: {part: getattr(post, part) for part in PARTS} for post in posts}


def by_file(content: str, preset: str) -> Identities:
    return by_id(item.post for item in taken(content.encode(), preset)[0] if isinstance(item, Submission))


async def by_connector(connector: Connector) -> Identities:
    batches: list[Batch] = await run(connector)
    return by_id(item.post for batch in batches for item in batch.items if isinstance(item, Submission))


def federated(status: Json, server: str) -> Json:
    """A status of another server, seen through this one: a number of its own here, and hashtags linked here."""
    return status | {
        "id": "103270115826049000",
        "uri": "https://far.example/users/eve/statuses/900",
        "url": "https://far.example/@eve/900",
        "in_reply_to_id": "103270115826048975",
        "account": {"acct": "Eve@far.example", "url": "https://far.example/@eve", "followers_count": 1},
        "tags": [{"name": "solane", "url": f"{server}/tags/solane"}],
        "quote": {"state": "accepted", "quoted_status_id": "103270115826048976"},
    }


def native(status: Json, server: str) -> Json:
    """A status of this server by an account that is named without it."""
    account = {"acct": "Bob", "url": f"{server}/@Bob", "followers_count": 1}
    return status | {"id": "77", "uri": f"{server}/ap/users/1/statuses/77", "account": account}


async def test_mastodon() -> None:
    async with serve_mastodon() as server:
        statuses: list[Json] = json.loads(sample("mastodon.json").replace("https://rail.example", server.url))
        statuses += [federated(statuses[0], server.url), native(statuses[0], server.url)]
        server.statuses = statuses
        collected = await by_connector(MastodonConnector(MastodonConfig(base_url=server.url), TOOLS))

    assert by_file(json.dumps(statuses), "mastodon") == collected
    host = server.url.removeprefix("http://")
    assert {name: post["author"] for name, post in collected.items()} == {
        **{f"{host}/10327011582604897{number}": "ada@rail.example" for number in (5, 6, 7)},
        f"{host}/103270115826049000": "eve@far.example",
        f"{host}/77": f"bob@{host}",
    }


async def test_reddit() -> None:
    lines = (sample("reddit_submissions.ndjson") + sample("reddit_comments.ndjson")).splitlines()
    records: list[Json] = [json.loads(line) for line in lines]
    kinds = [(record, "t1" if "body" in record else "t3") for record in records]
    things: list[object] = [{"kind": kind, "data": {"name": f"{kind}_{each['id']}", **each}} for each, kind in kinds]
    async with serve_reddit(new=things) as server:
        config = RedditConfig.model_validate(
            {
                "subreddits": ["trains"],
                "client_id": "env:SOURCE_ID",
                "client_secret": "env:SOURCE_SECRET",
                "user_agent": "linux:org.example.pourquoi:v1 (by /u/tester)",
                "base_url": server.url,
                "token_url": f"{server.url}/api/v1/access_token",
                "comments": False,
            }
        )
        collected = await by_connector(RedditConnector(config, TOOLS))

    assert by_file("\n".join(lines), "reddit") == collected
    assert collected.keys() == {"t3_1gb2c3", "t3_1gb2c4", "t1_lx1", "t1_lx2"}
    assert {post["author"] for post in collected.values()} == {"railfan", "commuter9", ""}


async def test_reddit_listings_name_things_as_dumps_do() -> None:
    listing = by_file(sample("reddit_listing.json"), "reddit")
    dumps = by_file(sample("reddit_submissions.ndjson") + sample("reddit_comments.ndjson"), "reddit")

    assert listing.items() <= dumps.items()


async def test_bluesky() -> None:
    posts: list[Json] = [json.loads(line) for line in sample("bluesky_jetstream.ndjson").splitlines()[:2]]
    listed = json.loads(json.dumps(posts[0]))
    listed["commit"]["rkey"] = "3mnx34dag2h2f"
    generator = "at://did:plc:eclio37ymobqex2ncko63h4r/app.bsky.feed.generator/trains"
    listed["commit"]["record"]["embed"] = {"$type": "app.bsky.embed.record", "record": {"cid": "b", "uri": generator}}
    events = [*posts, listed]
    views = [
        {
            "uri": f"at://{event['did']}/app.bsky.feed.post/{event['commit']['rkey']}",
            "author": {"did": event["did"]},
            "record": event["commit"]["record"],
        }
        for event in events
    ]
    async with serve_jetstream(*events) as stream:
        config = BlueskyConfig.model_validate({"endpoints": [stream.url], "since": "2025-10-01T00:00:00Z"})
        source = BlueskyConnector(config, TOOLS)
        batches = source.collect({"time_us": 1, "until_us": events[-1]["time_us"]})
        collected = by_id(
            [item.post async for batch in batches for item in batch.items if isinstance(item, Submission)]
        )

    assert by_file("\n".join(map(json.dumps, events)), "bluesky_jetstream") == collected
    assert by_file("\n".join(map(json.dumps, views)), "bluesky_posts") == collected
    assert [bool(post["quote_of"]) for post in collected.values()] == [False, True, False]


async def test_youtube() -> None:
    page: Json = json.loads(sample("youtube.json"))
    nameless = json.loads(json.dumps(page["items"][1]).replace("UgzB", "UgzC"))
    del nameless["snippet"]["topLevelComment"]["snippet"]["authorChannelId"]
    page["items"].append(nameless)
    async with serve_youtube(*page["items"]) as server:
        config = {"videos": [VIDEO], "api_key": "env:SOURCE_SECRET", "base_url": server.url}
        collected = await by_connector(YouTubeConnector(YouTubeConfig.model_validate(config), TOOLS))

    assert by_file(json.dumps(page), "youtube") == collected
    assert {name: post["author"] for name, post in collected.items()} == {
        "UgzA": "UCgrace",
        "UgzA.1": "UCgrace",
        "UgzB": "UCgrace",
        "UgzC": "grace",
    }


def test_a_status_that_does_not_tell_its_server_is_named_as_its_own_server_names_it() -> None:
    status: Json = federated(json.loads(sample("mastodon.json"))[0], "https://rail.example") | {"tags": []}

    assert by_file(json.dumps([status]), "mastodon").keys() == {"far.example/900"}


@pytest.mark.parametrize(
    ("uri", "identity"),
    [
        ("https://M.example/users/ann/statuses/12", "m.example/12"),
        ("https://m.example/users/ann/statuses/12/activity", "m.example/12"),
        ("https://m.example/ap/users/7/statuses/12", "m.example/12"),
        ("https://pleroma.example/objects/5b1c", "https://pleroma.example/objects/5b1c"),
        ("http://[", "http://["),
    ],
)
def test_the_uri_of_a_status_tells_how_its_own_server_names_it(uri: str, identity: str) -> None:
    assert home_id(uri) == identity
    assert server_seen_through("55", uri, "ann@m.example", "") == ""
