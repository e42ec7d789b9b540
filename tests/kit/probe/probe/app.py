"""The probe: notes that are written by REST, announced by an event, and counted by a consumer."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field
from sqlalchemy import text

from kit.db import Repository, new_id
from kit.errors import Conflict, NotFound
from kit.events import Consumer, Received, by_workspace
from kit.jobs import JobContext, JobHandler, JobView, enqueue
from kit.outbox import emit, first_time
from kit.rest import IfMatch, Page, Paging, ReadSession, Router, WriteSession, check_revision, set_etag
from kit.rest import jobs as jobs_rest
from kit.runtime import Runtime
from kit.service import Service
from kit.settings import ServiceSettings, setting
from pourquoi.ingest.v1.events_pb2 import PostErased


class ProbeSettings(ServiceSettings):
    service: ClassVar[str] = "probe"
    colour: str = setting("PROBE_COLOUR", "blue", "Only here to be set.")


class Note(BaseModel):
    id: UUID
    body: str
    revision: int


class NoteDraft(BaseModel):
    body: str = Field(max_length=100)


class NoteRepository(Repository):
    async def add(self, body: str) -> Note:
        note = Note(id=new_id(), body=body, revision=1)
        await self.session.execute(
            text("INSERT INTO notes (workspace_id, id, body, revision) VALUES (:workspace, :id, :body, 1)"),
            {"workspace": self.workspace, **note.model_dump()},
        )
        return note

    async def list_after(self, after: UUID | None, limit: int) -> Sequence[Note]:
        rows = await self.session.execute(
            text("SELECT * FROM notes WHERE CAST(:after AS uuid) IS NULL OR id > :after ORDER BY id LIMIT :limit"),
            {"after": after, "limit": limit},
        )
        return [Note(id=row.id, body=row.body, revision=row.revision) for row in rows]

    async def get(self, note_id: UUID) -> Note:
        rows = await self.session.execute(text("SELECT * FROM notes WHERE id = :id"), {"id": note_id})
        row = rows.one_or_none()
        if row is None:
            raise NotFound(f"No note has the id {note_id}.")
        return Note(id=row.id, body=row.body, revision=row.revision)


router = Router(prefix="/v1/notes", tags=["notes"])


@router.post("", status_code=201)
async def add_note(draft: NoteDraft, session: WriteSession, response: Response) -> Note:
    """Writes a note."""
    if draft.body == "conflict":
        raise Conflict("This body is always in conflict.")
    if draft.body == "crash":
        raise RuntimeError("the secret inner detail")
    note = await NoteRepository(session).add(draft.body)
    emit(session, PostErased(post_id=draft.body))
    set_etag(response, note.revision)
    return note


@router.get("")
async def list_notes(session: ReadSession, paging: Paging) -> Page[Note]:
    """Lists notes, oldest first."""
    after = UUID(paging.after["id"]) if paging.after else None
    rows = await NoteRepository(session).list_after(after, paging.fetch)
    return paging.page(rows, lambda note: note, lambda note: {"id": str(note.id)})


@router.put("/{note_id}")
async def change_note(note_id: UUID, session: WriteSession, revision: IfMatch) -> Note:
    """Pretends to change a note."""
    note = await NoteRepository(session).get(note_id)
    check_revision(revision, note.revision)
    return note


@router.post("/{note_id}/copies", status_code=202)
async def copy_note(note_id: UUID, session: WriteSession, response: Response) -> JobView:
    """Copies a note, slowly."""
    job = await enqueue(session, "copy", {"note_id": str(note_id)})
    jobs_rest.set_location(response, job)
    return job


class Behaviour:
    """What the consumer does, for a test to change."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.poison: set[str] = set()
        self.outages = 0


behaviour = Behaviour()


def consumers(runtime: Runtime) -> Sequence[Consumer]:
    async def count(batch: Sequence[Received]) -> None:
        if behaviour.outages:
            behaviour.outages -= 1
            raise ConnectionRefusedError("the engine is away")
        for workspace, messages in by_workspace(batch).items():
            bodies = {message.id: message.event.post_id for message in messages}  # type: ignore[attr-defined]
            if behaviour.poison & set(bodies.values()):
                raise ValueError("this event cannot be applied")
            async with runtime.database.session(workspace) as session:
                fresh = await first_time(session, "probe", list(bodies))
                await session.execute(
                    text(
                        "INSERT INTO counts (workspace_id, body) "
                        "SELECT :workspace, * FROM unnest(CAST(:bodies AS text[]))"
                    ),
                    {"workspace": workspace, "bodies": [bodies[event_id] for event_id in fresh]},
                )
        behaviour.batches.append(len(batch))

    return [Consumer("probe", (PostErased,), count, batch=50)]


def job_handlers(runtime: Runtime) -> Sequence[JobHandler]:
    async def copy(context: JobContext) -> dict[str, object]:
        for step in range(context.state.get("step", 0), 3):
            async with context.database.session(context.workspace) as session:
                await NoteRepository(session).add(f"copy {step}")
                await context.advance_within(session, step + 1, 3, {"step": step + 1})
            if step == 1 and context.attempt == 1:
                raise RuntimeError("fails once, half way")
        return {"copies": 3}

    return [JobHandler("copy", copy)]


service = Service(
    settings=ProbeSettings,
    description="Tests the kit.",
    routers=[router, jobs_rest.router],
    consumers=consumers,
    job_handlers=job_handlers,
)
