"""Posts that others push, over REST: to the workspace, to a source, or signed to its webhook."""

from typing import Annotated, cast
from uuid import UUID

from fastapi import Header, Query, Request

from ingest.collection.service import destination_of
from ingest.posts.batches import BatchIntake, posts_of
from ingest.posts.bodies import JSON, NDJSON, POSTS_BODY
from ingest.posts.destinations import Destination
from ingest.posts.endpoints import take
from ingest.posts.intake import Intake
from ingest.posts.originals.masking import original_of
from ingest.posts.schemas import IntakeReport
from ingest.posts.submissions import check, read_json_line
from ingest.resources import Resources
from ingest.settings import IngestSettings
from ingest.sources.push.service import PushService
from ingest.sources.tools import Tools
from kit.db import EVERYWHERE, Session
from kit.errors import Invalid
from kit.rest import CurrentRuntime, Router, Writer, count_request

router = Router(prefix="/v1", tags=["sources"])

_SOURCE = "A source of kind `push`, whose terms hold for these posts and which counts them."


@router.post("/posts", openapi_extra=POSTS_BODY)
async def push_posts(
    request: Request,
    principal: Writer,
    runtime: CurrentRuntime,
    source_id: Annotated[UUID | None, Query(description=_SOURCE)] = None,
) -> IntakeReport:
    """Send posts to the workspace, as a JSON document or as a stream of lines.

    Every study whose query they match takes them; no study needs to be named. A request may be repeated without
    fear, because platform and external id make a post known.
    """
    settings, copies = cast(IngestSettings, runtime.settings), cast(Resources, runtime.state).copies
    destination = Destination(keeps_handles=True)
    if source_id is not None:
        async with runtime.database.session(principal.workspace) as session:
            destination = destination_of(await PushService(session, Tools()).target(source_id))

    async def keep(session: Session, report: IntakeReport) -> None:
        if source_id is not None:
            await PushService(session, Tools()).count(source_id, report)

    return await take(request, BatchIntake(runtime.database, settings, copies, principal.workspace, destination, keep))


@router.post("/sources/{source_id}/webhook", openapi_extra=POSTS_BODY)
async def receive_webhook(
    source_id: UUID,
    request: Request,
    runtime: CurrentRuntime,
    webhook_id: Annotated[str, Header(description="Names the delivery; the same one takes effect once.")] = "",
    webhook_timestamp: Annotated[str, Header(description="Seconds since 1970; five minutes old at most.")] = "",
    webhook_signature: Annotated[str, Header(description="`v1,` and the signature, by Standard Webhooks.")] = "",
) -> IntakeReport:
    """Take a signed delivery of posts (Standard Webhooks); no key is needed but the secret of the source.

    The whole delivery is stored in one transaction, or nothing of it. A delivery that was taken before answers with
    counts of zero.
    """
    body = await request.body()
    settings, copies, tools = cast(IngestSettings, runtime.settings), cast(Resources, runtime.state).copies, Tools()
    async with runtime.database.session(EVERYWHERE) as session:
        source, delivery_id = await PushService(session, tools).signed_by(source_id, request.headers, body)
    await count_request(request, source.workspace_id, f"webhook {source.id}")
    items = _items(request, body)
    async with runtime.database.session(source.workspace_id) as session:
        return await PushService(session, tools).take(source, delivery_id, items, settings, copies)


def _items(request: Request, body: bytes) -> list[Intake]:
    media_type = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if media_type == JSON:
        return [check(position, value, original=original_of(value)) for position, value in enumerate(posts_of(body), 1)]
    if media_type == NDJSON:
        return [read_json_line(number, line) for number, line in enumerate(body.split(b"\n"), 1) if line.strip()]
    raise Invalid(f"Send {JSON} or {NDJSON}, not {media_type}.")
