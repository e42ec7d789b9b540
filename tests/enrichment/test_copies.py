"""What was said before is not read again."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy import text

from enrichment.enrichments.passes import PostReader
from enrichment.enrichments.plan import Arrival
from enrichment.readings.reader import Reader
from enrichment.readings.reading import Reading
from kit.events import LIVE
from kit.testing import Running
from pourquoi.ingest.v1.events_pb2 import Post, PostErased
from tests.enrichment.support import COMPLAINT, enriched

MakePost = Callable[..., Post]
Collect = Callable[..., Any]


@pytest.fixture
def texts_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the models were given, in order."""
    texts: list[str] = []
    read = Reader.read

    def noting(self: Reader, given: Sequence[str]) -> list[Reading]:
        texts.extend(given)
        return read(self, given)

    monkeypatch.setattr(Reader, "read", noting)
    return texts


async def test_what_was_said_before_is_not_read_again(
    enrichment: Running, post: MakePost, collect: Collect, texts_read: list[str]
) -> None:
    near, other = f"RT @anna:  {COMPLAINT} https://t.co/1", f"{COMPLAINT} Again."
    original = await collect(post(COMPLAINT))

    for said in (COMPLAINT, near, other):
        await collect(post(said))

    assert texts_read == [COMPLAINT, other]
    of_first, of_exact, of_near, of_other = await enriched(enrichment, 4)
    assert (of_exact.statements, of_exact.vector) == (of_first.statements, of_first.vector)
    assert (of_near.vector, of_near.model) == (of_first.vector, original["model"])
    assert [near[each.start : each.end] for each in of_near.statements][-1] == "Worst airline ever!"
    assert len(of_other.statements) == len(of_first.statements) + 1


async def test_copies_that_come_together_are_read_once(
    enrichment: Running, post: MakePost, texts_read: list[str]
) -> None:
    copies = [post(f"{start}{COMPLAINT}{end}") for start in ("", "@united ") for end in ("", " http://a.b")]
    arrivals = [Arrival(each, LIVE) for each in (*copies, post("Thanks, all is well."))]

    await PostReader(enrichment.runtime.database, enrichment.runtime.state.desk).enrich("alpha", arrivals)

    assert texts_read == [COMPLAINT, "Thanks, all is well."]
    found = {each.post_id: each for each in await enriched(enrichment, 5)}
    for copy in copies:
        last = found[copy.id].statements[-1]
        assert copy.text[last.start : last.end] == "Worst airline ever!"


async def test_a_reading_of_another_version_is_no_source(
    enrichment: Running, post: MakePost, collect: Collect, texts_read: list[str]
) -> None:
    before = post(COMPLAINT)
    await collect(before)
    async with enrichment.runtime.database.session("alpha") as session:
        await session.execute(text("UPDATE enrichments SET coding = 'of last year'"))

    await collect(post(COMPLAINT))

    assert texts_read == [COMPLAINT, COMPLAINT]


async def test_a_copy_of_an_erased_post_is_read(enrichment: Running, post: MakePost, collect: Collect) -> None:
    first = post(COMPLAINT)
    await collect(first)
    await enrichment.publish(PostErased(post_id=first.id, erased_at=Timestamp(seconds=1_780_000_100)))
    stored = await collect(post(COMPLAINT, copy_of=first.id))
    assert len(stored["statements"]) == 4
