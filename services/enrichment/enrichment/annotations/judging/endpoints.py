"""REST endpoints of coders: everything that they need, and nothing that others found."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from enrichment.annotations.judging.schemas import AnnotationRequest, AnnotationView, NextView, Recorded, UndoRequest
from enrichment.annotations.judging.service import JudgingService, Person
from enrichment.annotations.tasks.guides import Guide
from enrichment.annotations.tasks.schemas import CoderName
from enrichment.annotations.tasks.service import TaskService
from enrichment.state import State
from kit.auth import REVIEW
from kit.db import Session
from kit.rest import CurrentRuntime, Page, Paging, ReadSession, Router, WriteSession
from kit.rest.callers import Writer, scoped

router = Router(prefix="/v1/annotation-tasks/{task_id}", tags=["annotations"])
OWN_ANSWER = UndoRequest()


def _service(session: Session, runtime: CurrentRuntime) -> JudgingService:
    state: State = runtime.state
    return JudgingService(session, state.settings.annotation_lease_minutes)


@router.get("/guide")
async def get_guide(task_id: UUID, session: WriteSession) -> Guide:
    """The codes of a task with their definitions and examples: all that a coder has to know.

    With `next`, `annotations` and `undo` it asks for the scope `write` alone: a key without `read` codes blind,
    because it cannot look up what machines found.
    """
    return Guide.model_validate(await TaskService(session).find(task_id))


@router.get("/next")
async def get_next_item(
    task_id: UUID,
    session: WriteSession,
    principal: Writer,
    runtime: CurrentRuntime,
    coder: Annotated[CoderName | None, Query(description="Somebody else; takes the scope `admin`.")] = None,
    slot_id: Annotated[UUID | None, Query(description="Show this slot again, if the coder has it open.")] = None,
) -> NextView:
    """The next item to code, leased to this request: another tab gets another item.

    An item that is not answered within the lease comes back. Coders code blind: nothing here tells what machines or
    other coders found.
    """
    state: State = runtime.state
    return await _service(session, runtime).next(task_id, Person.of(principal, coder), state.ingest, slot_id)


@router.post("/annotations", status_code=201)
async def record_annotation(
    task_id: UUID,
    wanted: AnnotationRequest,
    session: WriteSession,
    principal: Writer,
    runtime: CurrentRuntime,
    response: Response,
) -> Recorded:
    """Answer for an item. The same answer again changes nothing (200); another one replaces it, and both are kept."""
    person = Person.of(principal, wanted.coder)
    record, is_new = await _service(session, runtime).record(task_id, person, wanted)
    response.status_code = 201 if is_new else 200
    return record


@router.post("/undo")
async def undo_annotation(
    task_id: UUID,
    session: WriteSession,
    principal: Writer,
    runtime: CurrentRuntime,
    wanted: UndoRequest = OWN_ANSWER,
) -> Recorded:
    """Take the last answer back: its item comes next again. The answer stays on record as replaced."""
    return await _service(session, runtime).undo(task_id, Person.of(principal, wanted.coder))


@router.get("/annotations", dependencies=[Depends(scoped(REVIEW))])
async def list_annotations(
    task_id: UUID, session: ReadSession, runtime: CurrentRuntime, paging: Paging
) -> Page[AnnotationView]:
    """Every annotation of a task, replaced ones as well, oldest first. Takes the scope `review`: coders stay blind."""
    after = UUID(paging.after["id"]) if paging.after else None
    history = await _service(session, runtime).list_history(task_id, after, paging.fetch)
    return paging.page(history, lambda each: each, lambda each: {"id": str(each.id)})
