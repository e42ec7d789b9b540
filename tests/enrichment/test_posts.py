"""What becomes of posts: enriched, changed, erased; exactly once, whatever is delivered how often."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import text

from enrichment.enrichments.enrichment import Enrichment
from enrichment.enrichments.repository import EnrichmentRepository
from enrichment.readings.reader import Reader
from kit.db import Session, new_id
from kit.testing import Running, until
from pourquoi.enrichment.v1.events_pb2 import SentimentLabel
from pourquoi.ingest.v1.events_pb2 import AuthorErased, Post, PostCollected, PostErased, PostUpdated
from tests.enrichment.support import COMPLAINT, enriched, erase

OTHER_STUDY = "01960000-0000-7000-8000-000000000002"
STUDY = "01960000-0000-7000-8000-000000000001"
MakePost = Callable[..., Post]
Collect = Callable[..., Any]


async def updated(running: Running, post: Post, workspace: str = "alpha") -> Any:
    """Publishes the post as changed and waits until that revision is stored."""
    await running.publish(PostUpdated(post=post), workspace=workspace)

    async def current() -> Any:
        answer = await running.client_for(workspace).get(f"/v1/posts/{post.id}/enrichment")
        return answer.status_code == 200 and answer.json()["revision"] == post.revision and answer.json()

    return await until(current)


async def test_a_collected_post_is_enriched_stored_and_published(
    enrichment: Running, post: MakePost, collect: Collect
) -> None:
    complaint = post(COMPLAINT, is_repost=True)

    stored = await collect(complaint)

    [event] = await enriched(enrichment, 1)
    assert stored["language"] == event.language == "en"
    assert stored["sentiment"]["label"] == "negative"
    assert event.sentiment.label == SentimentLabel.SENTIMENT_LABEL_NEGATIVE
    assert "flight cancelled" in stored["keyphrases"]
    assert list(event.keyphrases) == stored["keyphrases"]
    assert [COMPLAINT[each.start : each.end] for each in event.statements] == [
        "My flight was cancelled",
        "and I have been on hold for hours",
        "because nobody answers.",
        "Worst airline ever!",
    ]
    assert (event.post_id, event.author_id) == (complaint.id, complaint.author_id)
    assert (list(event.study_ids), event.platform, event.is_repost) == ([STUDY], "x", True)
    assert event.published_at == complaint.published_at
    assert event.model.startswith("all-MiniLM-L6-v2@")
    for vector in (event.vector, *(each.vector for each in event.statements)):
        assert np.linalg.norm(np.frombuffer(vector, "<f2").astype(float)) == pytest.approx(1, abs=0.01)


async def test_a_repeated_or_older_delivery_changes_nothing(
    enrichment: Running, post: MakePost, collect: Collect
) -> None:
    first = post("the seat was broken", revision=3)
    await collect(first)
    stale = post("an older text", id=first.id, revision=2)

    await enrichment.publish(PostCollected(post=first), PostUpdated(post=stale))
    await collect(post("a post after them"))

    events = await enriched(enrichment, 2)
    assert [event.revision for event in events if event.post_id == first.id] == [3]
    shown = await enrichment.client.get(f"/v1/posts/{first.id}/enrichment")
    assert "seat broken" in shown.json()["keyphrases"]
    assert shown.headers["etag"] == '"3"'


async def test_a_changed_text_is_read_anew(enrichment: Running, post: MakePost, collect: Collect) -> None:
    before = post(COMPLAINT)
    await collect(before)

    after = await updated(enrichment, post("They called back. All is well.", id=before.id, revision=2))

    assert len(after["statements"]) == 2
    events = await enriched(enrichment, 2)
    assert [len(event.statements) for event in events] == [4, 2]


async def test_a_post_that_joins_a_study_is_published_again_as_it_was_read(
    enrichment: Running, post: MakePost, collect: Collect
) -> None:
    before = post(COMPLAINT)
    await collect(before)

    moved = Post()
    moved.CopyFrom(before)
    moved.revision = 2
    moved.study_ids.append(OTHER_STUDY)
    await updated(enrichment, moved)

    first, second = await enriched(enrichment, 2)
    assert list(second.study_ids) == [STUDY, OTHER_STUDY]
    assert second.statements == first.statements
    assert (second.vector, second.sentiment, second.keyphrases) == (first.vector, first.sentiment, first.keyphrases)
    assert await posts_of(enrichment, OTHER_STUDY) == 1


async def test_a_revision_that_changes_nothing_we_keep_is_not_published(
    enrichment: Running, post: MakePost, collect: Collect
) -> None:
    before = post("the seat was broken")
    await collect(before)
    same = Post()
    same.CopyFrom(before)
    same.revision = 2

    await updated(enrichment, same)
    await collect(post("a post after it"))

    events = await enriched(enrichment, 2)
    assert [event.post_id for event in events].count(before.id) == 1


async def test_an_erased_post_is_gone_and_does_not_come_back(
    enrichment: Running, post: MakePost, collect: Collect
) -> None:
    erased = post(COMPLAINT)
    await collect(erased)

    await enrichment.publish(PostErased(post_id=erased.id, erased_at=Timestamp(seconds=1_780_000_100)))
    await until(lambda: is_gone(enrichment, erased.id))
    await enrichment.publish(PostCollected(post=erased), PostUpdated(post=post("again", id=erased.id, revision=9)))
    await collect(post("a post after it"))

    assert await is_gone(enrichment, erased.id)
    assert await posts_of(enrichment, STUDY) == 1
    # What was published before the erasure is purged from the stream, sooner or later.
    assert {each.revision for each in await enriched(enrichment, 1) if each.post_id == erased.id} <= {1}


async def test_a_post_erased_before_it_is_known_stays_unknown(
    enrichment: Running, post: MakePost, collect: Collect
) -> None:
    never = post("never to be seen")

    await enrichment.publish(PostErased(post_id=never.id), PostCollected(post=never))
    await collect(post("a post after it"))

    assert await is_gone(enrichment, never.id)


async def test_an_erasure_waits_for_what_is_being_stored(enrichment: Running, reader: Reader, post: MakePost) -> None:
    """Otherwise it would find nothing to erase, and the post would appear right after it."""
    contested = post("the seat was broken")
    [reading] = reader.read([contested.text])
    known = Enrichment.of(contested, reader.version, reading)

    async with enrichment.runtime.database.session("alpha") as storing:
        assert await EnrichmentRepository(storing).store([known])
        erasing = asyncio.create_task(erase(enrichment, contested))
        await until(lambda: is_held_up(storing))
    await erasing

    assert await is_gone(enrichment, contested.id)


async def test_an_erasure_waits_for_what_is_being_copied(enrichment: Running, post: MakePost, collect: Collect) -> None:
    """Otherwise it would take the statements away between two looks, and the copy would have none."""
    contested = post(COMPLAINT)
    await collect(contested)

    async with enrichment.runtime.database.session("alpha") as copying:
        [found] = await EnrichmentRepository(copying).list_by_ids([UUID(contested.id)])
        erasing = asyncio.create_task(erase(enrichment, contested))
        await until(lambda: is_held_up(copying))
    await erasing

    assert len(found.reading.statements) == 4
    assert await is_gone(enrichment, contested.id)


async def test_each_workspace_has_its_own_posts(enrichment: Running, post: MakePost, collect: Collect) -> None:
    mine = post("the seat was broken")
    await collect(mine)
    await collect(post("the meal was cold"), workspace="beta")

    other = enrichment.client_for("beta")
    assert (await other.get(f"/v1/posts/{mine.id}/enrichment")).status_code == 404
    assert await posts_of(enrichment, STUDY, "beta") == 1


async def test_strange_texts_are_enriched_like_any_other(enrichment: Running, post: MakePost, collect: Collect) -> None:
    texts = [
        "",
        " \n\t",
        "\u200b\u200d\ufeff",
        "😡" * 500,
        "a" * 20_000,
        "word " * 4_000,
        "." * 5_000,
        "@" * 300 + "http://" * 300,
        "e\u0301" * 1_000,
        "مرحبا שלום नमस्ते 你好",
        "\u202eright to left\u202c \x07\x1b[31m",
        '\'; DROP TABLE enrichments; -- \\x00 {"a": [1]} NaN',
        "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 ﷽ \U0010ffff",
    ]

    await collect(*(post(text) for text in texts))

    assert len(await enriched(enrichment, len(texts))) == len(texts)


async def test_an_event_that_cannot_be_applied_does_not_hold_up_the_others(
    enrichment: Running, post: MakePost, collect: Collect
) -> None:
    await enrichment.publish(PostCollected(post=post("whose?", author_id="nobody")))

    await collect(*(post(f"post number {number}") for number in range(5)))

    async def all_of_them() -> bool:
        return await posts_of(enrichment, STUDY) == 5

    await until(all_of_them)


async def test_backfill_stays_on_its_lane_and_in_its_trace(
    enrichment: Running, post: MakePost, spans: InMemorySpanExporter
) -> None:
    await enrichment.publish(PostCollected(post=post("an old post")), lane="backfill")

    await enriched(enrichment, 1)

    [came] = await enrichment.envelopes("enrichment")
    assert came.subject == "backfill.enrichment.post.enriched.v1"
    [span] = [each for each in spans.get_finished_spans() if each.name.endswith("PostCollected")]
    assert format(span.context.trace_id, "032x") in came.headers["traceparent"]


async def is_gone(running: Running, post_id: str) -> bool:
    return (await running.client.get(f"/v1/posts/{post_id}/enrichment")).status_code == 404


async def posts_of(running: Running, study_id: str, workspace: str = "alpha") -> int:
    answer = await running.client_for(workspace).get(f"/v1/studies/{study_id}/coverage")
    return int(answer.json()["posts"])


async def is_held_up(session: Session) -> bool:
    waiting = await session.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))
    return waiting.scalar_one() > 0


async def test_an_erasure_is_confirmed_whether_or_not_its_posts_were_ever_here(enrichment: Running) -> None:
    erasure, posts = str(new_id()), [str(new_id()) for _ in range(3)]
    events = (PostErased(post_id=post_id, erasure_id=erasure) for post_id in posts)
    await enrichment.publish(*events, AuthorErased(author_id=str(new_id()), erasure_id=erasure))

    async def is_confirmed() -> bool:
        answer = await enrichment.client.get(f"/v1/erasures/{erasure}")
        return answer.status_code == 200 and (answer.json()["posts"], answer.json()["status"]) == (3, "confirmed")

    await until(is_confirmed)
    listed = (await enrichment.client.get("/v1/erasures")).json()["items"]
    assert [each["id"] for each in listed] == [erasure]
