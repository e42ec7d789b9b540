"""Labels over REST."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from enrichment.codebooks.definition import Name
from enrichment.codebooks.labels.schemas import LabelReport, LabelView, NewLabels
from enrichment.codebooks.labels.service import LabelService
from kit.rest import CurrentPrincipal, Page, Paging, ReadSession, Router, WriteSession

router = Router(prefix="/v1/codebooks/{codebook_id}/labels", tags=["codebooks"])


@router.post("", status_code=201)
async def add_labels(
    codebook_id: UUID, new: NewLabels, session: WriteSession, principal: CurrentPrincipal
) -> LabelReport:
    """Say which codes passages carry, so that the codebook learns from them.

    All codes of the newest version are judged at once: one that is not named is absent. Moments later a training
    starts for all labels that have come in by then.
    """
    return await LabelService(session).add(codebook_id, new.labels, principal.subject)


@router.get("")
async def list_labels(
    codebook_id: UUID,
    session: ReadSession,
    paging: Paging,
    code: Annotated[Name | None, Query(description="Labels that carry this code.")] = None,
) -> Page[LabelView]:
    """List labels, oldest first."""
    after = UUID(paging.after["id"]) if paging.after else None
    labels = await LabelService(session).list_after(codebook_id, code, after, paging.fetch)
    return paging.page(labels, LabelView.model_validate, lambda label: {"id": str(label.id)})


@router.delete("/{label_id}", status_code=204)
async def remove_label(codebook_id: UUID, label_id: UUID, session: WriteSession) -> None:
    """Take a label back; the codebook is trained again without it."""
    await LabelService(session).remove(codebook_id, label_id)
