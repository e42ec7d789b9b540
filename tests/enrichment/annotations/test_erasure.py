"""Erasure reaches what people said about a post, and what waits to be told of it."""

from typing import Any
from uuid import uuid4

from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy import text

from kit.db import EVERYWHERE
from kit.testing import until
from pourquoi.ingest.v1.events_pb2 import AuthorErased, Post, PostErased
from tests.enrichment.annotations.support import Json, Lab

TABLES = ("annotation_items", "annotation_slots", "annotations")


async def rows(lab: Lab) -> list[int]:
    async with lab.running.runtime.database.session(EVERYWHERE) as session:
        return [int(await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0) for table in TABLES]


async def erase(lab: Lab, *posts: Post, author: str = "") -> None:
    """As ingest does: every post of an erased author is named by an event of its own."""
    erasure = str(uuid4())
    events: list[Any] = [
        PostErased(post_id=each.id, erased_at=Timestamp(seconds=1_780_000_100), erasure_id=erasure) for each in posts
    ]
    if author:
        events.append(AuthorErased(author_id=author, erasure_id=erasure))
    for each in posts:
        lab.ingest.posts.pop(("alpha", each.id))
    await lab.running.publish(*events)
    await until(lambda: is_applied(lab, erasure))


async def is_applied(lab: Lab, erasure: str) -> bool:
    return (await lab.running.client.get(f"/v1/erasures/{erasure}")).status_code == 200


async def is_confirmed(lab: Lab) -> bool:
    records = (await lab.read("/v1/erasures"))["items"]
    return all(each["status"] == "confirmed" for each in records)


async def coded(lab: Lab) -> tuple[Json, list[Post]]:
    posts = await lab.take_in("The seat was broken.", "The crew was lovely.")
    task = await lab.request(size=2)
    for who in ("anna", "ben"):
        await lab.code_all(task, who, lambda _: ("complaint",))
    return task, posts


async def test_an_erased_post_takes_its_item_slots_and_annotations_along(lab: Lab) -> None:
    task, [erased, kept] = await coded(lab)
    assert await rows(lab) == [2, 4, 4]

    await erase(lab, erased)

    assert await rows(lab) == [1, 2, 2]
    history = (await lab.read(f"/v1/annotation-tasks/{task['id']}/annotations"))["items"]
    assert {each["post_id"] for each in history} == {kept.id}
    assert [each["post_id"] for each in (await lab.read(f"/v1/annotation-tasks/{task['id']}/gold"))["items"]] == [
        kept.id
    ]
    assert (await lab.read(f"/v1/annotation-tasks/{task['id']}"))["progress"]["items"] == 1


async def test_an_erased_author_leaves_nothing(lab: Lab) -> None:
    _, posts = await coded(lab)
    await erase(lab, *posts, author=posts[0].author_id)
    assert await rows(lab) == [0, 0, 0]


async def test_messages_that_name_the_post_leave_the_stream(lab: Lab) -> None:
    _, [erased, kept] = await coded(lab)
    await erase(lab, erased)
    await until(lambda: is_confirmed(lab))
    told = [envelope.payload for envelope in await lab.running.envelopes("enrichment")]
    assert not any(erased.id.encode() in payload for payload in told)
    assert any(kept.id.encode() in payload for payload in told)


async def test_an_erasure_in_another_workspace_touches_nothing_here(lab: Lab) -> None:
    _, [post, _] = await coded(lab)
    await lab.running.publish(PostErased(post_id=post.id, erasure_id=str(uuid4())), workspace="beta")
    stranger = lab.running.client_for("beta")

    async def is_known() -> bool:
        return bool((await stranger.get("/v1/erasures")).json()["items"])

    await until(is_known)
    assert await rows(lab) == [2, 4, 4]


async def test_who_answers_for_an_erased_post_is_told(lab: Lab) -> None:
    [post] = await lab.take_in("The seat was broken.")
    task = await lab.request(size=1)
    item = (await lab.next(task, "anna"))["item"]
    await erase(lab, post)
    refused = await lab.answer(task, "anna", item, status=404)
    assert "erased" in refused["detail"]
    assert (await lab.next(task, "anna"))["item"] is None
