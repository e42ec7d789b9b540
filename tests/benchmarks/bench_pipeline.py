"""Posts per second from REST to the last service, beside the bare encoder on the same posts in the same run."""

import json
import subprocess
import sys
import time
from typing import Any

import pytest

from kit.testing import until
from tests.system.platform import System

CHUNK = 500
Results = list[tuple[str, str, str]]

BARE = """
import sys, time, json
import torch
from enrichment.encoding.weights import PACKAGED, locate
from sentence_transformers import SentenceTransformer
texts = json.load(sys.stdin)
model = SentenceTransformer(locate(PACKAGED).source, device="cpu", model_kwargs={"dtype": getattr(torch, sys.argv[1])})
model.encode(texts[:256], batch_size=64)
begin = time.perf_counter()
model.encode(texts, batch_size=64, show_progress_bar=False)
print(len(texts) / (time.perf_counter() - begin))
"""


def bare_rate(texts: list[str], dtype: str) -> float:
    """Posts per second of sentence-transformers alone, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", BARE, dtype], input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1])


@pytest.mark.timeout(1800)
async def test_whole_pipeline(bench_system: System, posts: list[dict[str, Any]], results: Results) -> None:
    texts = [post["text"] for post in posts]
    bare = {dtype: bare_rate(texts, dtype) for dtype in ("float32", "bfloat16")}
    study = await bench_system.create_study("bench")
    await bench_system.send(study, posts[:CHUNK])
    await bench_system.agree_on(study, CHUNK)
    idle = bench_system.resident_megabytes()

    begin = time.perf_counter()
    for first in range(CHUNK, len(posts), CHUNK):
        await bench_system.send(study, posts[first : first + CHUNK])
    accepted = time.perf_counter() - begin
    await until(lambda: _holds(bench_system, "enrichment", study, len(posts)), seconds=900, pause=0.25)
    enriched = time.perf_counter() - begin
    await until(lambda: _holds(bench_system, "insight", study, len(posts)), seconds=900, pause=0.25)
    everywhere = time.perf_counter() - begin

    sent = len(posts) - CHUNK
    # Once before and once behind: the machine's pace changes within minutes.
    fastest = max(bare, key=bare.__getitem__)
    bare[fastest] = best = (bare[fastest] + bare_rate(texts, fastest)) / 2
    for dtype, rate in bare.items():
        results.append((f"bare encoder, {dtype}", f"{rate:,.0f} posts/s", "sentence-transformers, batch 64"))
    results.append(("pipeline to enriched", f"{sent / enriched:,.0f} posts/s", f"{sent / enriched / best:.0%} of bare"))
    results.append(
        ("pipeline to insight", f"{sent / everywhere:,.0f} posts/s", f"{sent / everywhere / best:.0%} of bare")
    )
    results.append(
        ("accepted meanwhile", f"{sent / accepted:,.0f} posts/s", "NDJSON, chunks of 500, through the gateway")
    )
    for name, megabytes in bench_system.resident_megabytes().items():
        results.append((f"memory of {name}", f"{megabytes} MiB", f"{idle[name]} MiB before"))


async def _holds(system: System, service: str, study: str, posts: int) -> bool:
    return (await system.posts_of(study))[service] >= posts
