"""What the benchmarks share: the texts, a platform of their own, and a table at the end."""

import csv
import gzip
import json
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

from tests.system.platform import System, connected, started

POSTS = 12_000


@pytest.fixture(scope="session")
def data(pytestconfig: pytest.Config) -> Path:
    """The folder of the labelled data sets, whose posts are real."""
    folder = pytestconfig.rootpath.parent / "shared" / "data"
    if not folder.exists():
        pytest.skip("The benchmarks read real posts from ../shared/data, which is not there.")
    return folder


@pytest.fixture(scope="session")
def texts(data: Path) -> list[str]:
    """Tens of thousands of different tweets."""
    with (data / "airline" / "airline.csv").open(newline="") as file:
        found = [row["text"] for row in csv.DictReader(file)]
    with gzip.open(data / "stocknet" / "posts_2014.jsonl.gz", "rt") as lines:
        found += [json.loads(line)["text"] for line in lines]
    return list(dict.fromkeys(found))


@pytest.fixture(scope="session")
def posts(data: Path) -> list[dict[str, Any]]:
    """Posts of a brand conversation."""
    with (data / "airline" / "airline.csv").open(newline="") as file:
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


@pytest.fixture(scope="session")
def engine_folder() -> Iterator[Path]:
    """On the disk, where the engines write in production; tests keep theirs in memory."""
    with tempfile.TemporaryDirectory(prefix="pourquoi-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


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
