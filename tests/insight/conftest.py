"""Insight on the real engines, with ingest replaced at the gRPC seam and a partner that listens."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from insight.app import service
from kit.testing import Launch, Running, until
from tests.insight.support.conversations import Conversation
from tests.insight.support.peers import Ingest, Partner, serve_ingest, serve_partner

Headlines = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def ingest() -> AsyncIterator[Ingest]:
    async with serve_ingest() as served:
        yield served


@pytest.fixture
def partner() -> Iterator[Partner]:
    with serve_partner() as served:
        yield served


@pytest.fixture
def quick(ingest: Ingest) -> dict[str, Any]:
    """Settings under which nothing takes longer than it must."""
    return {
        "ingest_target": ingest.target,
        "quiet_seconds": 0.05,
        "allow_private_endpoints": True,
        "webhook_timeout_seconds": 2.0,
        "webhook_waits_seconds": (0.05, 0.05, 0.05),
    }


@pytest.fixture
async def insight(launch: Launch, quick: dict[str, Any]) -> AsyncIterator[Running]:
    async with launch(service, **quick) as running:
        yield running


@pytest.fixture
def read(insight: Running, ingest: Ingest) -> Headlines:
    """Publishes a conversation and waits for the headlines of all of its posts."""

    async def publish(conversation: Conversation, workspace: str = "alpha") -> dict[str, Any]:
        ingest.store(conversation.stored_by_ingest(), workspace)
        await insight.publish(*conversation.events(), workspace=workspace)
        return await headlines(insight, conversation, workspace)

    return publish


async def headlines(running: Running, conversation: Conversation, workspace: str = "alpha") -> dict[str, Any]:
    async def ready() -> dict[str, Any] | None:
        found = await get_headlines(running, conversation.study_id, workspace)
        is_read = found["state"] == "ready" and found["posts"] == len(conversation.posts)
        is_current = is_read and found["segmentation"]["version"] == conversation.version
        return found if is_current else None

    found = await until(ready)
    assert found is not None
    return found


async def get_headlines(running: Running, study_id: UUID, workspace: str = "alpha", **query: Any) -> dict[str, Any]:
    response = await running.client_for(workspace).get(f"/v1/studies/{study_id}/headlines", params=query)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body
