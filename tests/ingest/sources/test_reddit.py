"""Reddit: tokens, walks through listings, its rate limits, and what is left of removed posts."""

from contextlib import aclosing
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from ingest.posts.submissions import Submission
from ingest.sources.connector import Batch, SourceRefused, SourceUnavailable
from ingest.sources.reddit.config import RedditConfig
from ingest.sources.reddit.connector import RedditConnector
from ingest.sources.walks import rewind
from tests.ingest.sources.servers.reddit import START, Reddit, comment, serve_reddit, submission
from tests.ingest.sources.servers.serving import SECRET, TOOLS, gone, ids, reasons, run, run_into

AGENT = "linux:org.example.pourquoi:v1 (by /u/tester)"


def connector(server: Reddit, **config: object) -> RedditConnector:
    fields = {
        "subreddits": ["trains"],
        "client_id": "env:SOURCE_ID",
        "client_secret": "env:SOURCE_SECRET",
        "user_agent": AGENT,
        "base_url": server.url,
        "token_url": f"{server.url}/api/v1/access_token",
        "recheck_minutes": 0,
    }
    return RedditConnector(RedditConfig.model_validate({**fields, **config}), TOOLS)


async def test_submissions_and_comments_keep_what_they_say() -> None:
    async with serve_reddit(
        new=[submission(1, url="https://example.com/x", is_self=False, crosspost_parent="t3_0")], comments=[comment(2)]
    ) as server:
        batches = await run(connector(server))

    first, second = [item.post for batch in batches for item in batch.items if isinstance(item, Submission)]
    assert first.text == "Train 1\n\nis late\n\nhttps://example.com/x"
    assert (first.external_id, first.author, first.author_handle) == ("t3_1", "ann", "ann")
    assert (first.thread_id, first.quote_of, first.url) == (
        "t3_1",
        "t3_0",
        "https://www.reddit.com/r/trains/comments/1/",
    )
    assert (first.engagement.likes, first.engagement.replies, first.changed_at) == (12, 3, None)
    assert (second.text, second.parent_id, second.thread_id) == ("Me too, 2", "t3_1", "t3_1")
    assert second.engagement.likes is None
    assert second.changed_at == datetime.fromtimestamp(START + 150, UTC)
    assert {request.headers["user-agent"] for request in server.asked} == {AGENT}


async def test_removed_posts_are_deletions_and_malformed_ones_rejections() -> None:
    things = [
        submission(1, selftext="[removed]"),
        submission(2, removed_by_category="moderator"),
        submission(3, name="nonsense"),
        {"kind": "more"},
        submission(5),
    ]
    async with serve_reddit(new=things, comments=[comment(6, body="[deleted]", author="[deleted]")]) as server:
        batches = await run(connector(server))

    assert ids(batches) == ["t3_5"]
    assert sorted(gone(batches)) == ["t1_6", "t3_1", "t3_2"]
    assert len(reasons(batches)) == 2


async def test_a_walk_goes_down_to_where_the_walk_before_began() -> None:
    async with serve_reddit(new=[submission(number) for number in range(1, 8)]) as server:
        server.page = 3
        source = connector(server, comments=False)
        first = await run(source)
        server.listings["r/trains/new"] += [submission(number) for number in range(8, 13)]
        asked = len(server.asked)
        second = await run(source, first[-1].cursor)

    assert ids(first) == [f"t3_{number}" for number in (7, 6, 5, 4, 3, 2, 1)]
    assert ids(second)[:5] == [f"t3_{number}" for number in (12, 11, 10, 9, 8)]
    assert len(server.asked) - asked == 3


async def test_a_walk_that_is_cut_off_goes_on_and_misses_nothing_that_came_meanwhile() -> None:
    async with serve_reddit(new=[submission(number) for number in range(1, 8)]) as server:
        server.page = 3
        source = connector(server, comments=False)
        async with aclosing(source.collect({})) as batches:
            kept = await anext(batches)
        server.listings["r/trains/new"].append(submission(8))
        rest = await run(source, kept.cursor)
        last = await run(source, rest[-1].cursor)

    assert ids([kept]) + ids(rest) == [f"t3_{number}" for number in (7, 6, 5, 4, 3, 2, 1)]
    assert ids(last)[0] == "t3_8"


async def test_posts_within_the_recheck_are_read_again() -> None:
    async with serve_reddit(new=[submission(number) for number in range(1, 8)]) as server:
        source = connector(server, comments=False, recheck_minutes=3)
        server.page = 1
        first = await run(source)
        server.listings["r/trains/new"][5] = submission(6, selftext="[removed]")
        second = await run(source, first[-1].cursor)

    assert gone(second) == ["t3_6"]
    assert "t3_1" not in ids(second)


async def test_used_up_requests_end_the_run_before_reddit_must_refuse() -> None:
    async with serve_reddit(new=[submission(number) for number in range(1, 8)]) as server:
        server.page, server.remaining = 2, 2.0
        given: list[Batch] = []
        with pytest.raises(SourceUnavailable) as patience:
            await run_into(given, connector(server, comments=False))
        assert len(server.asked) == 2
        assert ids(given) == ["t3_7", "t3_6", "t3_5", "t3_4"]
        assert 230 < (patience.value.retry_after_seconds or 0) <= 240

        server.remaining = 0.0
        with pytest.raises(SourceUnavailable, match="429"):
            await run(connector(server, comments=False), given[-1].cursor)


async def test_a_token_that_ran_out_is_asked_for_again_and_a_wrong_secret_is_not_told() -> None:
    async with serve_reddit(new=[submission(1)], comments=[comment(1)]) as server:
        source = connector(server)
        async with aclosing(source.collect({})) as batches:
            await anext(batches)
            server.valid = "another"
            assert ids([batch async for batch in batches]) == ["t1_1"]
        assert server.tokens == 2

        with pytest.raises(SourceRefused) as refusal:
            await run(connector(server, client_secret="env:SOURCE_ID"))
    assert SECRET not in str(refusal.value)
    assert "an-id" not in str(refusal.value)


async def test_a_closed_subreddit_does_not_keep_the_others_away() -> None:
    async with serve_reddit(new=[submission(1)]) as server:
        given: list[Batch] = []
        with pytest.raises(SourceRefused, match="r/closed/new"):
            await run_into(given, connector(server, subreddits=["closed", "trains"], comments=False))

    assert ids(given) == ["t3_1"]


async def test_since_bounds_the_first_walk() -> None:
    async with serve_reddit(new=[submission(number) for number in range(1, 8)]) as server:
        server.page = 2
        since = datetime.fromtimestamp(START + 60 * 5, UTC)
        assert ids(await run(connector(server, comments=False, since=since)))[-1] == "t3_4"
        assert ids(await run(connector(server, comments=False), rewind(since, since)))[-1] == "t3_4"


def test_a_generic_user_agent_is_no_configuration() -> None:
    with pytest.raises(ValidationError):
        RedditConfig(subreddits=("a1",), client_id="env:SOURCE_A", client_secret="env:SOURCE_B", user_agent="python")
