"""A whole platform for tests: every service in a process of its own, as in production."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from kit.local.home import Platform
from kit.local.launcher import Local
from tests.system.platform import System, connected, started


@pytest.fixture(scope="session")
def shared_platform(engine_folder: Path) -> Iterator[tuple[Local, Platform]]:
    """One platform for every test that does no harm."""
    with started(engine_folder / "platform") as running:
        yield running


@pytest.fixture
async def system(shared_platform: tuple[Local, Platform]) -> AsyncIterator[System]:
    """The shared platform, seen by one test."""
    async with connected(*shared_platform) as system:
        yield system


@pytest.fixture
async def own_system(engine_folder: Path, request: pytest.FixtureRequest) -> AsyncIterator[System]:
    """A platform that the test may hurt."""
    with started(engine_folder / request.node.name[:40]) as running:
        async with connected(*running) as system:
            yield system
