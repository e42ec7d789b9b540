"""Answers find their place in a thread, whichever comes first; reposts and quotes point to what they share."""

import asyncio
import itertools

import pytest
from desk import Desk, post, published
from sqlalchemy import text

from kit.testing import Running
from pourquoi.ingest.v1.events_pb2 import PostCollected, PostUpdated


def answer(number: int, parent: int, **fields: object) -> dict[str, object]:
    return post(number, parent_id=f"post-{parent}", published_at=f"2026-11-01T08:{number:02}:00Z", **fields)


THREAD = [answer(1, 1), answer(2, 1), answer(3, 2), answer(4, 2), answer(5, 4)]
DEPTHS = {"post-1": 0, "post-2": 1, "post-3": 2, "post-4": 2, "post-5": 3}


async def depths(desk: Desk) -> dict[str, int | None]:
    return {each["external_id"]: each["depth"] for each in await desk.posts()}


@pytest.mark.parametrize("order", [*itertools.islice(itertools.permutations(range(5)), 0, 120, 17)])
async def test_places_are_found_in_whichever_order_posts_come(desk: Desk, order: tuple[int, ...]) -> None:
    study = await desk.ask()

    for place in order:
        await desk.send(study, THREAD[place])

    assert await depths(desk) == DEPTHS
    assert {each["thread_id"] for each in await desk.posts()} == {"", "post-1"}


@pytest.mark.parametrize("order", [THREAD, THREAD[::-1]])
async def test_places_are_found_within_one_chunk(desk: Desk, running: Running, order: list[dict[str, object]]) -> None:
    study = await desk.ask()

    await desk.send(study, *order)

    assert await depths(desk) == DEPTHS
    events = await running.published(PostCollected, 5)
    assert {event.post.external_id: event.post.thread_id for event in events} == {
        "post-1": "",
        **{f"post-{number}": "post-1" for number in (2, 3, 4, 5)},
    }


async def test_a_thread_is_shown_from_any_of_its_posts_in_the_order_of_publication(desk: Desk) -> None:
    study = await desk.ask()
    await desk.send(study, *THREAD[::-1], post(9), post(10, platform="forum", thread_id="post-1"))
    last = await desk.show("post-5")

    shown = await desk.pages(f"/v1/posts/{last['id']}/thread")

    assert [each["external_id"] for each in shown] == [f"post-{number}" for number in range(1, 6)]
    ids = {each["external_id"]: each["id"] for each in shown}
    assert [each["parent_post_id"] for each in shown] == [None, *(ids[f"post-{parent}"] for parent in (1, 2, 2, 4))]


async def test_an_answer_to_nothing_that_is_here_has_no_place_yet(desk: Desk) -> None:
    study = await desk.ask()
    await desk.send(study, answer(7, 6), answer(8, 7, thread_id="post-0"))

    assert await depths(desk) == {"post-7": None, "post-8": None}
    alone = await desk.show("post-7")
    assert [each["external_id"] for each in await desk.pages(f"/v1/posts/{alone['id']}/thread")] == ["post-7"]


async def test_posts_that_answer_one_another_in_a_ring_have_no_place(desk: Desk) -> None:
    study = await desk.ask()

    await desk.send(study, answer(1, 3), answer(2, 1), answer(3, 2))

    assert set((await depths(desk)).values()) == {None}


async def test_a_thread_that_the_source_names_is_kept(desk: Desk) -> None:
    study = await desk.ask()

    await desk.send(study, post(1), answer(2, 1, thread_id="conversation-9"), answer(3, 2))

    assert [each["thread_id"] for each in await desk.posts()] == ["", "conversation-9", "conversation-9"]


async def test_queries_for_a_thread_take_answers_whose_parents_come_later(desk: Desk, running: Running) -> None:
    everything, thread = await desk.ask(), await desk.ask(query="in:post-1")
    waiting = [answer(5, 4), answer(4, 2), answer(3, 2), answer(2, 1), answer(9, 8)]
    await desk.send(everything, *waiting)
    assert await desk.posts(study_id=thread["id"]) == []

    await desk.send(everything, THREAD[0])

    taken = {each["external_id"]: each["revision"] for each in await desk.posts(study_id=thread["id"])}
    assert taken == {"post-1": 1, "post-2": 2, "post-3": 2, "post-4": 2, "post-5": 2}
    events = await published(running, PostUpdated)
    assert {event.post.external_id for event in events} == {"post-2", "post-3", "post-4", "post-5"}
    assert {event.post.thread_id for event in events} == {"post-1"}
    assert {frozenset(event.post.study_ids) for event in events} == {frozenset({everything["id"], thread["id"]})}


async def test_an_answer_that_no_study_took_is_published_once_its_thread_is_asked_for(
    desk: Desk, running: Running
) -> None:
    thread = await desk.ask(query="in:post-1")
    await desk.send(thread, answer(3, 2), answer(8, 7))

    await desk.send(thread, post(1), answer(2, 1))

    [event] = await running.published(PostUpdated, 1)
    assert (event.post.external_id, list(event.post.study_ids)) == ("post-3", [thread["id"]])
    collected = await running.published(PostCollected, 2)
    assert {each.post.external_id for each in collected} == {"post-1", "post-2"}
    assert len(await published(running, PostUpdated)) == 1


async def test_an_answer_whose_thread_the_source_named_gets_its_depth_and_no_new_revision(
    desk: Desk, running: Running
) -> None:
    study = await desk.ask()
    await desk.send(study, answer(2, 1, thread_id="post-1"))

    await desk.send(study, post(1))

    assert await depths(desk) == {"post-1": 0, "post-2": 1}
    assert (await desk.show("post-2"))["revision"] == 1
    assert await published(running, PostUpdated) == []


async def test_a_post_that_finds_its_place_and_its_answers_in_one_chunk_is_published_once(
    desk: Desk, running: Running
) -> None:
    thread = await desk.ask(query="in:post-1")
    await desk.send(thread, answer(4, 3), answer(3, 2))

    await desk.send(thread, answer(4, 3, text="Edited: still late"), answer(3, 2), post(1), answer(2, 1))

    assert await depths(desk) == {"post-1": 0, "post-2": 1, "post-3": 2, "post-4": 3}
    events = await published(running, PostUpdated)
    assert sorted((event.post.external_id, event.post.revision) for event in events) == [("post-3", 2), ("post-4", 2)]


async def test_a_copy_of_an_answer_mends_what_was_missed(desk: Desk, running: Running) -> None:
    study = await desk.ask()
    await desk.send(study, *THREAD)
    await forget_places(running)

    await desk.send(study, *THREAD)

    assert await depths(desk) == DEPTHS


async def forget_places(running: Running) -> None:
    async with running.runtime.database.session("alpha") as session:
        await session.execute(text("UPDATE posts SET depth = NULL, thread_id = '' WHERE parent_id <> ''"))


async def test_threads_of_another_workspace_stay_apart(running: Running) -> None:
    alpha, beta = Desk(running), Desk(running, "beta")
    await alpha.send(await alpha.ask(), THREAD[0])
    await beta.send(await beta.ask(), *THREAD[1:])
    [first] = await alpha.posts()

    assert [each["external_id"] for each in await alpha.pages(f"/v1/posts/{first['id']}/thread")] == ["post-1"]
    assert set((await depths(beta)).values()) == {None}
    assert (await beta.client.get(f"/v1/posts/{first['id']}/thread")).status_code == 404


async def test_writers_of_one_thread_at_once_lose_no_post(desk: Desk) -> None:
    study = await desk.ask()
    chain = [answer(number, number - 1) if number else post(0) for number in range(40)]

    await asyncio.gather(*(desk.send(study, *chain[start::4]) for start in range(4)))
    await desk.send(study, *chain)

    assert await depths(desk) == {f"post-{number}": number for number in range(40)}


async def test_reposts_and_quotes_point_to_what_they_share_once_it_is_here(desk: Desk) -> None:
    study = await desk.ask()
    await desk.send(study, post(2, repost_of="post-1"), post(3, quote_of="post-1"))
    before = await desk.show("post-2")

    await desk.send(study, post(1))

    repost, quote, shared = await desk.posts()
    assert (before["repost_of_post_id"], before["is_repost"]) == (None, True)
    assert repost["repost_of_post_id"] == quote["quote_of_post_id"] == shared["id"]
    assert not quote["is_repost"]
