"""REST: how many posts of a study have arrived."""

from uuid import UUID

from kit.rest import ReadSession, Router
from segmentation.posts.schemas import CoverageView
from segmentation.posts.service import coverage_of

router = Router(prefix="/v1/studies", tags=["coverage"])


@router.get("/{study_id}/coverage")
async def get_coverage(session: ReadSession, study_id: UUID) -> CoverageView:
    """How many distinct posts of a study this service holds; 0 for a study that it has not heard of.

    Compare it with the same endpoint of the other services to see whether they agree.
    """
    return await coverage_of(session, study_id)
