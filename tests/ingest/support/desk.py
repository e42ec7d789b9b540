"""What tests do with a running ingest service, in the words of its users."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
from google.protobuf.message import Message
from sqlalchemy import text

from ingest.authors.pseudonyms import Pseudonyms
from ingest.posts.destinations import Destination
from ingest.posts.intake import PostIntake
from ingest.posts.schemas import IntakeReport
from ingest.posts.submissions import Deletion, check
from kit.db import EVERYWHERE
from kit.testing import ALPHA, Running, until

Json = dict[str, Any]
AUTHOR_KEY = "a key for tests"
PSEUDONYMS = Pseudonyms(AUTHOR_KEY.encode())


def post(number: int, **fields: object) -> Json:
    """A sound post that differs from the others."""
    return {
        "text": f"The {number}:42 to Lille was late again, number {number}",
        "external_id": f"post-{number}",
        "platform": "x",
        "author": f"author-{number % 7}",
        "published_at": f"2026-11-{number % 20 + 1:02}T08:30:00Z",
        **fields,
    }


def lines(posts: Iterable[object]) -> bytes:
    """Posts as NDJSON."""
    return b"".join(json.dumps(each).encode() + b"\n" for each in posts)


def counts(report: Json) -> Json:
    """What a report counts more than none of."""
    return {name: value for name, value in report.items() if value and name != "rejected"}


async def published(running: Running, kind: type[Message]) -> list[Any]:
    """Every event of a kind, once nothing waits in the outbox any more."""

    async def is_empty() -> bool:
        async with running.runtime.database.session(EVERYWHERE) as session:
            return await session.scalar(text("SELECT count(*) FROM outbox")) == 0

    await until(is_empty)
    envelopes = await running.envelopes("ingest")
    return [kind.FromString(each.payload) for each in envelopes if each.headers["ce-type"] == kind.DESCRIPTOR.full_name]


@dataclass
class Desk:
    """One workspace's desk at a running service."""

    running: Running
    workspace: str = ALPHA

    @property
    def client(self) -> httpx2.AsyncClient:
        return self.running.client_for(self.workspace)

    async def ask(self, **fields: object) -> Json:
        """A new study."""
        body = {"name": "Trains", "question": "Why do people leave?", **fields}
        answer = await self.client.post("/v1/studies", json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def send(self, study: Json, *posts: object) -> Json:
        """Sends posts as a JSON document."""
        answer = await self.client.post(f"/v1/studies/{study['id']}/posts", json={"posts": posts})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def stream(self, study: Json, content: Any) -> Json:
        """Sends posts as NDJSON."""
        answer = await self.client.post(
            f"/v1/studies/{study['id']}/posts", content=content, headers={"Content-Type": "application/x-ndjson"}
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def take(self, destination: Destination, *posts: Json) -> Json:
        """Takes posts in as a source does, in one transaction."""
        report = IntakeReport()
        async with self.running.runtime.database.session(self.workspace) as session:
            entries = [check(line, each) for line, each in enumerate(posts, 1)]
            await PostIntake(session, PSEUDONYMS, self.running.runtime.state.copies).accept(
                destination, entries, report
            )
        return report.model_dump(mode="json")

    async def delete(self, *deletions: Deletion) -> int:
        """Deletes posts as a source does."""
        async with self.running.runtime.database.session(self.workspace) as session:
            return await PostIntake(session, PSEUDONYMS, self.running.runtime.state.copies).delete(deletions)

    async def show(self, external_id: str) -> Json:
        """The post with this external id."""
        [found] = [each for each in await self.posts() if each["external_id"] == external_id]
        return found

    async def pages(self, path: str) -> list[Json]:
        """All items of a list, page by page."""
        found: list[Json] = []
        cursor: dict[str, str] = {}
        while True:
            answer = await self.client.get(path, params={"limit": 2, **cursor})
            assert answer.status_code == 200, answer.text
            found += answer.json()["items"]
            if answer.json()["next_cursor"] is None:
                return found
            cursor = {"cursor": answer.json()["next_cursor"]}

    async def upload(self, study: Json, name: str, content: bytes, **fields: str) -> httpx2.Response:
        """Uploads a file to import."""
        path = f"/v1/studies/{study['id']}/imports"
        return await self.client.post(path, files={"file": (name, content)}, data=fields)

    async def finish(self, answer: httpx2.Response) -> Json:
        """Waits for the end of the job that was answered."""
        assert answer.status_code == 202, answer.text
        location = answer.headers["location"]

        async def ended() -> Json | None:
            job = (await self.client.get(location)).json()
            return dict(job) if job["status"] in ("succeeded", "failed") else None

        return await until(ended)

    async def posts(self, **query: object) -> list[Json]:
        """Every post, page by page."""
        found: list[Json] = []
        parameters: Mapping[str, Any] = {"limit": 7, **query}
        while True:
            page = (await self.client.get("/v1/posts", params=dict(parameters))).json()
            found += page["items"]
            if page["next_cursor"] is None:
                return found
            parameters = {**parameters, "cursor": page["next_cursor"]}

    async def coverage(self, study: Json) -> Json:
        """How many posts the study has."""
        return dict((await self.client.get(f"/v1/studies/{study['id']}/coverage")).json())
