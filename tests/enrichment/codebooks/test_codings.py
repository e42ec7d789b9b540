"""What own codebooks code: posts that arrive and posts that are stored, in pages, and after a job that was cut off."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from enrichment.app import service
from enrichment.codebooks.codings import jobs
from enrichment.codebooks.codings.service import CodingService
from enrichment.readings.reader import Reader
from kit.events import BACKFILL, subject_of
from kit.testing import Launch, Running, until
from pourquoi.enrichment.v1.events_pb2 import PostEnriched
from pourquoi.ingest.v1.events_pb2 import Post, PostCollected, PostUpdated
from tests.enrichment.codebooks.bank import (
    CARDS,
    STUDY,
    Make,
    caught,
    enriched,
    is_stored,
    own_codes,
    own_codings,
    until_idle,
)

OTHER_STUDY = "01960000-0000-7000-8000-000000000002"
LATE = "My new bank card has still not arrived."
SMALL_TALK = "What a lovely sunny afternoon in the park."
MakePost = Callable[..., Post]
Collect = Callable[..., Any]


async def test_definitions_code_what_arrives_and_pass_over_the_rest(
    enrichment: Running, post: MakePost, collect: Collect, make: Make
) -> None:
    await make()
    french = post("Ma nouvelle carte n'est toujours pas arrivée.")
    posts = [post(LATE), post(SMALL_TALK), french, post("They charged me a fee for taking out cash abroad.")]
    await collect(*posts)

    found = [own_codes(await enriched(enrichment, each)) for each in posts]

    assert found == [[["card_late"]], [[]], [["card_late"]], [["fee_charged"]]]
    [[code]] = own_codings(await enriched(enrichment, posts[0]))
    assert (code["version"], code["coder"]) == (1, "model")
    assert LATE[code["start"] : code["end"]] == LATE
    assert 0.5 <= code["probability"] < 1


async def test_what_was_stored_before_is_coded_and_published_again(
    enrichment: Running, post: MakePost, collect: Collect, make: Make
) -> None:
    stored = post(LATE)
    await collect(stored, post(SMALL_TALK))

    await make()
    await until_idle(enrichment)

    assert own_codes(await enriched(enrichment, stored)) == [["card_late"]]
    events = [event.enrichment for event in await enrichment.published(PostEnriched, 3)]
    given = [[code.code for code in event.statements[0].codes if code.codebook == "cards"] for event in events]
    assert [each for each, event in zip(given, events, strict=True) if event.post_id == stored.id] == [
        [],
        ["card_late"],
    ]
    again = subject_of(PostEnriched, BACKFILL)
    assert [each.subject for each in await enrichment.envelopes("enrichment")].count(again) == 1


async def test_a_codebook_of_a_study_codes_its_posts_alone(
    enrichment: Running, post: MakePost, collect: Collect, make: Make
) -> None:
    await make(study_id=OTHER_STUDY)
    inside, outside = post(LATE, study_ids=[OTHER_STUDY]), post(LATE + " Why?")
    await collect(inside, outside)
    moved = Post()
    moved.CopyFrom(outside)
    moved.study_ids.append(OTHER_STUDY)
    moved.revision = 2

    before = [own_codes(await enriched(enrichment, each))[0] for each in (inside, outside)]
    await enrichment.publish(PostUpdated(post=moved))
    await until(lambda: _is_at(enrichment, moved))

    assert before == [["card_late"], []]
    assert own_codes(await enriched(enrichment, moved))[0] == ["card_late"]
    assert own_codings(await enriched(enrichment, moved))[0][0]["study_id"] == OTHER_STUDY


async def _is_at(running: Running, post: Post) -> bool:
    return bool((await enriched(running, post))["revision"] == post.revision)


async def test_a_resting_codebook_takes_its_codes_back_and_a_new_version_changes_them(
    enrichment: Running, post: MakePost, collect: Collect, make: Make
) -> None:
    made = await make()
    stored = post(LATE)
    await collect(stored)
    path = f"/v1/codebooks/{made['id']}"
    renamed = {**CARDS["codes"][0], "code": "delivery"}  # type: ignore[index]

    await enrichment.client.post(f"{path}/versions", json={"title": "Cards", "choice": "one", "codes": [renamed]})
    await until_idle(enrichment)
    [[changed]] = own_codings(await enriched(enrichment, stored))
    await enrichment.client.patch(path, json={"is_active": False})
    await until_idle(enrichment)

    assert (changed["code"], changed["version"]) == ("delivery", 2)
    assert own_codes(await enriched(enrichment, stored)) == [[]]
    assert await caught(enrichment, "cards/delivery") == []


async def test_a_codebook_of_whole_posts_codes_them_as_a_whole(
    enrichment: Running, post: MakePost, collect: Collect, make: Make
) -> None:
    await make(unit="post")
    words = LATE + " My neighbour got hers in three days."
    stored = await collect(post(words))

    [code] = [code for code in stored["codes"] if code["codebook"] == "cards"]
    assert (code["code"], code["start"], code["end"]) == ("card_late", 0, len(words))
    assert [each["position"] for each in (await caught(enrichment, "cards/card_late"))[0]["codings"]] == [None]


async def test_codes_are_counted_by_study_and_listed_newest_first(
    enrichment: Running, post: MakePost, collect: Collect, make: Make
) -> None:
    await make()
    posts = [
        post(LATE, published_at=Timestamp(seconds=1_780_000_000 + day * 86_400), study_ids=[study])
        for day, study in enumerate([STUDY, STUDY, OTHER_STUDY])
    ]
    await collect(*posts, post(SMALL_TALK))
    await until_idle(enrichment)

    counts = (await enrichment.client.get(f"/v1/studies/{STUDY}/codes")).json()
    own = [each for each in counts["codes"] if each["codebook"] == "cards"]
    assert (counts["posts"], counts["statements"]) == (3, 3)
    assert own == [{"codebook": "cards", "code": "card_late", "posts": 2, "statements": 2}]
    assert [each["post_id"] for each in await caught(enrichment, "cards/card_late")] == [
        each.id for each in reversed(posts)
    ]
    later = datetime.fromtimestamp(1_780_000_000 + 86_400, UTC).isoformat()
    assert [each["post_id"] for each in await caught(enrichment, "cards/card_late", study_id=STUDY, since=later)] == [
        posts[1].id
    ]
    assert await caught(enrichment, "cards/fee_charged") == []
    stranger = await enrichment.client_for("beta").get("/v1/posts", params={"code": "cards/card_late"})
    assert stranger.json()["items"] == []


async def test_pages_of_posts_of_a_code_hold_each_once(
    enrichment: Running, post: MakePost, collect: Collect, make: Make
) -> None:
    await make()
    posts = [post(f"{LATE} Case {number}.") for number in range(5)]
    await collect(*posts)
    await until_idle(enrichment)
    first = (await enrichment.client.get("/v1/posts", params={"code": "cards/card_late", "limit": 3})).json()
    cursor = first["next_cursor"]
    second = await enrichment.client.get("/v1/posts", params={"code": "cards/card_late", "limit": 3, "cursor": cursor})

    found = [each["post_id"] for each in first["items"] + second.json()["items"]]
    assert sorted(found) == sorted(each.id for each in posts)
    assert second.json()["next_cursor"] is None


async def test_posts_of_another_workspace_are_not_coded(
    enrichment: Running, post: MakePost, collect: Collect, make: Make
) -> None:
    await make()

    found = await collect(post(LATE), workspace="beta")

    assert own_codes(found) == [[]]


async def test_a_job_that_was_cut_off_goes_on_behind_its_last_batch(
    launch: Launch, reader: Reader, monkeypatch: pytest.MonkeyPatch, post: MakePost
) -> None:
    """The process dies in the middle of the second batch: the first stays, nothing is done twice or left out."""
    monkeypatch.setattr("enrichment.readings.loading.load", lambda _: reader)
    monkeypatch.setattr(jobs, "_POSTS_AT_ONCE", 2)
    batches: list[int] = []
    recode = CodingService.recode

    async def dying(self: CodingService, ids: Any, texts: Any) -> None:
        await recode(self, ids, texts)
        batches.append(len(ids))
        if len(batches) == 2:
            await asyncio.Event().wait()

    posts = [post(f"{LATE} Case {number}.") for number in range(5)]
    async with launch(service) as first:
        await first.publish(*(PostCollected(post=each) for each in posts))
        await until(lambda: is_stored(first, posts))
        url = first.runtime.settings.database_url
        monkeypatch.setattr(CodingService, "recode", dying)
        await first.client.post("/v1/codebooks", json=CARDS)
        await until(lambda: len(batches) == 2)
    monkeypatch.setattr(CodingService, "recode", recode)
    async with launch(service, database_url=url) as second:
        await until_idle(second)
        found = [own_codes(await enriched(second, each))[0] for each in posts]
        [coding] = [
            job for job in (await second.client.get("/v1/jobs")).json()["items"] if job["kind"] == "codebook-coding"
        ]

    assert found == [["card_late"]] * 5
    assert coding["result"] == {"posts": 5, "is_replaced": False}
    assert coding["progress"] == {"done": 5, "total": 5}
