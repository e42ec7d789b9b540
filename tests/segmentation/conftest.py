"""Segmentation on the real engines, with ingest replaced at the gRPC seam."""

from collections.abc import AsyncIterator

import pytest

from kit.testing import Launch, Running
from segmentation.app import service
from tests.segmentation.support.desk import Desk
from tests.segmentation.support.peers import Ingest, serve_ingest


@pytest.fixture
async def ingest() -> AsyncIterator[Ingest]:
    async with serve_ingest() as served:
        yield served


@pytest.fixture
async def running(launch: Launch, ingest: Ingest) -> AsyncIterator[Running]:
    async with launch(service, ingest_target=ingest.target) as started:
        yield started


@pytest.fixture
def desk(running: Running, ingest: Ingest) -> Desk:
    """The desk of workspace alpha."""
    return Desk(running, ingest)
