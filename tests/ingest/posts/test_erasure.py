"""An erased post is gone for good: here, downstream, and whenever a copy of it comes later."""

import asyncio

from desk import Desk, lines, post
from sqlalchemy import text

from kit.db import EVERYWHERE
from kit.testing import Running
from pourquoi.ingest.v1.events_pb2 import PostErased, PostUpdated

UNKNOWN = "0192f0c1-2b1a-7000-8000-000000000000"


async def erase_first(desk: Desk) -> dict[str, object]:
    [first, *_] = await desk.posts()
    answer = await desk.client.delete(f"/v1/posts/{first['id']}")
    assert answer.status_code == 204
    return first


async def test_the_text_goes_at_once_and_the_event_says_so(desk: Desk, running: Running) -> None:
    study = await desk.ask()
    await desk.send(study, post(1, text="my very own words", url="https://x.example/mine"), post(2))

    gone = await erase_first(desk)

    [event] = await running.published(PostErased, 1)
    assert event.post_id == gone["id"]
    assert event.erased_at.ToJsonString()
    assert (await desk.client.get(f"/v1/posts/{gone['id']}")).status_code == 404
    assert [each["external_id"] for each in await desk.posts(study_id=study["id"])] == ["post-2"]
    assert (await desk.coverage(study))["posts"] == 1
    async with running.runtime.database.session(EVERYWHERE) as session:
        rows = [str(row) for row in await session.execute(text("SELECT posts FROM posts"))]
    assert not any("my very own words" in row or "mine" in row for row in rows)


async def test_a_copy_that_comes_later_is_rejected_with_a_reason(desk: Desk, running: Running) -> None:
    study, other = await desk.ask(), await desk.ask(name="Others")
    await desk.send(study, post(1), post(2))
    await erase_first(desk)

    report = await desk.stream(other, lines([post(1), post(1, text="another text"), post(2)]))

    assert report["rejected"] == [
        {"line": 1, "reason": "This post was erased and is not taken again."},
        {"line": 2, "reason": "This post was erased and is not taken again."},
    ]
    assert (report["received"], report["updated"], report["accepted"]) == (3, 1, 0)
    assert [each["external_id"] for each in await desk.posts()] == ["post-2"]
    assert [event.post.external_id for event in await running.published(PostUpdated, 1)] == ["post-2"]


async def test_erasing_twice_changes_nothing(desk: Desk, running: Running) -> None:
    study = await desk.ask()
    await desk.send(study, post(1), post(2))
    gone = await erase_first(desk)

    assert (await desk.client.delete(f"/v1/posts/{gone['id']}")).status_code == 204

    await erase_first(desk)
    assert [event.post_id for event in await running.published(PostErased, 2)].count(gone["id"]) == 1


async def test_a_post_that_was_never_here_is_not_found(desk: Desk) -> None:
    assert (await desk.client.delete(f"/v1/posts/{UNKNOWN}")).status_code == 404


async def test_an_erasure_wins_over_copies_that_arrive_meanwhile(desk: Desk) -> None:
    study = await desk.ask()
    await desk.send(study, post(1))
    [first] = await desk.posts()

    await asyncio.gather(
        *(desk.send(study, post(1, text=f"version {number}")) for number in range(4)),
        desk.client.delete(f"/v1/posts/{first['id']}"),
        *(desk.send(study, post(1, text=f"late version {number}")) for number in range(4)),
    )

    assert (await desk.client.get(f"/v1/posts/{first['id']}")).status_code == 404
    assert await desk.posts() == []
    assert (await desk.coverage(study))["posts"] == 0
