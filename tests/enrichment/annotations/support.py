"""What stands around annotation in its tests: ingest behind gRPC, and people who code."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
import httpx2

from kit.testing import Running, until
from pourquoi.ingest.v1.events_pb2 import Post
from pourquoi.ingest.v1.ingest_pb2 import BatchGetPostsRequest, BatchGetPostsResponse
from pourquoi.ingest.v1.ingest_pb2_grpc import IngestServiceServicer, add_IngestServiceServicer_to_server

STUDY = "01960000-0000-7000-8000-000000000001"
ENGLISH = "The flight number {} was late and nobody told us why. I will not fly with them again."
FRENCH = "Le vol numéro {} était en retard et personne ne nous a prévenus. Je ne volerai plus avec eux."
Json = dict[str, Any]


@dataclass
class Ingest(IngestServiceServicer):
    """Posts by workspace and id; `is_away` makes every call fail as if nobody listened."""

    posts: dict[tuple[str, str], Post] = field(default_factory=dict)
    is_away: bool = False
    target: str = ""

    async def BatchGetPosts(self, request: BatchGetPostsRequest, context: Any) -> BatchGetPostsResponse:  # noqa: N802
        if self.is_away:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "away")
        workspace = dict(context.invocation_metadata())["x-pourquoi-workspace"]
        known = [self.posts[workspace, each] for each in request.ids if (workspace, each) in self.posts]
        return BatchGetPostsResponse(posts=known)


@asynccontextmanager
async def serve_ingest() -> AsyncIterator[Ingest]:
    ingest, server = Ingest(), grpc.aio.server()
    add_IngestServiceServicer_to_server(ingest, server)
    ingest.target = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    await server.start()
    yield ingest
    await server.stop(None)


async def is_enriched(client: httpx2.AsyncClient, post_id: str) -> bool:
    return (await client.get(f"/v1/posts/{post_id}/enrichment")).status_code == 200


@dataclass
class Lab:
    """A workspace in which people code."""

    running: Running
    ingest: Ingest
    collect: Callable[..., Any]
    make: Callable[..., Post]
    people: dict[str, httpx2.AsyncClient]

    async def take_in(self, *texts: str, workspace: str = "alpha", **fields: Any) -> list[Post]:
        """Posts of the study, in ingest and enriched."""
        posts = [self.make(text, **fields) for text in texts]
        self.keep(*posts, workspace=workspace)
        await self.collect(*posts, workspace=workspace)
        client = self.running.client_for(workspace)
        # Batches are read side by side: the last post may be there before others are.
        for each in posts:
            await until(lambda post_id=each.id: is_enriched(client, post_id))
        return posts

    def keep(self, *posts: Post, workspace: str = "alpha") -> None:
        """Has ingest hold the posts as they are."""
        self.ingest.posts |= {(workspace, each.id): each for each in posts}

    async def request(self, status: int = 201, **wanted: Any) -> Json:
        """Asks for a task: two coders for each of ten random statements, unless something else is wanted."""
        usual = {"study_id": STUDY, "codebook": "speech_act", "version": 1, "sample": "random", "size": 10}
        usual |= {"seed": 7, "coders": ["anna", "ben"], "repeat_share": 0}
        answer = await self.running.client.post("/v1/annotation-tasks", json={**usual, **wanted})
        assert answer.status_code == status, answer.text
        body: Json = answer.json()
        return body

    async def next(self, task: Json, who: str, status: int = 200, **query: Any) -> Json:
        answer = await self.people[who].get(f"/v1/annotation-tasks/{task['id']}/next", params=query)
        assert answer.status_code == status, answer.text
        body: Json = answer.json()
        return body

    async def answer(self, task: Json, who: str, item: Json, *codes: str, **more: Any) -> Json:
        """Records codes, or none of these where there are none; the status may be another one that is named."""
        status = more.pop("status", 201)
        body = {"slot_id": item["slot_id"], "answer": "codes" if codes else "none", "codes": list(codes), **more}
        answer = await self.people[who].post(f"/v1/annotation-tasks/{task['id']}/annotations", json=body)
        assert answer.status_code == status, answer.text
        found: Json = answer.json()
        return found

    async def code_all(self, task: Json, who: str, choose: Callable[[Json], Sequence[str]]) -> list[Json]:
        """Has somebody code until nothing is left; gives the items in the order they were shown."""
        shown = []
        while (item := (await self.next(task, who))["item"]) is not None:
            shown.append(item)
            await self.answer(task, who, item, *choose(item))
        return shown

    async def read(self, path: str, who: str = "", status: int = 200, **query: Any) -> Any:
        client = self.people[who] if who else self.running.client
        answer = await client.get(path, params=query)
        assert answer.status_code == status, answer.text
        return answer.json()
