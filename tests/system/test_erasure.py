"""The proof of erasure: after it, nothing of a post or of its author is left anywhere, and nothing comes back."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kit.testing import until
from tests.system.platform import SERVICES, Json, System, connected, started
from tests.system.traces import leftovers

NAME = "zyx.author-77321"
HANDLE = "mara_unmistakable"
WORDS = "marmalade turbines"
TRACES = (WORDS, "marmalade", "turbines", HANDLE, NAME)
# Where the bare id of an erased post stays: tombstones, records, a place in a partition without a group, the event.
IDS_STAY = {
    "ingest.posts",
    *(f"{service}.erasure_posts" for service in SERVICES),
    "enrichment.erased_posts",
    "segmentation.posts",
    "insight.tombstones",
    "insight.memberships",
    "INGEST",
}
TOPICS = ("night train came late", "refund never came back", "wifi broken on board")
# Each person says the same and adds a word of their own; what begins like a retweet is never quoted.
ADDITIONS = (
    *("umbrella", "garden", "piano", "ladder", "window", "carpet"),
    *("lemon", "hammer", "candle", "basket", "mirror", "pencil"),
)
OTHERS = 3 * (len(ADDITIONS) + 1)


def post(key: str, author: str, text: str, **fields: str) -> Json:
    return {
        "external_id": key,
        "platform": "x",
        "author": author,
        "text": text,
        "published_at": "2026-10-05T08:00:00Z",
        **fields,
    }


def conversation() -> list[Json]:
    """Many people on three topics, none of whom says what the author says who is to be erased."""
    return [
        each
        for topic, saying in enumerate(TOPICS)
        for each in (
            *(post(f"c{topic}-{word}", f"person {word}", f"RT @daily {saying} {word}") for word in ADDITIONS),
            post(f"c{topic}-witness", "witness", f"{saying} this morning yet again"),
        )
    ]


def confession() -> list[Json]:
    """What the author said: on topic, so that it is grouped and quoted, in words that nobody else uses."""
    return [
        post(
            f"{NAME}/post/{topic}",
            NAME,
            f"{saying}, {WORDS}",
            author_handle=HANDLE,
            url=f"https://x.example/{NAME}/{topic}",
        )
        for topic, saying in enumerate(TOPICS)
    ]


@pytest.fixture
async def small(engine_folder: Path, request: pytest.FixtureRequest) -> AsyncIterator[System]:
    """A platform of the test's own that speaks of small groups too, and lets webhooks go to this machine."""
    settings = {"INSIGHT_FEWEST_AUTHORS": "5", "INSIGHT_ALLOW_PRIVATE_ENDPOINTS": "true"}
    with started(engine_folder / request.node.name[:40], **settings) as running:
        async with connected(*running) as system:
            yield system


async def insights_about(system: System, study: str) -> list[Json]:
    """Headlines of the segmented study, at least one of which quotes the author."""
    job = await system.ask("POST", f"/segmentation/v1/studies/{study}/segmentations")
    await system.finish_job("segmentation", job)
    return list((await system.headlines(study))["items"])


async def ids_of_author(system: System, study: str) -> list[str]:
    found = await system.ask("GET", f"/ingest/v1/posts?study_id={study}&limit=500")
    return [each["id"] for each in found["items"] if WORDS in each["text"]]


async def publish(system: System, insight: Json) -> None:
    """Publishes an insight, with keys: the platform keeps the answers, which hold the quotes, for a repetition."""
    for decision in ("accept", "publish"):
        path, key = f"/insight/v1/insights/{insight['id']}/{decision}", f"{decision} {insight['id']}"
        await system.ask("POST", path, json={"reason": "true"}, headers={"Idempotency-Key": key})


async def erase(system: System) -> Json:
    wanted = {"author": {"platform": "x", "external_id": NAME}, "reason": "a letter"}
    return await system.ask("POST", "/ingest/v1/erasures", json=wanted)


async def record(system: System, service: str, erasure: Json) -> tuple[int, str] | None:
    answer = await system.client.get(f"/{service}/v1/erasures/{erasure['id']}")
    return (answer.json()["posts"], answer.json()["status"]) if answer.is_success else None


async def complete(system: System, erasure: Json, posts: int, seconds: float = 120) -> None:
    """Waits until every service has confirmed so many posts."""

    async def is_complete() -> bool:
        records = [await record(system, service, erasure) for service in SERVICES]
        return records == [(posts, "confirmed")] * len(SERVICES)

    await until(is_complete, seconds=seconds, pause=0.2)


async def prepare(system: System, name: str) -> str:
    study = await system.create_study(name)
    await system.send(study, [*conversation(), *confession()])
    await system.agree_on(study, OTHERS + 3)
    return study


async def test_nothing_is_left_of_an_erased_author_and_nothing_comes_back(small: System) -> None:
    study = await prepare(small, "erasure")
    endpoint = {"url": "http://127.0.0.1:9/hook", "description": "a partner who is away"}
    await small.ask("POST", "/insight/v1/endpoints", json=endpoint)
    headlines = await insights_about(small, study)
    for headline in headlines:
        await publish(small, headline)
    before = await leftovers(small, TRACES)
    assert {place.partition(":")[0] for place in before} >= {
        "INGEST",
        "ingest.posts",
        "insight.idempotency_keys",
        "insight.quotes",
    }

    posts = await ids_of_author(small, study)

    erasure = await erase(small)
    await complete(small, erasure, 3)

    assert await leftovers(small, TRACES) == []
    assert {place.partition(":")[0] for place in await leftovers(small, posts)} <= IDS_STAY
    again = await small.send(study, [*confession(), {**confession()[0], "external_id": "new", "text": "hello"}])
    assert again["rejected_count"] == 4
    assert all("erased" in each["reason"] for each in again["rejected"])
    await small.agree_on(study, OTHERS)
    assert await leftovers(small, TRACES) == []


async def kill_in_turn(system: System, seed: int) -> None:
    """Kills every service once, in an order of chance."""
    order = list(SERVICES)
    random.Random(seed).shuffle(order)
    for victim in order:
        await system.restart(victim)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(3))
async def test_an_erasure_completes_whatever_dies_meanwhile(small: System, seed: int) -> None:
    study = await prepare(small, f"deaths {seed}")
    deaths = asyncio.create_task(kill_in_turn(small, seed))

    async def accepted() -> Json | None:
        try:
            return await erase(small)
        except Exception:
            return None

    erasure = await until(accepted, seconds=120, pause=0.1)
    await deaths
    await complete(small, erasure, 3, seconds=300)

    assert await leftovers(small, TRACES) == []
    await small.agree_on(study, OTHERS)
