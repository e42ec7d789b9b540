"""What the tests of enrichment share: the models, loaded once, and posts to feed them."""

import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from enrichment.app import service
from enrichment.readings.loading import load
from enrichment.readings.reader import Reader
from enrichment.settings import EnrichmentSettings
from kit.db import new_id
from kit.testing import Launch, Running, until
from pourquoi.ingest.v1.events_pb2 import Post, PostCollected

STUDY = "01960000-0000-7000-8000-000000000001"


@pytest.fixture(scope="session")
def reader() -> Reader:
    return load(EnrichmentSettings())


@pytest.fixture
async def enrichment(launch: Launch, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    """The service on real engines; its models are those that the test run has loaded already."""
    monkeypatch.setattr("enrichment.readings.loading.load", lambda _: reader)
    async with launch(service) as running:
        yield running


@pytest.fixture
def post() -> Callable[..., Post]:
    """Makes posts: `post("text", revision=2)`."""

    def make(text: str, **fields: Any) -> Post:
        usual = {
            "id": str(new_id()),
            "author_id": str(uuid.uuid4()),
            "platform": "x",
            "published_at": Timestamp(seconds=1_780_000_000),
            "study_ids": [STUDY],
            "revision": 1,
        }
        return Post(text=text, **{**usual, **fields})

    return make


@pytest.fixture
def collect(enrichment: Running) -> Callable[..., Any]:
    """Publishes posts as ingest does and waits until the last is enriched; gives its enrichment over REST."""

    async def publish(*posts: Post, workspace: str = "alpha") -> Any:
        await enrichment.publish(*(PostCollected(post=each) for each in posts), workspace=workspace)
        client = enrichment.client_for(workspace)

        async def last() -> Any:
            answer = await client.get(f"/v1/posts/{posts[-1].id}/enrichment")
            return answer.json() if answer.status_code == 200 else None

        return await until(last)

    return publish
