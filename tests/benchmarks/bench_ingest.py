"""How fast ingest accepts posts, durably, beside PostgreSQL's COPY of the same rows."""

import asyncio
import csv
import io
import json
import time
from typing import Any

import pytest

from tests.system.platform import Json, System, numbered

POSTS = 40_000
Results = list[tuple[str, str, str]]


@pytest.mark.timeout(900)
async def test_accept_rate(bench_system: System, results: Results) -> None:
    await asyncio.to_thread(bench_system.local.parts["enrichment"].kill)
    study = await bench_system.create_study("accept")
    posts = numbered(0, POSTS)
    await bench_system.send(study, numbered(POSTS, 1_000))
    begin = time.perf_counter()
    answer = await bench_system.send(study, posts)
    rate = POSTS / (time.perf_counter() - begin)
    assert answer["accepted"] == POSTS
    bare = POSTS / copy_seconds(bench_system, posts)
    results.append(("accept rate of ingest", f"{rate:,.0f} posts/s", f"{rate / bare:.0%} of COPY, {bare:,.0f} rows/s"))
    await asyncio.to_thread(bench_system.local.parts["enrichment"].start)


def copy_seconds(system: System, posts: list[Json]) -> float:
    """How long COPY of the same rows into a plain table takes, to durable."""
    rows = io.StringIO()
    writer = csv.writer(rows)
    for post in posts:
        writer.writerow([post["external_id"], post["author"], post["published_at"], post["text"], json.dumps(post)])
    postgres: Any = system.local.parts["postgres"]
    postgres.execute("CREATE TABLE bare (id text, author text, published_at timestamptz, body text, raw jsonb)")
    begin = time.perf_counter()
    postgres.execute("COPY bare FROM STDIN WITH (FORMAT csv);\n" + rows.getvalue() + "\\.\n")
    return time.perf_counter() - begin
