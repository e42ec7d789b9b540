"""Edits and counts come in any order, from many at once, and what stands is the newest."""

import asyncio
import itertools

import pytest
from desk import Desk, counts, post, published
from sqlalchemy import text

from kit.testing import ALPHA, Running
from pourquoi.ingest.v1.events_pb2 import PostUpdated

VERSIONS = [
    post(1, text="original"),
    post(1, text="first edit", changed_at="2026-11-02T10:00:00Z"),
    post(1, text="second edit", changed_at="2026-11-02T11:00:00Z"),
]


async def series(desk: Desk, external_id: str = "post-1") -> list[dict[str, object]]:
    shown = await desk.show(external_id)
    return [each["engagement"] for each in await desk.pages(f"/v1/posts/{shown['id']}/engagement")]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_dated_edits_may_be_replayed_in_any_order(desk: Desk, order: tuple[int, ...]) -> None:
    study = await desk.ask()

    for place in (*order, *order):
        await desk.send(study, VERSIONS[place])

    shown = await desk.show("post-1")
    assert (shown["text"], shown["changed_at"]) == ("second edit", "2026-11-02T11:00:00Z")


async def test_an_older_text_changes_nothing_and_is_not_published(desk: Desk, running: Running) -> None:
    study = await desk.ask()
    await desk.send(study, VERSIONS[2])

    report = await desk.send(study, VERSIONS[1], VERSIONS[0])

    assert counts(report) == {"received": 2, "duplicates": 2}
    assert not await published(running, PostUpdated)


async def test_three_times_are_kept_apart(desk: Desk) -> None:
    study = await desk.ask()
    await desk.send(study, post(1, published_at="2026-11-02T08:30:00Z"))
    before = await desk.show("post-1")

    await desk.send(study, post(1, text="Edited", published_at="2026-11-02T08:30:00Z"))

    after = await desk.show("post-1")
    assert before["changed_at"] is None
    assert after["published_at"] == "2026-11-02T08:30:00Z"
    assert after["published_at"] < after["first_seen_at"] == before["first_seen_at"] < after["changed_at"]


async def test_writers_of_one_post_at_once_end_in_the_newest_edit(desk: Desk, running: Running) -> None:
    study = await desk.ask()
    edits = [post(1, text=f"edit {hour}", changed_at=f"2026-11-02T{hour:02}:00:00Z") for hour in range(12)]

    await asyncio.gather(*(desk.send(study, edit) for edit in edits[6:] + edits[:6]))

    shown = await desk.show("post-1")
    assert shown["text"] == "edit 11"
    revisions = sorted(event.post.revision for event in await published(running, PostUpdated))
    assert revisions == list(range(2, shown["revision"] + 1))


async def test_each_change_of_the_counts_is_one_observation(desk: Desk, running: Running) -> None:
    study = await desk.ask()

    reports = [
        await desk.send(study, post(1, engagement={"likes": 1, "views": 10})),
        await desk.send(study, post(1, engagement={"likes": 1, "views": 10})),
        await desk.send(study, post(1, engagement={"likes": 2, "views": 15})),
        await desk.send(study, post(1)),
        await desk.send(study, post(1, engagement={"replies": 1}), post(1, engagement={"replies": 4})),
    ]

    told = ["accepted", "duplicates", "observed", "duplicates", "observed"]
    assert all(report[name] for report, name in zip(reports, told, strict=True))
    shown = await desk.show("post-1")
    assert shown["engagement"] == {"likes": 2, "reposts": None, "replies": 4, "quotes": None, "views": 15}
    assert [(each["likes"], each["replies"], each["views"]) for each in await series(desk)] == [
        (1, None, 10),
        (2, None, 15),
        (2, 4, 15),
    ]
    assert shown["revision"] == 1
    assert not await published(running, PostUpdated)


async def test_a_post_of_which_nothing_is_told_has_no_observations(desk: Desk) -> None:
    study = await desk.ask()

    await desk.send(study, post(1))

    assert await series(desk) == []


async def test_details_that_were_missing_are_filled_in_and_published_once(desk: Desk, running: Running) -> None:
    study = await desk.ask()
    await desk.send(study, post(1))
    richer = post(1, url="https://x.example/1", quote_of="post-0", has_media=True)

    reports = [await desk.send(study, richer), await desk.send(study, richer)]

    assert [counts(report) for report in reports] == [{"received": 1, "updated": 1}, {"received": 1, "duplicates": 1}]
    [event] = await running.published(PostUpdated, 1)
    assert (event.post.url, event.post.quote_of, event.post.has_media) == ("https://x.example/1", "post-0", True)


async def test_every_field_is_stored_and_read_back(desk: Desk, running: Running) -> None:
    study = await desk.ask()
    sent = post(
        1,
        language="fr",
        url="https://x.example/1",
        is_repost=True,
        author_handle="zoe",
        followers=2**40,
        parent_id="post-0",
        thread_id="post-00",
        repost_of="post-8",
        quote_of="post-9",
        has_media=True,
        engagement={"likes": 1, "reposts": 2, "replies": 3, "quotes": 4, "views": 2**40},
        changed_at="2026-11-19T10:00:00Z",
    )

    await desk.send(study, sent)

    shown = await desk.show("post-1")
    assert {name: shown[name] for name in sent if name != "author"} == {
        name: value for name, value in sent.items() if name != "author"
    }
    assert (shown["depth"], shown["privacy"], shown["source_id"]) == (None, "public", None)
    assert shown["copy_of"] == shown["id"]
    async with running.runtime.database.session(ALPHA) as session:
        assert await session.scalar(text("SELECT edit_claimed FROM posts"))
