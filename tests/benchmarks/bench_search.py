"""How many of the ten nearest a search finds among 200,000 posts, how soon, and what its index costs per post."""

import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray
from sqlalchemy import text

from enrichment.app import service
from enrichment.encoding.encoder import Encoder
from enrichment.search.filters import SearchFilters
from enrichment.search.repository import SearchRepository
from enrichment.vectors.sizing import VectorSpace
from enrichment.vectors.upkeep import IndexUpkeep
from kit.db import Database
from kit.engines import EmbeddedPostgres
from kit.migrations import upgrade

POSTS, ENCODED, QUESTIONS, NEW = 200_000, 20_000, 200, 2_000
DIMENSIONS = 384
STUDIES = [f"01960000-0000-7000-8000-{number:012}" for number in range(2)]
SPACE = VectorSpace("benchmark", DIMENSIONS)
Results = list[tuple[str, str, str]]
Vectors = NDArray[np.float32]
_INSERT = text(
    """
    INSERT INTO enrichments (workspace_id, post_id, author_id, platform, published_at, study_ids, is_repost, revision,
        text_digest, model, language, negative, neutral, positive, vector, keyphrases, code_keys)
    SELECT 'alpha', (lpad(to_hex(number), 8, '0') || '-0000-7000-8000-000000000000')::uuid, gen_random_uuid(), 'x',
        '2026-01-01'::timestamptz + make_interval(mins => number), ARRAY[CASE WHEN number % 100 = 0 THEN :rare
        ELSE :usual END]::uuid[], false, 1, '', :model, CASE number % 50 WHEN 0 THEN 'fr' ELSE 'en' END, 0, 0, 0,
        vector::halfvec, '{}', ARRAY['speech_act/experience',
            CASE number % 5 WHEN 0 THEN 'needs/request' ELSE 'needs/met' END,
            CASE number % 100 WHEN 0 THEN 'irony/irony' ELSE 'emotion/anger' END]
    FROM unnest(CAST(:numbers AS int[]), CAST(:vectors AS text[])) AS given (number, vector)
    """
)
_FILTERS = {
    "of all": SearchFilters(),
    "of a study, 1 in 100": SearchFilters(study_id=STUDIES[1]),  # type: ignore[arg-type]
    "in French, 1 in 50": SearchFilters(language="fr"),
    "with a code, 1 in 5": SearchFilters(code="needs/request"),
    "with a code, 1 in 100": SearchFilters(code="irony/irony"),
}
_EVERY = {"needs/request": 5, "irony/irony": 100}


@pytest.fixture
async def database(postgres: EmbeddedPostgres) -> AsyncIterator[Database]:
    postgres.ensure_database("bench_search", owner="bench_search")
    url = postgres.url("bench_search", "bench_search")
    await upgrade(url, service.migrations)
    database = Database(url, pool=1, statement_seconds=None)
    yield database
    await database.close()
    postgres.execute("DROP DATABASE bench_search WITH (FORCE)")


@pytest.mark.timeout(3000)
async def test_search(database: Database, texts: list[str], results: Results) -> None:
    vectors = blends(encoded(texts[: ENCODED + QUESTIONS]), POSTS + QUESTIONS + 2 * NEW)
    questions, posts, more = vectors[:QUESTIONS], vectors[QUESTIONS : POSTS + QUESTIONS], vectors[-2 * NEW :]
    await store(database, 0, posts)
    without = await store(database, POSTS, more[:NEW])
    begin = time.perf_counter()
    await IndexUpkeep(database.engine.url.render_as_string(hide_password=False), SPACE).look()
    results.append(("index of 200,000 vectors", f"{time.perf_counter() - begin:.1f} s", "made beside the writing"))
    with_index = await store(database, POSTS + NEW, more[NEW:])
    results.append(("an insert, its vector indexed", f"{with_index:.0f} µs", f"{without:.0f} µs without the index"))
    every = np.concatenate([posts, more])
    for name, filters in _FILTERS.items():
        found, seconds = await ask(database, questions, every, filters)
        p50, p95 = np.percentile(seconds, [50, 95]) * 1000
        beside = f"p50 {p50:.0f} ms, p95 {p95:.0f} ms"
        results.append((f"ten nearest {name}", f"recall {found:.4f}", beside))


def encoded(texts: list[str]) -> Vectors:
    encoder = Encoder.load("all-MiniLM-L6-v2")
    return np.concatenate([encoder.encode(texts[n : n + 512]).vectors for n in range(0, len(texts), 512)])


def blends(real: Vectors, count: int) -> Vectors:
    """The real vectors, questions in front, and between each of them and one of its nearest as many as it takes.

    A blend keeps half to nine tenths of the first, with noise of a fifth of its length: neighbourhoods stay as
    crowded and as uneven as those of tweets are.
    """
    draw, made = np.random.default_rng(3), [real]
    while sum(map(len, made)) < count:
        first = real[draw.integers(QUESTIONS, len(real), 2_000)]
        pool = real[draw.integers(QUESTIONS, len(real), 3_000)]
        likeness = first @ pool.T
        near = pool[np.argmax(np.where(likeness > 0.9, -1, likeness), 1)]
        share = draw.uniform(0.5, 0.9, (len(first), 1))
        blend = share * first + (1 - share) * near + draw.normal(0, 0.2 / DIMENSIONS**0.5, first.shape)
        made.append((blend / np.linalg.norm(blend, axis=1, keepdims=True)).astype(np.float32))
    return np.concatenate(made)[:count]


async def store(database: Database, first: int, vectors: Vectors) -> float:
    """Stores the vectors; gives the microseconds of PostgreSQL's process per post."""
    async with database.session("alpha") as session:
        processor = await processor_of(session)
        begin = processor()
        for number in range(0, len(vectors), 250):
            some = vectors[number : number + 250]
            values = {"numbers": list(range(first + number, first + number + len(some))), "model": SPACE.model}
            literals = ["[" + ",".join(map("{:.5g}".format, vector)) + "]" for vector in some]
            await session.execute(_INSERT, {**values, "vectors": literals, "usual": STUDIES[0], "rare": STUDIES[1]})
        return (processor() - begin) / len(vectors) * 1e6


async def processor_of(session: Any) -> Callable[[], float]:
    """Reads the seconds that the session's server process has used."""
    process = psutil.Process((await session.execute(text("SELECT pg_backend_pid()"))).scalar_one())
    return lambda: sum(process.cpu_times()[:2])


async def ask(
    database: Database, questions: Vectors, posts: Vectors, filters: SearchFilters
) -> tuple[float, list[float]]:
    """Share of the ten nearest that is found, and the seconds of each search."""
    eligible = posts[[matches(number, filters) for number in range(len(posts))]]
    found, seconds = 0, []
    async with database.session("alpha") as session:
        await session.execute(text("ANALYZE enrichments, study_posts, code_posts"))
        for question in questions:
            exact = np.partition(eligible @ question, -10)[-10]
            begin = time.perf_counter()
            hits = await SearchRepository(session).list_nearest(question.astype("<f2").tobytes(), SPACE, filters, 10)
            seconds.append(time.perf_counter() - begin)
            # Stored in float16, so what is as near but for its rounding counts.
            found += sum(hit.similarity >= exact - 2e-3 for hit in hits)
    return found / (10 * len(questions)), seconds


def matches(number: int, filters: SearchFilters) -> bool:
    return (
        (filters.study_id is None or number % 100 == 0)
        and (filters.language is None or number % 50 == 0)
        and (filters.code is None or number % _EVERY[filters.code] == 0)
    )
