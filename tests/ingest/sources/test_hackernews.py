"""Hacker News: items in order, late and changed ones, and searches back in time."""

from contextlib import aclosing
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from ingest.posts.submissions import Submission
from ingest.sources.hackernews.config import HackerNewsConfig
from ingest.sources.hackernews.connector import HackerNewsConnector
from ingest.sources.hackernews.searches import rewind
from tests.ingest.sources.servers.hackernews import START, HackerNews, hit, serve_hackernews, story
from tests.ingest.sources.servers.serving import TOOLS, gone, ids, reasons, run


def connector(server: HackerNews, **config: object) -> HackerNewsConnector:
    urls = {"base_url": f"{server.url}/v0", "search_url": f"{server.url}/api/v1"}
    return HackerNewsConnector(HackerNewsConfig.model_validate({**urls, **config}), TOOLS)


async def test_items_are_read_in_order_and_each_only_once() -> None:
    async with serve_hackernews(*(story(number) for number in range(1, 251))) as server:
        first = await run(connector(server, first_items=220))
        server.items[251] = story(251, type="comment", title=None, url=None, text="Me <i>too</i>", parent=7)
        second = await run(connector(server), first[-1].cursor)

    assert ids(first) == [str(number) for number in range(31, 251)]
    assert [batch.cursor["item"] for batch in first] == [130, 230, 250]
    [item] = second[0].items
    assert isinstance(item, Submission)
    assert (item.post.text, item.post.parent_id, item.post.external_id) == ("Me too", "7", "251")
    assert item.post.url == "https://news.ycombinator.com/item?id=251"


async def test_a_run_that_is_cut_off_resumes_behind_the_last_batch() -> None:
    async with serve_hackernews(*(story(number) for number in range(1, 251))) as server:
        async with aclosing(connector(server).collect({})) as batches:
            kept = await anext(batches)
        rest = await run(connector(server), kept.cursor)

    assert ids([kept, *rest]) == [str(number) for number in range(1, 251)]


async def test_an_item_that_comes_later_than_its_number_is_awaited_but_not_for_ever() -> None:
    async with serve_hackernews(story(1), story(3)) as server:
        server.items[2] = None
        batches = await run(connector(server))
        assert ids(batches) == ["1", "3"]
        server.items[2] = story(2)
        batches = await run(connector(server), batches[-1].cursor)
        assert ids(batches) == ["2"]
        assert batches[-1].cursor["awaited"] == {}

        server.items[4] = None
        asked = server.asked.count("4")
        for _ in range(8):
            batches = await run(connector(server), batches[-1].cursor) or batches
        assert server.asked.count("4") - asked == 5


async def test_what_changed_is_read_again_and_what_is_gone_is_a_deletion() -> None:
    async with serve_hackernews(
        story(1), story(2), story(3, dead=True), story(4), {"id": 5, "deleted": True}
    ) as server:
        first = await run(connector(server))
        server.items[1] = story(1, title="Train 1 is on time")
        server.items[2] = {"id": 2, "deleted": True, "type": "story", "time": START}
        server.updates = [1, 2, 99]
        second = await run(connector(server), first[-1].cursor)

    assert gone(first) == ["3", "5"]
    assert ids(second) == ["1"]
    assert gone(second) == ["2"]


async def test_a_malformed_item_is_rejected_alone() -> None:
    async with serve_hackernews(story(1, time="soon"), story(2, title=None, url=None), story(3, score=-2)) as server:
        server.items[4] = "nonsense"
        batches = await run(connector(server))

    assert ids(batches) == ["3"]
    assert len(reasons(batches)) == 3


async def test_a_search_goes_back_page_by_page_and_then_only_to_what_is_known() -> None:
    async with serve_hackernews() as server:
        server.hits = [hit(number) for number in range(1, 2_301)]
        source = connector(server, queries=["train strike"], since=datetime.fromtimestamp(START, UTC))
        first = await run(source)
        server.hits.append(hit(2_301))
        second = await run(source, first[-1].cursor)

    assert set(ids(first)) == {str(number) for number in range(1, 2_301)}
    assert len(server.searches) == 4
    assert server.searches[0]["tags"] == "(story,poll,comment)"
    assert ids(second) == ["2301", "2300"]
    [item, *_] = second[0].items
    assert isinstance(item, Submission)
    assert (item.post.text, item.post.thread_id, item.post.author) == ("So & so\n\nlate", "1", "bob")


async def test_a_backfill_of_a_search_goes_before_what_is_known() -> None:
    async with serve_hackernews() as server:
        server.hits = [hit(number) for number in range(1, 31)]
        moments = {each["objectID"]: float(each["created_at_i"]) for each in server.hits}
        since = datetime.fromtimestamp(sorted(moments.values())[10], UTC)
        source = connector(server, queries=["train"], since=datetime.now(UTC))
        batches = await run(source, rewind(since, datetime.now(UTC)))

    assert set(ids(batches)) == {name for name, moment in moments.items() if moment >= since.timestamp()}


async def test_a_backfill_of_a_search_ends_before_the_moment_that_it_is_told() -> None:
    async with serve_hackernews() as server:
        server.hits = [hit(number) for number in range(1, 2_501)]
        begin, end = (datetime.fromtimestamp(START + 60 * number, UTC) for number in (11, 2_301))
        batches = await run(connector(server, queries=["train"]), rewind(begin, end))

    assert set(ids(batches)) == {str(number) for number in range(11, 2_301)}


def test_only_a_search_can_go_back() -> None:
    with pytest.raises(ValidationError, match="queries"):
        HackerNewsConfig(since=datetime(2026, 1, 1, tzinfo=UTC))
