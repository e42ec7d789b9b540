"""Live posts overtake a backlog, in front of the models and on the way to them."""

import threading
from collections.abc import AsyncIterator, Callable, Sequence

import pytest

from enrichment.app import service
from enrichment.readings.reader import Reader
from enrichment.readings.reading import Reading
from enrichment.readings.turns import Urgency
from kit.testing import Launch, Running, until
from pourquoi.enrichment.v1.events_pb2 import PostEnriched
from pourquoi.ingest.v1.events_pb2 import Post, PostCollected

BATCH, BACKLOG = 4, 40
MakePost = Callable[..., Post]


class Gate:
    """Holds every reading up until it is opened, and notes what is read in which order."""

    def __init__(self, reader: Reader) -> None:
        self.opened = threading.Event()
        self.texts: list[str] = []
        self._read = reader.read

    def read(self, _: Reader, texts: Sequence[str]) -> list[Reading]:
        self.texts.extend(texts)
        assert self.opened.wait(timeout=30)
        return self._read(texts)


@pytest.fixture
def gate(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate = Gate(reader)
    monkeypatch.setattr(Reader, "read", lambda self, texts: gate.read(self, texts))
    return gate


@pytest.fixture
async def enrichment(launch: Launch, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    monkeypatch.setattr("enrichment.readings.loading.load", lambda _: reader)
    async with launch(service, threads=1, batch_posts=BATCH) as running:
        yield running


async def test_a_live_post_is_read_next_however_many_of_backfill_wait(
    enrichment: Running, gate: Gate, post: MakePost
) -> None:
    backlog = [post(f"an old post, number {number}") for number in range(BACKLOG)]
    await enrichment.publish(*(PostCollected(post=each) for each in backlog), lane="backfill")
    await until(lambda: len(gate.texts) > 0)

    live = post("a post of this minute")
    await enrichment.publish(PostCollected(post=live))
    await until(lambda: any(urgency is Urgency.LIVE for urgency, *_ in enrichment.runtime.state.desk._turns._waiting))
    gate.opened.set()

    events = await enrichment.published(PostEnriched, BACKLOG + 1)
    assert gate.texts.index(live.text) <= BATCH
    assert len({event.enrichment.post_id for event in events}) == BACKLOG + 1
