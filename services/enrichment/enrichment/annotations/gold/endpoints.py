"""REST endpoints of adjudication and gold labels; all of them take the scope `review`, because coders code blind."""

from uuid import UUID

from fastapi import Depends

from enrichment.annotations.gold.schemas import DecisionRequest, DisagreementView, GoldView
from enrichment.annotations.gold.service import GoldService
from enrichment.state import State
from kit.auth import REVIEW
from kit.rest import CurrentPrincipal, CurrentRuntime, Page, Paging, ReadSession, ReviewSession, Router
from kit.rest.callers import scoped

router = Router(prefix="/v1/annotation-tasks/{task_id}", tags=["annotations"], dependencies=[Depends(scoped(REVIEW))])


@router.get("/disagreements")
async def list_disagreements(
    task_id: UUID, session: ReadSession, runtime: CurrentRuntime, paging: Paging
) -> Page[DisagreementView]:
    """Items that every coder has answered, not all alike, and that nobody has decided yet."""
    state: State = runtime.state
    after = UUID(paging.after["id"]) if paging.after else None
    found = await GoldService(session).list_disagreements(task_id, state.ingest, after, paging.fetch)
    return paging.page(found, lambda each: each, lambda each: {"id": str(each.item_id)})


@router.post("/decisions", status_code=201)
async def decide_item(
    task_id: UUID, wanted: DecisionRequest, session: ReviewSession, principal: CurrentPrincipal
) -> GoldView:
    """Decide what an item is, as adjudicator. The answers of the coders stay; a later decision replaces an earlier."""
    return await GoldService(session).decide(task_id, principal.subject, wanted)


@router.get("/gold")
async def list_gold_labels(task_id: UUID, session: ReadSession, paging: Paging) -> Page[GoldView]:
    """What every item is that all coders agree on or an adjudicator has decided, with inclusion probabilities."""
    after = UUID(paging.after["id"]) if paging.after else None
    found = await GoldService(session).list_of_task(task_id, after, paging.fetch)
    return paging.page(found, lambda each: each, lambda each: {"id": str(each.item_id)})
