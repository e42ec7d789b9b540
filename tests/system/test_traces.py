"""One trace links the REST call to the insight, through both events and gRPC."""

from typing import Any

import enrichment.app
import ingest.app
import insight.app
import segmentation.app
from kit.testing import Launch, Running, until
from tests.system.platform import numbered

POSTS = 120


async def test_one_trace_leads_from_the_request_to_the_quotes(launch: Launch, spans: Any) -> None:
    async with (
        launch(ingest.app.service) as ingesting,
        launch(enrichment.app.service),
        launch(segmentation.app.service, ingest_target=ingesting.rpc_target) as segmenting,
        launch(insight.app.service, ingest_target=ingesting.rpc_target) as reading,
    ):
        study = (await ingesting.client.post("/v1/studies", json={"name": "Trains", "question": "Why late?"})).json()
        path = f"/v1/studies/{study['id']}"
        await ingesting.client.post(f"{path}/posts", json={"posts": numbered(0, POSTS)})
        await until(lambda: _holds(segmenting, path, POSTS), seconds=60)
        await until(lambda: _holds(reading, path, POSTS), seconds=60)
        await segmenting.client.post(f"{path}/segmentations")
        await until(lambda: _is_read(reading, path), seconds=60)

        spans.clear()
        await ingesting.client.post(f"{path}/posts", json={"posts": numbered(POSTS, 1)})
        trace = await until(lambda: _trace_with(spans, "BatchGetPosts"), seconds=60)

    names = [span.name for span in trace]
    for expected in (
        "POST /v1/studies/{study_id}/posts",
        "process pourquoi.ingest.v1.PostCollected",
        "process pourquoi.enrichment.v1.PostEnriched",
    ):
        assert expected in names, names
    calls = [span for span in trace if "BatchGetPosts" in span.name]
    assert {span.kind.name for span in calls} == {"CLIENT", "SERVER"}


def _trace_with(spans: Any, call: str) -> list[Any]:
    """Every span of the trace that begins with the request and contains both ends of the call."""
    finished = spans.get_finished_spans()
    requests = [span for span in finished if span.name.startswith("POST ") and span.name.endswith("/posts")]
    trace = [span for span in finished if requests and span.context.trace_id == requests[0].context.trace_id]
    return trace if sum(call in span.name for span in trace) >= 2 else []


async def _holds(running: Running, path: str, posts: int) -> bool:
    return bool((await running.client.get(f"{path}/coverage")).json()["posts"] >= posts)


async def _is_read(running: Running, path: str) -> bool:
    return bool((await running.client.get(f"{path}/headlines")).json()["state"] == "ready")
