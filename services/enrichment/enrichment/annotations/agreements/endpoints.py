"""REST endpoints of agreement."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from enrichment.annotations.agreements.schemas import AgreementsView, AgreementView, CodersView
from enrichment.annotations.agreements.service import AgreementService, CodebookFilter
from enrichment.annotations.tasks.guides import Name
from kit.auth import REVIEW
from kit.rest import Page, ReadSession, Router
from kit.rest.callers import scoped

router = Router(prefix="/v1", tags=["annotations"])
Seed = Annotated[int, Query(ge=0, lt=2**32, description="Of the bootstrap: the same seed gives the same interval.")]


@router.get("/annotation-tasks/{task_id}/agreement")
async def get_agreement(task_id: UUID, session: ReadSession, seed: Seed = 0) -> AgreementsView:
    """How far the coders of a task agree: Krippendorff's alpha, for the codebook and for each code and language.

    Only random samples are measured; an uncertainty sample is refused (409).
    """
    return AgreementsView(items=await AgreementService(session).of_task(task_id, seed))


@router.get("/annotation-tasks/{task_id}/coders", dependencies=[Depends(scoped(REVIEW))])
async def list_coders(task_id: UUID, session: ReadSession) -> CodersView:
    """The record of each coder of a task: agreement with the others over time, and with itself on repeated items."""
    return CodersView(items=await AgreementService(session).coders_of(task_id))


@router.get("/agreements")
async def list_agreements(
    session: ReadSession,
    codebook: Annotated[Name, Query(description="Name of the codebook.")],
    version: Annotated[int, Query(ge=0, le=1_000_000, description="Only this version; 0 shows all.")] = 0,
    study_id: Annotated[UUID | None, Query(description="Only tasks of this study.")] = None,
    seed: Seed = 0,
) -> Page[AgreementView]:
    """Which codes of a codebook may be reported, over all random samples; there is no further page."""
    found = await AgreementService(session).of_codebook(CodebookFilter(codebook, version, study_id), seed)
    return Page(items=found, next_cursor=None)
