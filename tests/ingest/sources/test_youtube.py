"""YouTube: threads with all their replies, walks, quota and what is turned off."""

from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ingest.posts.submissions import Submission
from ingest.sources.connector import Batch, SourceRefused, SourceUnavailable
from ingest.sources.youtube.config import YouTubeConfig
from ingest.sources.youtube.connector import YouTubeConnector
from ingest.sources.youtube.quota import seconds_to_renewal
from tests.ingest.sources.servers.serving import SECRET, TOOLS, ids, reasons, run, run_into
from tests.ingest.sources.servers.youtube import OTHER, VIDEO, YouTube, comment, serve_youtube, thread

NOON_IN_CALIFORNIA = datetime(2026, 9, 20, 19, tzinfo=UTC)


def connector(server: YouTube, **config: object) -> YouTubeConnector:
    fields = {"api_key": "env:SOURCE_SECRET", "videos": [VIDEO], "base_url": server.url, "recheck_hours": 0}
    tools = replace(TOOLS, now=lambda: NOON_IN_CALIFORNIA)
    return YouTubeConnector(YouTubeConfig.model_validate({**fields, **config}), tools)


async def test_a_thread_comes_with_all_of_its_replies() -> None:
    shown = comment("t1.a", 3, "t1")
    async with serve_youtube(thread(1, shown, total=5, updatedAt="2026-09-20T09:30:00Z")) as server:
        server.replies["t1"] = [comment(f"t1.{letter}", 4, "t1") for letter in "abcde"]
        server.page = 2
        [batch] = await run(connector(server))

    first, *replies = [item.post for item in batch.items if isinstance(item, Submission)]
    assert (first.text, first.author, first.author_handle) == ("Why, t1?", "UCann", "ann")
    assert (first.thread_id, first.parent_id, first.engagement.replies) == ("t1", "", 5)
    assert first.url == f"https://www.youtube.com/watch?v={VIDEO}&lc=t1"
    assert first.changed_at == datetime(2026, 9, 20, 9, 30, tzinfo=UTC)
    assert [(reply.external_id, reply.parent_id, reply.thread_id) for reply in replies] == [
        (f"t1.{letter}", "t1", "t1") for letter in "abcde"
    ]
    assert SECRET not in str(server.asked[0].url)


async def test_a_thread_that_vanishes_while_it_is_read_keeps_the_replies_that_came_with_it() -> None:
    async with serve_youtube(thread(1, comment("t1.a", 3, "t1"), total=5)) as server:
        assert ids(await run(connector(server))) == ["t1", "t1.a"]


async def test_a_walk_is_resumed_and_later_goes_only_to_what_is_known() -> None:
    async with serve_youtube(*(thread(number) for number in range(9, 0, -1))) as server:
        server.page = 4
        source = connector(server)
        async with aclosing(source.collect({})) as batches:
            kept = await anext(batches)
        rest = await run(source, kept.cursor)
        assert ids([kept, *rest]) == [f"t{number}" for number in range(9, 0, -1)]

        server.threads[VIDEO].insert(0, thread(10))
        assert ids(await run(source, rest[-1].cursor)) == ["t10", "t9", "t8", "t7"]


async def test_a_page_that_youtube_has_forgotten_begins_the_walk_anew() -> None:
    async with serve_youtube(*(thread(number) for number in range(9, 0, -1))) as server:
        server.page = 4
        source = connector(server)
        async with aclosing(source.collect({})) as batches:
            kept = await anext(batches)
        server.errors = [(400, "invalidPageToken")]
        rest = await run(source, kept.cursor)

    assert set(ids(rest)) == {f"t{number}" for number in range(1, 10)}


async def test_a_used_up_quota_waits_for_midnight_in_california() -> None:
    async with serve_youtube(thread(1)) as server:
        server.errors = [(403, "quotaExceeded")]
        with pytest.raises(SourceUnavailable, match="quota") as patience:
            await run(connector(server))

    assert patience.value.retry_after_seconds == 12 * 3600


def test_midnight_follows_the_clock_change() -> None:
    before_winter_time = datetime(2026, 11, 1, 8, tzinfo=UTC)
    assert seconds_to_renewal(before_winter_time) == 24 * 3600


@pytest.mark.parametrize(
    ("status", "reason", "advice"),
    [(403, "commentsDisabled", "turned off"), (400, "keyInvalid", "api_key"), (403, "accessNotConfigured", "enable")],
)
async def test_what_must_be_changed_is_said_and_the_other_videos_are_read(
    status: int, reason: str, advice: str
) -> None:
    async with serve_youtube(thread(1)) as server:
        server.errors = [(status, reason)]
        given: list[Batch] = []
        with pytest.raises(SourceRefused, match=advice):
            await run_into(given, connector(server, videos=[OTHER, VIDEO]))

    assert ids(given) == ["t1"]


async def test_malformed_threads_and_comments_are_rejected_alone() -> None:
    broken = [
        thread(1, publishedAt=None),
        {"id": "t2"},
        7,
        thread(4, textOriginal="", textDisplay=""),
        thread(5, likeCount="x"),
    ]
    async with serve_youtube(*broken) as server:
        batches = await run(connector(server))

    assert ids(batches) == ["t5"]
    assert len(reasons(batches)) == 4


async def test_a_channel_is_asked_for_everything_that_concerns_it() -> None:
    channel = "UC" + "x" * 22
    async with serve_youtube() as server:
        server.threads[channel] = [thread(1)]
        assert ids(await run(connector(server, videos=[], channels=[channel]))) == ["t1"]
