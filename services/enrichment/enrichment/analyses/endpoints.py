"""REST endpoint of ad-hoc analyses."""

from fastapi import Depends

from enrichment.analyses.schemas import AnalysesView, AnalysisRequest, AnalysisView
from enrichment.state import State
from kit.auth import READ
from kit.rest import CurrentRuntime, Router
from kit.rest.callers import scoped

router = Router(prefix="/v1/analyses", tags=["analyses"], dependencies=[Depends(scoped(READ))])


@router.post("")
async def analyse_texts(request: AnalysisRequest, runtime: CurrentRuntime) -> AnalysesView:
    """Language, sentiment, statements and keyphrases of texts of your own; nothing is stored."""
    state: State = runtime.state
    readings = await state.desk.read(request.texts)
    items = [AnalysisView.of(text, reading) for text, reading in zip(request.texts, readings, strict=True)]
    return AnalysesView(model=state.desk.model, items=items)
