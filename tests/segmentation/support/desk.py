"""What a caller does with segmentation, in single steps."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kit.testing import ALPHA, Running, until
from pourquoi.enrichment.v1.events_pb2 import PostEnriched, PostEnrichment
from pourquoi.ingest.v1.events_pb2 import PostErased
from segmentation.models import Membership
from segmentation.segments.service import SegmentService
from tests.segmentation.support.conversations import Conversation
from tests.segmentation.support.peers import Ingest

Json = dict[str, Any]


@dataclass
class Desk:
    """A workspace at a running service."""

    running: Running
    ingest: Ingest
    workspace: str = ALPHA

    async def get(self, path: str, status: int = 200, **query: Any) -> Json:
        response = await self.running.client_for(self.workspace).get(path, params=query)
        assert response.status_code == status, response.text
        body: Json = response.json()
        return body

    async def take_in(self, conversation: Conversation) -> None:
        """Publishes a conversation and waits until every post is held."""
        self.ingest.studies.add((self.workspace, str(conversation.study_id)))
        await self.running.publish(*conversation.events(), workspace=self.workspace)
        await self.until_held(conversation.study_id, len(conversation.enrichments))

    async def publish(self, *enrichments: PostEnrichment) -> None:
        events = [PostEnriched(enrichment=enrichment) for enrichment in enrichments]
        await self.running.publish(*events, workspace=self.workspace)

    async def erase(self, *post_ids: str) -> None:
        await self.running.publish(*(PostErased(post_id=each) for each in post_ids), workspace=self.workspace)

    async def until_held(self, study_id: UUID, posts: int) -> None:
        async def is_held() -> bool:
            return bool((await self.get(f"/v1/studies/{study_id}/coverage"))["posts"] == posts)

        await until(is_held)

    async def request(self, study_id: UUID, status: int = 202, **body: Any) -> Json:
        """Asks for a segmentation; gives the job, or the problem."""
        client = self.running.client_for(self.workspace)
        response = await client.post(f"/v1/studies/{study_id}/segmentations", json=body)
        assert response.status_code == status, response.text
        answer: Json = response.json()
        return answer

    async def until_ended(self, job_id: str) -> Json:
        async def ended() -> Json | None:
            job = await self.get(f"/v1/jobs/{job_id}")
            return job if job["status"] in ("succeeded", "failed") else None

        job = await until(ended)
        assert job is not None
        return job

    async def segment(self, study_id: UUID, **body: Any) -> Json:
        """Segments a study; gives the segmentation."""
        job = await self.until_ended((await self.request(study_id, **body))["id"])
        assert job["status"] == "succeeded", job["error"]
        return await self.get(f"/v1/segmentations/{job['result']['segmentation_id']}")

    async def segments(self, segmentation: Json) -> list[Json]:
        items: list[Json] = (await self.get(f"/v1/segmentations/{segmentation['id']}/segments"))["items"]
        return items

    async def memberships(self, segmentation: Json, *post_ids: str) -> dict[str, Membership]:
        """Memberships by post, of those posts that have one."""
        async with self.running.runtime.database.session(self.workspace) as session:
            ids = [UUID(post_id) for post_id in post_ids]
            found = await SegmentService(session).memberships(UUID(segmentation["id"]), ids)
        return {str(each.post_id): each for each in found}

    async def until_member(self, segmentation: Json, post_id: str) -> Membership:
        async def membership() -> Membership | None:
            return (await self.memberships(segmentation, post_id)).get(post_id)

        found = await until(membership)
        assert found is not None
        return found
