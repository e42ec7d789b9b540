"""Posts that another version of the models has read are read again, whatever happens meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy import text

from enrichment.app import service
from enrichment.readings.reader import Reader
from enrichment.readings.reading import ReaderVersion, Reading
from enrichment.reenrichments import jobs as reenrichment_jobs
from kit.events import Envelope
from kit.jobs import runner
from kit.testing import Launch, Running, until
from pourquoi.enrichment.v1.events_pb2 import PostEnriched
from pourquoi.ingest.v1.events_pb2 import Post, PostErased
from tests.insight.support.peers import Ingest, serve_ingest

OLD = ReaderVersion("the encoder of last year", "old")
TEXTS = ["the seat was broken", "they lost my bag", "lovely crew", "the app crashes at login", "merci pour tout"]
MakePost = Callable[..., Post]
Collect = Callable[..., Any]


@pytest.fixture
async def ingest() -> AsyncIterator[Ingest]:
    async with serve_ingest() as served:
        yield served


@pytest.fixture
async def enrichment(
    launch: Launch, reader: Reader, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Running]:
    monkeypatch.setattr("enrichment.readings.loading.load", lambda _: reader)
    monkeypatch.setattr(reenrichment_jobs, "_PAGE_POSTS", 2)
    monkeypatch.setattr(runner, "OUTAGE_SECONDS", 0.1)
    async with launch(service, ingest_target=ingest.target) as running:
        yield running


@pytest.fixture
async def stale(enrichment: Running, ingest: Ingest, post: MakePost, collect: Collect) -> list[Post]:
    """Posts as another encoder with vectors of another length has read them, and ingest keeps them."""
    posts = [post(each) for each in TEXTS]
    ingest.store(posts)
    await collect(*posts)
    await until(lambda: versions(enrichment, len(posts)))
    await age(enrichment)
    return posts


async def test_every_stale_post_is_read_again_and_published_as_backfill(
    enrichment: Running, reader: Reader, stale: list[Post]
) -> None:
    job = await reenrich(enrichment)

    assert (job["status"], job["progress"]) == ("succeeded", {"done": 5, "total": 5})
    assert (job["result"]["read"], job["result"]["absent"], job["result"]["refused"]) == (5, 0, 0)
    assert await versions(enrichment, 5)

    async def as_backfill() -> list[Envelope] | None:
        """What was published anew, once all of it was: the outbox is emptied after the job."""
        every = await enrichment.envelopes("enrichment")
        found = [each for each in every if each.subject.startswith("backfill.")]
        return found if len(found) >= len(stale) else None

    published = await until(as_backfill)
    again = [PostEnriched.FromString(each.payload).enrichment for each in published]
    assert sorted(each.post_id for each in again) == sorted(each.id for each in stale)
    assert {(each.model, each.coding, each.revision) for each in again} == {(*version(reader), 1)}


async def test_old_and_new_vectors_never_meet_in_a_search(
    enrichment: Running, stale: list[Post], post: MakePost, collect: Collect
) -> None:
    fresh = post("my luggage is missing")
    await collect(fresh)

    assert await found(enrichment, "lost bag") == {fresh.id}
    await reenrich(enrichment)
    assert await found(enrichment, "lost bag") == {fresh.id, *(each.id for each in stale)}


async def test_a_job_that_was_killed_goes_on_where_it_stopped(
    enrichment: Running, stale: list[Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[int] = []
    read = Reader.read

    def read_until_killed(self: Reader, texts: Sequence[str]) -> list[Reading]:
        pages.append(len(texts))
        if len(pages) == 2:
            raise asyncio.CancelledError
        return read(self, texts)

    monkeypatch.setattr(Reader, "read", read_until_killed)

    job = await reenrich(enrichment)

    assert job["progress"]["done"] == 5
    assert pages == [2, 2, 2, 1]
    assert await versions(enrichment, 5)


async def test_a_job_waits_while_ingest_is_away(enrichment: Running, ingest: Ingest, stale: list[Post]) -> None:
    ingest.is_away = True
    job = (await enrichment.client.post("/v1/reenrichments")).json()
    await until(lambda: ingest.calls >= 2)
    shown = (await enrichment.client.get("/v1/reenrichments")).json()
    assert [each["posts"] for each in shown["versions"] if not each["is_current"]] == [5]
    assert shown["items"][0]["id"] == job["id"]

    ingest.is_away = False

    assert (await ended(enrichment, job["id"]))["progress"]["done"] == 5
    assert await versions(enrichment, 5)


async def test_an_erased_post_does_not_come_back(
    enrichment: Running, ingest: Ingest, stale: list[Post], post: MakePost, collect: Collect
) -> None:
    erased, gone = stale[0], stale[1]
    await enrichment.publish(PostErased(post_id=erased.id, erased_at=Timestamp(seconds=1_780_000_100)))
    await until(lambda: versions(enrichment, 4, current=False))
    del ingest.posts["alpha"][gone.id]

    job = await reenrich(enrichment)

    assert (job["result"]["read"], job["result"]["absent"]) == (3, 1)
    assert (await enrichment.client.get(f"/v1/posts/{erased.id}/enrichment")).status_code == 404


async def test_a_text_that_no_model_bears_is_left_and_stops_no_other(
    enrichment: Running, stale: list[Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Reader.read

    def refuse(self: Reader, texts: Sequence[str]) -> list[Reading]:
        if TEXTS[1] in texts:
            raise ValueError("cannot be read")
        return read(self, texts)

    monkeypatch.setattr(Reader, "read", refuse)

    job = await reenrich(enrichment)

    assert (job["result"]["read"], job["result"]["refused"]) == (4, 1)


async def test_there_is_one_job_at_a_time_and_only_for_whom_it_may_concern(
    enrichment: Running, ingest: Ingest, stale: list[Post]
) -> None:
    ingest.is_away = True
    first = (await enrichment.client.post("/v1/reenrichments")).json()
    second = await enrichment.client.post("/v1/reenrichments")

    assert (second.status_code, second.json()["id"]) == (202, first["id"])
    assert second.headers["location"] == f"/v1/jobs/{first['id']}"
    other = (await enrichment.client_for("beta").get("/v1/reenrichments")).json()
    assert (other["items"], other["versions"]) == ([], [])
    ingest.is_away = False
    await ended(enrichment, first["id"])


async def test_a_service_that_starts_with_other_models_asks_for_it_by_itself(
    launch: Launch, reader: Reader, ingest: Ingest, stale: list[Post], enrichment: Running
) -> None:
    url = enrichment.runtime.settings.database_url
    async with launch(service, database_url=url, ingest_target=ingest.target) as restarted:
        await until(lambda: versions(restarted, 5))
        [job] = (await restarted.client.get("/v1/reenrichments")).json()["items"]
        assert job["parameters"] == dict(zip(("model", "coding"), version(reader), strict=True))


def version(reader: Reader) -> tuple[str, str]:
    return (reader.version.model, reader.version.coding)


async def age(running: Running) -> None:
    """Makes all that is stored look as another encoder, whose vectors have three dimensions, has read it."""
    async with running.runtime.database.session("alpha") as session:
        values = {"model": OLD.model, "coding": OLD.coding}
        await session.execute(
            text("UPDATE enrichments SET model = :model, coding = :coding, vector = '[0.6,0.8,0]'"), values
        )


async def versions(running: Running, posts: int, current: bool = True) -> bool:
    """Whether one version has read just so many posts."""
    shown = (await running.client.get("/v1/reenrichments")).json()["versions"]
    return [(each["is_current"], each["posts"]) for each in shown] == [(current, posts)]


async def reenrich(running: Running) -> Any:
    answer = await running.client.post("/v1/reenrichments")
    return await ended(running, answer.json()["id"])


async def ended(running: Running, job_id: str) -> Any:
    async def over() -> Any:
        job = (await running.client.get(f"/v1/jobs/{job_id}")).json()
        return job if job["status"] in ("succeeded", "failed") else None

    return await until(over)


async def found(running: Running, question: str) -> set[str]:
    answer = await running.client.get("/v1/search", params={"q": question})
    return {item["post_id"] for item in answer.json()["items"]}
