"""REST endpoints of the brands and products of a study."""

from uuid import UUID

from enrichment.entities.schemas import StudyNamesView
from enrichment.entities.service import StudyNameService
from kit.rest import ReadSession, Router, WriteSession

router = Router(prefix="/v1/studies/{study_id}/names", tags=["entities"])


@router.get("")
async def get_names(study_id: UUID, session: ReadSession) -> StudyNamesView:
    """The brands and products that a study asks about; none until they are named."""
    return StudyNamesView.of(await StudyNameService(session).of_study(study_id))


@router.put("")
async def put_names(study_id: UUID, names: StudyNamesView, session: WriteSession) -> StudyNamesView:
    """Name the brands and products that a study asks about; they take the place of those named before.

    Posts that are read from now on have them as entities `brand` and `product`, with the sentiment of the statement
    around them.
    """
    return StudyNamesView.of(await StudyNameService(session).replace(study_id, names.of_study(study_id)))
