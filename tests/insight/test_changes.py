"""What is told again, late or otherwise changes what is counted, and nothing is counted twice."""

from dataclasses import replace
from datetime import timedelta

from kit.db import new_id
from kit.events import seal
from kit.events.envelopes import MESSAGE_ID
from kit.testing import Running, until
from tests.insight.support.conversations import START, Conversation, airline
from tests.insight.support.peers import Ingest

KIND_CREW = "kind crew"


async def test_events_in_reverse_order_tell_the_same(read, insight: Running, ingest: Ingest) -> None:
    forwards, backwards = airline(), airline()
    ingest.store(backwards.stored_by_ingest())
    await insight.publish(*reversed(backwards.events()))
    path = f"/v1/studies/{backwards.study_id}/headlines"

    async def claims() -> list[str] | None:
        body = (await insight.client.get(path)).json()
        complete = body.get("posts") == len(backwards.posts)
        return [item["claim"] for item in body["items"]] if complete else None

    expected = [item["claim"] for item in (await read(forwards))["items"]]
    assert await until(claims) == expected


async def test_events_that_come_again_change_nothing(read, insight: Running) -> None:
    conversation = airline()
    before = await read(conversation)
    rollups = (await insight.client.get(f"/v1/studies/{conversation.study_id}/rollups")).json()
    await insight.publish(*conversation.events(), *conversation.enriched())
    marker = airline()
    marker.study_id = conversation.study_id
    marker.posts = marker.say(None, 1)
    await insight.publish(*marker.enriched())

    async def has_seen_the_marker() -> bool:
        response = await insight.client.get(f"/v1/studies/{conversation.study_id}/coverage")
        return response.json()["posts"] == len(conversation.posts) + 1

    await until(has_seen_the_marker)
    after = (await insight.client.get(f"/v1/studies/{conversation.study_id}/headlines")).json()
    assert after["items"] == before["items"]
    again = (await insight.client.get(f"/v1/studies/{conversation.study_id}/rollups")).json()
    assert sum(hour["posts"] for hour in again["items"]) == sum(hour["posts"] for hour in rollups["items"]) + 1


async def test_a_changed_post_is_counted_where_it_now_belongs(insight: Running) -> None:
    conversation = Conversation()
    said, other = conversation.say("bags", 2, sentiment="negative")
    old = conversation.enriched([said])
    said.revision, said.sentiment, said.published_at = 2, "positive", START + timedelta(hours=5)

    async def hours() -> list[tuple[str, int, int]]:
        body = (await insight.client.get(f"/v1/studies/{conversation.study_id}/rollups")).json()
        return [(hour["hour"], hour["negative"], hour["positive"]) for hour in body.get("items", [])]

    async def are(*expected: tuple[str, int, int]) -> bool:
        return await hours() == list(expected)

    before, after = ("2026-03-02T08:00:00Z", 1, 0), ("2026-03-02T13:00:00Z", 0, 1)
    for event, expected in ((old, before), (conversation.enriched([said]), after)):
        await insight.publish(*event)
        await until(lambda expected=expected: are(expected))
    await insight.publish(*old, *conversation.enriched([other]))  # the old revision, late
    await until(lambda: are(after, ("2026-03-04T08:00:00Z", 1, 0)))


async def test_a_post_that_other_models_read_anew_is_counted_as_they_say(insight: Running) -> None:
    conversation = Conversation()
    said, other = conversation.say("bags", 2, sentiment="negative")
    before = [seal(event, "alpha") for event in conversation.enriched([said])]
    said.sentiment = "positive"
    anew = [seal(event, "alpha") for event in conversation.enriched([said])]
    after = [seal(event, "alpha") for event in conversation.enriched([other])]

    async def tones(negative: int, positive: int) -> bool:
        body = (await insight.client.get(f"/v1/studies/{conversation.study_id}/rollups")).json()
        counted = [(hour["negative"], hour["positive"]) for hour in body.get("items", [])]
        return bool(counted) and tuple(map(sum, zip(*counted, strict=True))) == (negative, positive)

    await insight.runtime.bus.ensure_streams(["enrichment"])
    await insight.runtime.bus.publish(before)
    await until(lambda: tones(1, 0))
    await insight.runtime.bus.publish(anew)
    await until(lambda: tones(0, 1))
    early = [replace(envelope, headers={**envelope.headers, MESSAGE_ID: "again"}) for envelope in before]
    await insight.runtime.bus.publish([*early, *after])
    await until(lambda: tones(1, 1))


async def test_a_post_that_left_the_study_is_no_longer_counted(read, insight: Running) -> None:
    conversation = airline()
    await read(conversation)
    left = conversation.enriched(conversation.posts[:10])
    for event in left:
        event.enrichment.study_ids[:] = [str(new_id())]
        event.enrichment.revision = 2
    await insight.publish(*left)

    async def counts() -> tuple[int, int] | None:
        coverage = (await insight.client.get(f"/v1/studies/{conversation.study_id}/coverage")).json()
        headlines = (await insight.client.get(f"/v1/studies/{conversation.study_id}/headlines")).json()
        return (coverage["posts"], headlines["posts"]) if headlines["posts"] == 390 else None

    assert await until(counts) == (390, 390)


async def test_of_two_memberships_the_later_one_holds(insight: Running, ingest: Ingest) -> None:
    conversation = airline()
    ingest.store(conversation.stored_by_ingest())
    moved = [said for said in conversation.posts if said.segment == KIND_CREW][:40]
    earlier = [seal(event, "alpha") for event in conversation.memberships()]
    for said in moved:
        said.segment = "cancelled, rebook"
    later = [seal(event, "alpha") for event in conversation.memberships(moved)]
    path = f"/v1/studies/{conversation.study_id}/headlines"

    async def arrived() -> bool:
        return (await insight.client.get(path)).json()["counts"]["memberships"] == 40

    async def sizes() -> list[int] | None:
        body = (await insight.client.get(path)).json()
        return [item["posts"] for item in body["items"]] if body["posts"] == 400 else None

    await insight.publish(*conversation.enriched(), conversation.published())
    await insight.runtime.bus.publish(later)
    await until(arrived)
    await insight.runtime.bus.publish(earlier)
    assert await until(sizes) == [210, 50]
