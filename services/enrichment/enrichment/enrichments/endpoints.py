"""REST endpoints of enrichments."""

from uuid import UUID

from fastapi import Response

from enrichment.enrichments.schemas import CoverageView, EnrichmentView
from enrichment.enrichments.service import EnrichmentService
from kit.auth import PERSONAL
from kit.rest import CurrentPrincipal, ReadSession, Router, set_etag

router = Router(prefix="/v1", tags=["enrichments"])


@router.get("/posts/{post_id}/enrichment")
async def get_enrichment(
    post_id: UUID, session: ReadSession, principal: CurrentPrincipal, response: Response
) -> EnrichmentView:
    """What was found in a post: language, sentiment, statements, codes, entities and keyphrases.

    Personal data is masked unless the caller has the scope `personal`; it is never among the keyphrases. A post
    appears here moments after it was collected; until then, and once it is erased, the answer is 404.
    """
    enrichment = await EnrichmentService(session).get(post_id)
    set_etag(response, enrichment.revision)
    return EnrichmentView.of(enrichment, shows_personal_data=principal.has(PERSONAL))


@router.get("/studies/{study_id}/coverage")
async def get_coverage(study_id: UUID, session: ReadSession) -> CoverageView:
    """How many posts of a study are enriched, and which period they cover."""
    coverage = await EnrichmentService(session).coverage(study_id)
    return CoverageView(
        study_id=study_id,
        posts=coverage.posts,
        first_published_at=coverage.first_published_at,
        last_published_at=coverage.last_published_at,
    )
