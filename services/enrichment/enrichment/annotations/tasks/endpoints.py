"""REST endpoints of annotation tasks."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from enrichment.annotations.tasks.schemas import ReassignedView, Reassignment, TaskRequest, TaskView
from enrichment.annotations.tasks.service import TaskFilter, TaskService
from kit.rest import Page, Paging, ReadSession, Router, WriteSession
from kit.rest.callers import Writer

router = Router(prefix="/v1/annotation-tasks", tags=["annotations"])


@router.post("", status_code=201)
async def request_annotations(
    wanted: TaskRequest, session: WriteSession, principal: Writer, response: Response
) -> TaskView:
    """Draw a sample of a study and have people code it.

    A random sample measures a code: every item has at least two coders, who see neither what machines found nor each
    other's answers. An uncertainty sample teaches one: it holds what the machine was least sure of, and nothing is
    measured on it.
    """
    task = await TaskService(session).request(wanted, principal.subject)
    response.headers["Location"] = f"/v1/annotation-tasks/{task.id}"
    return task


@router.get("")
async def list_annotation_tasks(
    session: ReadSession,
    paging: Paging,
    study_id: Annotated[UUID | None, Query(description="Only tasks of this study.")] = None,
    codebook: Annotated[str, Query(max_length=64, description="Only tasks of this codebook.")] = "",
) -> Page[TaskView]:
    """Annotation tasks with their progress, newest first."""
    before = UUID(paging.after["id"]) if paging.after else None
    tasks = await TaskService(session).list_newest(TaskFilter(study_id, codebook), before, paging.fetch)
    return paging.page(tasks, lambda task: task, lambda task: {"id": str(task.id)})


@router.get("/{task_id}")
async def get_annotation_task(task_id: UUID, session: ReadSession) -> TaskView:
    """One annotation task with its guide and its progress."""
    return await TaskService(session).get(task_id)


@router.post("/{task_id}/reassignments")
async def reassign_items(task_id: UUID, wanted: Reassignment, session: WriteSession) -> ReassignedView:
    """Give the open items of a coder who has gone to another one; answers that were given stay."""
    return await TaskService(session).reassign(task_id, wanted)
