"""Texts that nobody would write in good faith never stop a batch."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from enrichment.readings.desk import _pieces
from enrichment.readings.reader import Reader
from enrichment.readings.reading import Reading
from kit.events import applying, dead_letters
from kit.testing import Running, until
from pourquoi.enrichment.v1.events_pb2 import PostEnriched
from pourquoi.ingest.v1.events_pb2 import Post, PostCollected

# Nearly the largest event that the bus takes.
MEGABYTE = 990_000
MARKS = "\u0335\u0321\u0489\u0359" * 60
MakePost = Callable[..., Post]
Collect = Callable[..., Any]
HOSTILE = {
    "a megabyte of words": "word " * (MEGABYTE // 5),
    "a megabyte of letters": "a" * MEGABYTE,
    "a megabyte of space": " " * MEGABYTE,
    "a megabyte of links": "http://a.b " * (MEGABYTE // 11),
    "a megabyte of handles": "@ab " * (MEGABYTE // 4),
    "a megabyte of line breaks": "\n" * MEGABYTE,
    "a megabyte of sentences": "No. Why? " * (MEGABYTE // 9),
    "zalgo": "".join(letter + MARKS for letter in "he comes he comes"),
    "right to left": "\u202ethe\u202c end \u2067of\u2069 \u200f" * 200,
    "emoji": "😡👩‍👩‍👧‍👦🏴‍☠️" * 3_400,
    "code": "def f(x):\n    return {'a': [1, 2]}  # TODO\n<script>alert(1)</script>; DROP TABLE posts; --\n" * 50,
    "brackets": "([{" * 5_000 + "}])" * 5_000,
    "terminators": "?!.…" * 5_000,
    "nothing": "",
    "blank": "\u200b\u2060 \u00a0\t\r\n\u2028",
    "surrogate neighbours": "\ud7ff\ue000\ufffd\ufffe\U0010ffff",
    "numbers": "1.000.000,00 " * 1_500,
}


async def test_every_hostile_text_is_enriched_with_the_harmless_beside_it(enrichment: Running, post: MakePost) -> None:
    posts = [post(text) for text in HOSTILE.values()]
    harmless = post("My flight was cancelled. Nobody answers!")

    # The largest one by one: together they would be more than one request to the bus.
    for each in (*posts, harmless):
        await enrichment.publish(PostCollected(post=each))

    events = await enrichment.published(PostEnriched, len(posts) + 1, seconds=120)
    found = {event.enrichment.post_id: event.enrichment for event in events}
    assert found.keys() == {each.id for each in (*posts, harmless)}
    assert len(found[harmless.id].statements) == 2
    for each in posts:
        for statement in found[each.id].statements:
            assert 0 <= statement.start < statement.end <= len(each.text)


async def test_a_text_that_no_model_bears_is_put_aside_and_the_rest_goes_through(
    enrichment: Running, post: MakePost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "RETRY_SECONDS", (0.01,))
    read = Reader.read

    def refuse(self: Reader, texts: Sequence[str]) -> list[Reading]:
        if "poison" in texts:
            raise ValueError("cannot be read")
        return read(self, texts)

    monkeypatch.setattr(Reader, "read", refuse)
    poison = post("poison")
    posts = [*(post(f"post number {number}") for number in range(10)), poison]

    await enrichment.publish(*(PostCollected(post=each) for each in posts))

    events = await enrichment.published(PostEnriched, 10)
    assert poison.id not in {event.enrichment.post_id for event in events}

    async def put_aside() -> list[Any]:
        return [letter async for letter in dead_letters(enrichment.runtime.bus, "ingest")]

    [letter] = await until(put_aside)
    assert "ValueError" in str(letter)


def test_texts_are_read_in_pieces_of_so_many_texts_or_characters() -> None:
    sizes = [list(map(len, piece)) for piece in _pieces(["a"] * 130 + ["b" * 20_000] * 5 + ["c"])]

    assert [len(piece) for piece in sizes] == [128, 6, 2]
    assert sum(map(sum, sizes)) == 130 + 100_000 + 1
    assert list(_pieces([])) == []
