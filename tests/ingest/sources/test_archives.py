"""Feeds that name older documents: a backfill reads as much of them as it is asked for."""

import json
from contextlib import aclosing
from datetime import UTC, datetime

import pytest

from ingest.sources.connector import SourceRefused
from ingest.sources.feed.config import FeedConfig
from ingest.sources.feed.connector import FeedConnector, rewind
from tests.ingest.sources.servers.feeds import FeedServer, serve_feed
from tests.ingest.sources.servers.serving import TOOLS, ids, run


def entries(*days: int) -> str:
    return "".join(
        f"<entry><id>tag:a,{day}</id><title>Day {day}</title><published>2026-09-{day:02}T12:00:00Z</published></entry>"
        for day in days
    )


def atom(*days: int, link: str = "", relation: str = "prev-archive") -> bytes:
    older = f'<link rel="{relation}" href="{link}"/>' if link else ""
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title>{older}{entries(*days)}</feed>'.encode()


def archived(server: FeedServer) -> FeedServer:
    """A feed of four days with three documents of two days before it."""
    server.archive = {"3": atom(8, 7, link="2"), "2": atom(6, 5, link="/archive/1"), "1": atom(4, 3)}
    return server


def connector(server: FeedServer) -> FeedConnector:
    return FeedConnector(FeedConfig.model_validate({"url": f"{server.url}/feed"}), TOOLS)


def day(number: int) -> datetime:
    return datetime(2026, 9, number, tzinfo=UTC)


def named(*days: int) -> list[str]:
    return [f"tag:a,{number}" for number in days]


async def test_a_backfill_reads_the_archive_down_to_the_moment_that_it_is_told() -> None:
    async with serve_feed(atom(12, 11, 10, 9, link="archive/3")) as server:
        batches = await run(connector(archived(server)), rewind(day(6), day(11)))
        asked = [request.url.path for request in server.asked]

    assert ids(batches) == named(10, 9, 8, 7, 6)
    assert asked == ["/feed", "/archive/3", "/archive/2", "/archive/1"]


async def test_it_ends_at_the_first_document_that_is_older_than_what_is_wanted() -> None:
    async with serve_feed(atom(12, link="archive/3")) as server:
        await run(connector(archived(server)), rewind(day(9), day(13)))
        assert [request.url.path for request in server.asked] == ["/feed", "/archive/3"]


async def test_a_backfill_that_is_cut_off_goes_on_at_the_document_where_it_was() -> None:
    async with serve_feed(atom(12, 11, link="archive/3")) as server:
        async with aclosing(connector(archived(server)).collect(rewind(day(1), day(20)))) as batches:
            kept = [await anext(batches), await anext(batches)]
        rest = await run(connector(server), kept[-1].cursor)
        again = await run(connector(server), rest[-1].cursor)

    assert ids([*kept, *rest]) == named(12, 11, 8, 7, 6, 5, 4, 3)
    assert again == []


@pytest.mark.parametrize("relation", ["prev-archive", "next"])
async def test_documents_that_lead_round_in_a_ring_are_read_once(relation: str) -> None:
    async with serve_feed(atom(12, link="/archive/1", relation=relation)) as server:
        server.archive = {
            "1": atom(11, link="/archive/2", relation=relation),
            "2": atom(10, link="/archive/1", relation=relation),
        }
        batches = await run(connector(server), rewind(day(1), day(20)))

    assert ids(batches) == named(12, 11, 10)


async def test_pages_of_rss_and_json_feeds_are_followed_too() -> None:
    rss = (
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>N</title>'
        '<atom:link rel="next" href="/archive/json"/><item><guid>tag:a,9</guid><title>Day 9</title>'
        "<pubDate>Wed, 09 Sep 2026 12:00:00 GMT</pubDate></item></channel></rss>"
    )
    item = {"id": "tag:a,8", "content_text": "Day 8", "date_published": "2026-09-08T12:00:00Z"}
    async with serve_feed(rss.encode()) as server:
        server.archive = {
            "json": json.dumps({"items": [item], "next_url": f"{server.url}/archive/1"}).encode(),
            "1": atom(7),
        }
        batches = await run(connector(server), rewind(day(1), day(20)))

    assert ids(batches) == named(9, 8, 7)


async def test_only_the_feed_itself_is_read_when_it_is_collected_on_time() -> None:
    async with serve_feed(atom(12, link="archive/3")) as server:
        batches = await run(connector(archived(server)))
        assert [request.url.path for request in server.asked] == ["/feed"]

    assert ids(batches) == named(12)


async def test_a_link_that_leads_out_of_the_web_is_refused() -> None:
    async with serve_feed(atom(12, link="file:///etc/hostname")) as server:
        with pytest.raises(SourceRefused, match="not at https"):
            await run(connector(server), rewind(day(1), day(20)))
