"""Ingest whose sources are collected when the test says so."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from scripted import Stage

from ingest.app import service
from kit.testing import Launch


@pytest.fixture
async def stage(launch: Launch) -> AsyncIterator[Stage]:
    async with launch(replace(service, workers=lambda _: ()), author_key="a key for tests", chunk_posts=25) as running:
        yield Stage(running)
