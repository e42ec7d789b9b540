"""How fast ingest accepts posts, durably, beside COPY of the same rows, and what memory a long stream takes."""

import asyncio
import csv
import io
import itertools
import json
import random
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import pytest

from tests.system.platform import Json, System

POSTS = 48_000
QUERIES = 100
LONG_STREAM = 2_000_000
STRETCHES = 10
WARM_UP = 2_000
PIECE = 200
Results = list[tuple[str, str, str]]


@pytest.mark.timeout(900)
async def test_accept_rate(bench_system: System, texts: list[str], results: Results) -> None:
    await asyncio.to_thread(bench_system.local.parts["enrichment"].kill)
    study = await ask_questions(bench_system, texts)
    posts = [post(number, text) for number, text in enumerate(texts[: POSTS + WARM_UP])]
    await stream(bench_system, study, posts[POSTS:])
    begin = time.perf_counter()
    answer = await stream(bench_system, study, posts[:POSTS])
    rate = POSTS / (time.perf_counter() - begin)
    assert answer["accepted"] == POSTS
    bare = POSTS / copy_seconds(bench_system, posts[:POSTS])
    beside = f"{QUERIES} queries; {rate / bare:.1%} of COPY, {bare:,.0f} rows/s"
    results.append(("accept rate of ingest", f"{rate:,.0f} posts/s", beside))


@pytest.mark.timeout(3000)
async def test_memory_stays_flat(bench_system: System, texts: list[str], results: Results) -> None:
    for service in ("enrichment", "segmentation", "insight"):
        await asyncio.to_thread(bench_system.local.parts[service].kill)
    study = await ask_questions(bench_system, texts)
    posts = (post(number, text) for number, text in enumerate(blends(texts, LONG_STREAM)))
    begin, megabytes = time.perf_counter(), []
    for _ in range(STRETCHES):
        await stream(bench_system, study, itertools.islice(posts, LONG_STREAM // STRETCHES))
        megabytes.append(bench_system.resident_megabytes(["ingest"])["ingest"])
    rate = LONG_STREAM / (time.perf_counter() - begin)
    memory = f"{megabytes[0]} MiB after {LONG_STREAM // STRETCHES:,}, then {megabytes[len(megabytes) // 2]}"
    results.append((f"ingest after {LONG_STREAM:,} posts", f"{megabytes[-1]} MiB", memory))
    results.append((f"accept rate over {LONG_STREAM:,} posts", f"{rate:,.0f} posts/s", "one stream, one process"))


async def ask_questions(system: System, texts: list[str]) -> str:
    """As many studies with a query as a busy workspace has; returns one that takes all that is sent to it."""
    draw = random.Random(7)
    words = [word for text in texts[:5_000] for word in text.lower().split() if word.isalpha() and len(word) > 3]
    for number in range(QUERIES):
        a, b, c, d = draw.sample(words, 4)
        await system.create_study(f"question {number}", f'("{a} {b}" OR {c}) AND {d} NOT promotion')
    return await system.create_study("everything")


def post(number: int, text: str) -> Json:
    """A post as a source gives it."""
    return {
        "external_id": f"p{number}",
        "platform": "x",
        "author": f"author {number % 7_000}",
        "author_handle": f"handle{number % 7_000}",
        "published_at": f"2026-10-{1 + number % 28:02}T{number % 24:02}:00:00Z",
        "language": "en",
        "url": f"https://social.example/posts/{number}",
        "engagement": {"likes": number % 50, "views": number % 5_000},
        "text": text,
    }


def blends(texts: list[str], count: int) -> Iterator[str]:
    """As many different texts as asked for: the beginning of one and the end of another."""
    for number in range(count):
        first = texts[number % len(texts)]
        second = texts[(number * 7919 + number // len(texts)) % len(texts)]
        yield f"{first[: len(first) // 2]} {second[len(second) // 2 :]}"


async def stream(system: System, study: str, posts: Iterable[Json]) -> Json:
    """Sends posts as one stream, straight to the service: on a cluster no local gateway stands in between."""
    port = system.platform.services["ingest"].http
    return await system.ask(
        "POST",
        f"http://127.0.0.1:{port}/v1/studies/{study}/posts",
        content=lines_of(iter(posts)),
        headers={"Content-Type": "application/x-ndjson"},
        timeout=900,
    )


async def lines_of(posts: Iterator[Json]) -> AsyncIterator[bytes]:
    while piece := list(itertools.islice(posts, PIECE)):
        yield "".join(json.dumps(each) + "\n" for each in piece).encode()


def copy_seconds(system: System, posts: list[Json]) -> float:
    """How long COPY of the same rows into a plain table takes, to durable."""
    rows = io.StringIO()
    writer = csv.writer(rows)
    for each in posts:
        writer.writerow([each["external_id"], each["author"], each["published_at"], each["text"], json.dumps(each)])
    postgres: Any = system.local.parts["postgres"]
    postgres.execute("CREATE TABLE bare (id text, author text, published_at timestamptz, body text, raw jsonb)")
    begin = time.perf_counter()
    postgres.execute("COPY bare FROM STDIN WITH (FORMAT csv);\n" + rows.getvalue() + "\\.\n")
    return time.perf_counter() - begin
