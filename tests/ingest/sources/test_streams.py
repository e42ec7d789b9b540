"""Streams: bundles that lose nothing, runs that end, patience that ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from ingest.sources.backoff import Backoff, Patience
from ingest.sources.bundles import Bundling, bundled
from ingest.sources.connector import SourceUnavailable


async def numbers(count: int, error: Exception | None = None, *, ends: bool = True) -> AsyncIterator[int]:
    for number in range(count):
        yield number
    if error:
        raise error
    if not ends:
        await asyncio.Event().wait()


async def test_bundles_hold_every_value_in_order() -> None:
    bundles = [bundle async for bundle in bundled(numbers(7), Bundling(most=3))]

    assert bundles == [[0, 1, 2], [3, 4, 5], [6]]


async def test_what_came_before_an_error_is_given_before_it() -> None:
    given: list[list[int]] = []
    async with aclosing(bundled(numbers(2, SourceUnavailable("away")), Bundling())) as bundles:  # type: ignore[type-var]
        given.append(await anext(bundles))
        with pytest.raises(SourceUnavailable, match="away"):
            await anext(bundles)

    assert given == [[0, 1]]


async def test_a_silent_stream_gives_what_it_has_and_ends_with_the_run() -> None:
    bundling = Bundling(seconds=0.01, run_seconds=0.05)

    assert [bundle async for bundle in bundled(numbers(2, ends=False), bundling)] == [[0, 1]]


async def test_patience_ends_after_its_attempts_and_begins_anew_when_something_comes() -> None:
    patience = Patience(Backoff(first_seconds=0.0, most_seconds=100.0, attempts=3))
    for _ in range(5):
        await patience.wait("broken")
        await patience.wait("broken")
        patience.renew()
    await patience.wait("broken")
    await patience.wait("broken")

    with pytest.raises(SourceUnavailable, match="broken") as refusal:
        await patience.wait("broken")
    assert refusal.value.retry_after_seconds == 100


async def test_a_stream_that_was_open_for_long_has_not_failed_before() -> None:
    patience = Patience(Backoff(first_seconds=0.0, most_seconds=0.0, attempts=2))

    for _ in range(5):
        await patience.wait("closed by the server in the middle of the night")
