"""From events to headlines, on the real engines."""

from collections import defaultdict
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from insight.app import service
from insight.prevalence.clusters import AuthorSums
from insight.prevalence.intervals import estimate_share
from insight.readings.repository import ClaimedStudy, DueStudyRepository
from kit.db import EVERYWHERE, new_id
from kit.testing import Launch, Running, until
from tests.insight.support.conversations import Conversation, Said, airline
from tests.insight.support.peers import Ingest

KIND_CREW = "kind crew"


def sums_of(posts: list[Said], segment: str) -> AuthorSums:
    """The sums of a segment, counted without the database."""
    counts: dict[UUID, list[int]] = defaultdict(lambda: [0, 0])
    for said in posts:
        counts[said.author_id][0] += said.segment == segment
        counts[said.author_id][1] += 1
    return AuthorSums.of((hits, total) for hits, total in counts.values())


async def test_events_become_headlines_that_may_be_quoted(read) -> None:
    angry, glad = (await read(airline()))["items"]
    assert angry["claim"] == (
        "42 % of posts (36–49 %), from 170 authors, are about “cancelled, rebook”; most read as negative (94 %),"
        " and the share rose from 28 % before 08:00 UTC on 3 March 2026 to 52 % after that."
    )
    assert angry["status"] == "draft"
    assert glad["claim"].startswith("22 % of posts (18–28 %), from 90 authors, are about “kind crew”; most read as")


async def test_shares_agree_with_a_count_by_hand(read) -> None:
    conversation = Conversation()
    conversation.say(KIND_CREW, 200, authors=60, sentiment="positive")
    conversation.say("bags", 300, authors=45)
    shared_author = conversation.posts[0].author_id
    for said in conversation.posts[-30:]:
        said.author_id = shared_author
    conversation.say(None, 77, authors=20)
    for item in (await read(conversation))["items"]:
        assert item["share"] == pytest.approx(estimate_share(sums_of(conversation.posts, item["label"])).model_dump())


async def test_every_headline_has_quotes_for_and_against(read) -> None:
    conversation = airline()
    angry, glad = (await read(conversation))["items"]
    tones = {str(said.id): said.sentiment for said in conversation.posts}
    authors = {str(said.id): said.author_id for said in conversation.posts}
    assert [tones[quote["post_id"]] for quote in angry["evidence"]] == ["negative"] * 3
    assert [tones[quote["post_id"]] for quote in angry["counter_evidence"]] == ["positive"] * 2
    assert len({authors[quote["post_id"]] for quote in angry["evidence"]}) == 3
    assert glad["counter_evidence"] == []
    assert len(glad["evidence"]) >= 2


async def test_private_posts_are_counted_and_never_quoted(read) -> None:
    plain, conversation = (await read(airline()))["items"], airline()
    for said in conversation.posts[::2]:
        said.is_private = True
    private = {str(said.id) for said in conversation.posts if said.is_private}

    items = (await read(conversation))["items"]

    quotes = [quote for item in items for quote in (*item["evidence"], *item["counter_evidence"])]
    assert len(quotes) >= 4
    assert not private & {quote["post_id"] for quote in quotes}
    assert [item["share"] for item in items] == [item["share"] for item in plain]


async def test_the_remainder_says_what_no_headline_speaks_of(read, insight: Running) -> None:
    conversation = airline()
    rest = (await read(conversation))["remainder"]
    assert rest == pytest.approx(
        {"share": 140 / 400, "abstained": 0.25, "suppressed": 0.1, "rejected": 0.0, "beyond_limit": 0.0}
    )
    path = f"/v1/studies/{conversation.study_id}/headlines"
    short = (await insight.client.get(path, params={"limit": 1})).json()
    assert len(short["items"]) == 1
    assert short["remainder"]["beyond_limit"] == pytest.approx(90 / 400)


async def test_a_segment_of_copied_texts_is_not_spoken_of(read) -> None:
    conversation = airline()
    for said in conversation.say("win a prize", 60):
        said.text = "win a prize now, just follow this link and tell your friends about it"
    found = await read(conversation)
    assert {item["label"] for item in found["items"]} == {"cancelled, rebook", KIND_CREW}
    assert found["remainder"]["suppressed"] == pytest.approx(100 / 460)


async def test_reposts_count_but_are_never_quoted(read) -> None:
    conversation = airline()
    repeated = [said for said in conversation.posts if said.segment == KIND_CREW][:80]
    for said in repeated:
        said.is_repost = True
    glad = (await read(conversation))["items"][1]
    assert glad["posts"] == 90
    assert not {quote["post_id"] for quote in glad["evidence"]} & {str(said.id) for said in repeated}


async def test_the_state_says_how_far_a_study_is(insight: Running, ingest: Ingest) -> None:
    conversation = airline()
    path = f"/v1/studies/{conversation.study_id}/headlines"

    async def state() -> str:
        return (await insight.client.get(path)).json().get("state")

    async def is_in(expected: str) -> bool:
        return await state() == expected

    ingest.store(conversation.stored_by_ingest())
    assert await state() == "waiting_for_posts"
    await insight.publish(*conversation.enriched())
    await until(lambda: is_in("waiting_for_segmentation"))
    await insight.publish(conversation.published())
    await until(lambda: is_in("reading"))
    await insight.publish(*conversation.memberships())
    await until(lambda: is_in("ready"))


async def test_a_reading_waits_for_ingest(insight: Running, ingest: Ingest) -> None:
    conversation = airline()
    ingest.store(conversation.stored_by_ingest())
    ingest.is_away = True
    await insight.publish(*conversation.events())
    await until(lambda: ingest.calls >= 2)
    path = f"/v1/studies/{conversation.study_id}/headlines"
    assert (await insight.client.get(path)).json()["state"] == "reading"
    ingest.is_away = False

    async def is_ready() -> bool:
        return (await insight.client.get(path)).json()["state"] == "ready"

    await until(is_ready)


async def test_two_replicas_count_and_read_once(read, insight: Running, launch: Launch, quick: dict[str, Any]) -> None:
    conversation = airline()
    url = insight.runtime.settings.database_url
    async with launch(service, **quick, database_url=url):
        await insight.publish(*conversation.enriched())
        found = await read(conversation)  # every enrichment comes twice
    assert len(found["items"]) == found["counts"]["insights"] == 2
    coverage = (await insight.client.get(f"/v1/studies/{conversation.study_id}/coverage")).json()
    assert coverage["posts"] == 400


async def test_a_study_is_taken_over_when_its_reader_died(insight: Running) -> None:
    study_id, at_once = new_id(), timedelta(0)
    await insight.runtime.supervisor.stop(5)  # nobody but this test claims from now on
    async with insight.runtime.database.session("alpha") as session:
        await DueStudyRepository(session).mark({study_id: ""}, at_once, at_once)

    async def claim(lease: timedelta) -> ClaimedStudy | None:
        async with insight.runtime.database.session(EVERYWHERE) as session:
            return await DueStudyRepository(session).claim(lease)

    dead = await claim(timedelta(seconds=0.3))
    assert dead is not None
    assert await claim(timedelta(seconds=0.3)) is None  # a replica that lives keeps others off
    heir = await until(lambda: claim(timedelta(seconds=30)))
    assert heir is not None
    assert heir.study_id == study_id
    async with insight.runtime.database.session("alpha") as session:
        assert not await DueStudyRepository(session).finish(dead)
        assert await DueStudyRepository(session).finish(heir)


async def test_one_trace_links_event_reading_and_quotes(insight: Running, ingest: Ingest, spans) -> None:
    conversation = airline()
    ingest.store(conversation.stored_by_ingest())
    await insight.publish(*conversation.enriched(), *conversation.memberships(), conversation.published())
    path = f"/v1/studies/{conversation.study_id}/headlines"

    async def is_ready() -> bool:
        body = (await insight.client.get(path)).json()
        return body.get("state") == "ready" and body["posts"] == 400

    await until(is_ready)
    finished = spans.get_finished_spans()
    readings = [span for span in finished if span.name == "read study"]
    causes = {span.context.trace_id for span in finished if span.name.startswith("process pourquoi.")}
    assert readings
    assert all(span.parent is not None and span.context.trace_id in causes for span in readings)
    assert f"{readings[-1].context.trace_id:032x}" in ingest.traces
