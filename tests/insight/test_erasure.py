"""Erased posts leave everything that was derived from them, and never come back."""

from typing import Any

from sqlalchemy import text

from kit.db import new_id
from kit.testing import Running, until
from pourquoi.ingest.v1.events_pb2 import AuthorErased, PostErased
from tests.insight.support.conversations import Conversation, Said, airline
from tests.insight.support.peers import Ingest


async def erase(insight: Running, ingest: Ingest, conversation: Conversation, posts: list[Said]) -> None:
    """Erases posts as ingest does, and waits until they are no longer counted."""
    for said in posts:
        del ingest.posts["alpha"][str(said.id)]
    left = await posts_of(insight, conversation) - len(posts)
    await insight.publish(*(conversation.erased(said) for said in posts))

    async def is_gone() -> bool:
        return await posts_of(insight, conversation) == left

    await until(is_gone)


async def posts_of(insight: Running, conversation: Conversation) -> int:
    response = await insight.client.get(f"/v1/studies/{conversation.study_id}/coverage")
    return int(response.json()["posts"])


async def traces_of(insight: Running, posts: list[Said]) -> int:
    """Rows that still say something about the posts; a tombstone and an empty place do not."""
    statement = text(
        "SELECT (SELECT count(*) FROM facts WHERE post_id = ANY(:posts))"
        " + (SELECT count(*) FROM quotes WHERE post_id = ANY(:posts))"
        " + (SELECT count(*) FROM memberships WHERE post_id = ANY(:posts) AND segment_id IS NOT NULL)"
    )
    async with insight.runtime.database.session("alpha") as session:
        return int(await session.scalar(statement, {"posts": [said.id for said in posts]}))


def quoted(conversation: Conversation, item: dict[str, Any]) -> list[Said]:
    ids = {quote["post_id"] for quote in (*item["evidence"], *item["counter_evidence"])}
    return [said for said in conversation.posts if str(said.id) in ids]


async def test_an_erased_post_is_quoted_no_more(read, insight: Running, ingest: Ingest) -> None:
    conversation = airline()
    item = (await read(conversation))["items"][0]
    accepted = (await insight.client.post(f"/v1/insights/{item['id']}/accept")).json()
    gone = quoted(conversation, item)[:2]
    await erase(insight, ingest, conversation, gone)
    after = (await insight.client.get(f"/v1/insights/{item['id']}")).json()
    assert not {quote["post_id"] for quote in after["evidence"]} & {str(said.id) for said in gone}
    assert after["revision"] == accepted["revision"] + 1
    assert not any(said.text in str(after) for said in gone)


async def test_a_draft_finds_other_quotes(read, insight: Running, ingest: Ingest) -> None:
    conversation = airline()
    item = (await read(conversation))["items"][0]
    gone = quoted(conversation, item)
    await erase(insight, ingest, conversation, gone)

    async def refilled() -> dict[str, Any] | None:
        body = (await insight.client.get(f"/v1/insights/{item['id']}")).json()
        return body if body["posts"] == 170 - len(gone) else None

    after = await until(refilled)
    assert after is not None
    assert len(after["evidence"]) == 3
    assert not {quote["post_id"] for quote in after["evidence"]} & {str(said.id) for said in gone}


async def test_an_erased_post_does_not_come_back(read, insight: Running, ingest: Ingest) -> None:
    conversation = airline()
    await read(conversation)
    gone = conversation.posts[:3]
    await erase(insight, ingest, conversation, gone)
    for said in gone:
        said.revision += 1
    marker = conversation.say(None, 1)
    await insight.publish(*conversation.enriched(gone), *conversation.memberships(gone))
    await insight.publish(*conversation.enriched(marker))

    async def has_seen_the_marker() -> bool:
        return await posts_of(insight, conversation) >= 398

    await until(has_seen_the_marker)
    assert await posts_of(insight, conversation) == 398
    assert await traces_of(insight, gone) == 0


async def test_erased_before_anything_else_arrived(insight: Running, ingest: Ingest) -> None:
    conversation = airline()
    ingest.store(conversation.stored_by_ingest())
    gone = [said for said in conversation.posts if said.segment == "kind crew"][:50]
    marker = conversation.erased(conversation.say("kind crew", 1)[0])
    conversation.posts.pop()
    await insight.publish(*(conversation.erased(said) for said in gone), marker)

    async def are_buried() -> bool:
        async with insight.runtime.database.session("alpha") as session:
            return (await session.scalar(text("SELECT count(*) FROM tombstones"))) == 51

    await until(are_buried)
    await insight.publish(*conversation.events())

    async def counted() -> dict[str, Any] | None:
        body = (await insight.client.get(f"/v1/studies/{conversation.study_id}/headlines")).json()
        return body if body.get("posts") == 350 else None

    found = await until(counted)
    assert found is not None
    assert found["counts"]["memberships"] == 400  # an erased post keeps its place, so that the sum is reached
    assert found["items"][1]["posts"] == 40
    assert await traces_of(insight, gone) == 0


async def test_an_erasure_is_confirmed_whether_or_not_its_posts_were_ever_here(insight: Running) -> None:
    erasure, posts = str(new_id()), [str(new_id()) for _ in range(3)]
    events = (PostErased(post_id=post_id, erasure_id=erasure) for post_id in posts)
    await insight.publish(*events, AuthorErased(author_id=str(new_id()), erasure_id=erasure))

    async def is_confirmed() -> bool:
        answer = await insight.client.get(f"/v1/erasures/{erasure}")
        return answer.status_code == 200 and (answer.json()["posts"], answer.json()["status"]) == (3, "confirmed")

    await until(is_confirmed)
    listed = (await insight.client.get("/v1/erasures")).json()["items"]
    assert [each["id"] for each in listed] == [erasure]
