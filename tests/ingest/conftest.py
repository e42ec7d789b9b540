"""Ingest on the real engines."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "support"))

from desk import AUTHOR_KEY, Desk

from ingest.app import service
from kit.testing import Launch, Running


@pytest.fixture
async def running(launch: Launch) -> AsyncIterator[Running]:
    async with launch(service, author_key=AUTHOR_KEY, chunk_posts=50) as started:
        yield started


@pytest.fixture
def desk(running: Running) -> Desk:
    """The desk of workspace alpha."""
    return Desk(running)
