"""Feeds: three formats, conditional requests, entries told apart, and documents that are none."""

import json
from datetime import UTC, datetime

import pytest

from ingest.posts.schemas import NewPost
from ingest.posts.submissions import Submission
from ingest.sources.connector import Batch, SourceUnavailable
from ingest.sources.feed.config import FeedConfig
from ingest.sources.feed.connector import FeedConnector
from tests.ingest.sources.servers.feeds import FeedServer, serve_feed
from tests.ingest.sources.servers.serving import TOOLS, ids, reasons, run

RSS = b"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>News</title><language>fr-FR</language>
<item><guid isPermaLink="false">41</guid><title>Trains &amp;amp; co</title><link>https://news.example/41</link>
<description>&lt;p&gt;Late &lt;b&gt;again&lt;/b&gt;&lt;script&gt;x()&lt;/script&gt;&lt;/p&gt;
&lt;p&gt;Why?&lt;/p&gt;</description>
<dc:creator>Ann</dc:creator><pubDate>Sun, 20 Sep 2026 11:00:00 +0200</pubDate>
<enclosure url="https://news.example/a.mp3" type="audio/mpeg" length="1"/></item>
<item><guid>https://news.example/42</guid><title>Second</title><pubDate>no date</pubDate></item>
<item><guid isPermaLink="false">41</guid><title>Trains &amp;amp; co</title><description/></item>
<item><guid isPermaLink="false">44</guid></item>
</channel></rss>"""
ATOM = b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>A</title>
<entry><id>tag:blog.example,2026:1</id><title type="html">One &lt;i&gt;more&lt;/i&gt;</title><link href="https://blog.example/1"/>
<content type="html">&lt;p&gt;Text&lt;/p&gt;</content><author><name>Bob</name></author>
<published>2026-09-20T09:00:00Z</published><updated>2026-09-21T09:00:00Z</updated></entry></feed>"""


def connector(server: FeedServer, **config: object) -> FeedConnector:
    return FeedConnector(FeedConfig.model_validate({"url": f"{server.url}/feed", **config}), TOOLS)


def posts(batches: list[Batch]) -> list[NewPost]:
    return [item.post for batch in batches for item in batch.items if isinstance(item, Submission)]


async def test_rss_gives_entries_with_their_own_ids_dates_and_text() -> None:
    async with serve_feed(RSS) as server:
        batches = await run(connector(server, platform="news"))

    first, second, *_ = posts(batches)
    assert first.text == "Trains & co\n\nLate again\n\nWhy?"
    assert (first.external_id, first.platform, first.language) == ("127.0.0.1#41", "news", "fr-FR")
    assert (first.author, first.author_handle, first.url) == ("127.0.0.1:Ann", "Ann", "https://news.example/41")
    assert first.published_at == datetime(2026, 9, 20, 9, tzinfo=UTC)
    assert first.has_media
    assert (second.external_id, second.published_at) == ("https://news.example/42", None)
    assert reasons(batches) == ["text: is empty."]


async def test_atom_tells_when_an_entry_was_changed() -> None:
    async with serve_feed(ATOM, "application/atom+xml") as server:
        [post] = posts(await run(connector(server)))

    assert (post.text, post.external_id, post.author_handle) == ("One more\n\nText", "tag:blog.example,2026:1", "Bob")
    assert (post.published_at, post.changed_at) == (
        datetime(2026, 9, 20, 9, tzinfo=UTC),
        datetime(2026, 9, 21, 9, tzinfo=UTC),
    )


async def test_json_feed_is_read_item_by_item() -> None:
    item = {
        "id": 7,
        "content_html": "<p>Hi<br>you</p>",
        "date_published": "2026-09-20T09:00:00+02:00",
        "language": "de",
    }
    items = [item, {"id": "8", "content_text": ""}, "nonsense", {"id": "9", "title": "T", "authors": [{"name": "Eve"}]}]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": items}).encode()
    async with serve_feed(body, "application/feed+json") as server:
        batches = await run(connector(server))

    first, second = posts(batches)
    assert (first.text, first.external_id, first.language) == ("Hi\nyou", "127.0.0.1#7", "de")
    assert (second.text, second.author_handle) == ("T", "Eve")
    assert len(reasons(batches)) == 2


async def test_a_feed_that_has_not_changed_is_not_sent_again() -> None:
    async with serve_feed(RSS) as server:
        first = await run(connector(server))
        assert await run(connector(server), first[-1].cursor) == []
        conditions = server.asked[-1].headers

    assert (conditions["if-none-match"], conditions["if-modified-since"]) == ('"1"', "Sun, 20 Sep 2026 09:00:00 GMT")


async def test_only_entries_that_are_new_or_say_something_else_are_given_again() -> None:
    async with serve_feed(ATOM) as server:
        first = await run(connector(server))
        entry = b"<entry><id>tag:blog.example,2026:2</id><title>Two</title></entry></feed>"
        server.body, server.etag = ATOM.replace(b"</feed>", entry), '"2"'
        second = await run(connector(server), first[-1].cursor)
        server.body, server.etag = server.body.replace(b"&lt;p&gt;Text", b"&lt;p&gt;Edited"), '"3"'
        third = await run(connector(server), second[-1].cursor)

    assert ids(second) == ["tag:blog.example,2026:2"]
    assert [post.text for post in posts(third)] == ["One more\n\nEdited"]


async def test_entries_before_since_are_left_out() -> None:
    async with serve_feed(ATOM) as server:
        assert posts(await run(connector(server, since=datetime(2026, 9, 21, tzinfo=UTC)))) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Down for maintenance</body></html>",
        b"/etc/hostname",
        b'{"items": 7}',
        b"{" * 10_000,
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(f'<!ENTITY {chr(98 + level)} "{f"&{chr(97 + level)};" * 10}">'.encode() for level in range(12))
        + b"]><x>&m;</x>",
    ],
    ids=["nothing", "page", "file name", "json", "deep json", "entities"],
)
async def test_a_document_that_is_no_feed_is_told_and_does_no_harm(body: bytes) -> None:
    async with serve_feed(body) as server:
        with pytest.raises(SourceUnavailable, match="is no RSS"):
            await run(connector(server))
