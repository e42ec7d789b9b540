"""What the benchmarks share: the texts, a platform of their own, and a table at the end."""

import csv
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

from tests.system.platform import System, connected, started

POSTS = 4_000


@pytest.fixture(scope="session")
def posts(pytestconfig: pytest.Config) -> list[dict[str, Any]]:
    """Real posts where the data sets are, else the sample conversation."""
    source = pytestconfig.rootpath.parent / "shared" / "data" / "airline" / "airline.csv"
    if not source.exists():
        pytest.skip(f"The benchmark reads real posts from {source}.")
    with source.open(newline="") as file:
        rows = [row for _, row in zip(range(POSTS), csv.DictReader(file), strict=False)]
    return [
        {
            "external_id": row["row_id"],
            "author": row["author"],
            "text": row["text"],
            "published_at": row["created_at"],
        }
        for row in rows
    ]


@pytest.fixture
async def bench_system(engine_folder: Path, request: pytest.FixtureRequest) -> AsyncIterator[System]:
    """A platform that nobody else uses; its engines write durably, as in production."""
    with started(engine_folder / request.node.name[:40]) as running:
        async with connected(*running) as system:
            yield system


@pytest.fixture(scope="session")
def results() -> Iterator[list[tuple[str, str, str]]]:
    """Rows of what was measured, what it is, and what it is compared with; printed when all is done."""
    rows: list[tuple[str, str, str]] = []
    yield rows
    table = Table("measure", "value", "beside", title="Pourquoi benchmarks")
    for row in rows:
        table.add_row(*row)
    Console(width=140).print(table)
