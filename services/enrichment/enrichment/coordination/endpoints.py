"""REST endpoint of coordination."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime

from enrichment.coordination.bursts import Question
from enrichment.coordination.schemas import CoordinationView
from enrichment.coordination.service import CoordinationService
from kit.rest import Page, ReadSession, Router

router = Router(prefix="/v1/studies", tags=["coordination"])


@router.get("/{study_id}/coordination")
async def list_coordination(
    study_id: UUID,
    session: ReadSession,
    within_seconds: Annotated[
        int, Query(ge=1, le=3600, description="Longest time between a share and the next of the same burst.")
    ] = 300,
    authors: Annotated[int, Query(ge=3, le=1000, description="Fewest distinct authors.")] = 5,
    since: Annotated[AwareDatetime | None, Query(description="Posts published then or later.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Posts published earlier.")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Most bursts to return.")] = 20,
) -> Page[CoordinationView]:
    """The same link, set of hashtags or text shared by many authors within minutes, more than chance explains.

    Evidence for whoever judges a conversation: an outcry looks like this, and an orchestra too. It tells nothing about
    single authors, and no post is left out because of it. Least likely first; there is no further page.
    """
    question = Question(study_id, within_seconds, authors, since, until)
    found = await CoordinationService(session).find(question, limit)
    return Page(items=[CoordinationView.of(each) for each in found], next_cursor=None)
