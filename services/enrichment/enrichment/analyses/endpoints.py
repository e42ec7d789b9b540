"""REST endpoint of ad-hoc analyses."""

from fastapi import Depends

from enrichment.analyses.schemas import AnalysesView, AnalysisRequest, AnalysisView
from enrichment.state import State
from kit.auth import PERSONAL, READ
from kit.rest import CurrentPrincipal, CurrentRuntime, Router
from kit.rest.callers import scoped

router = Router(prefix="/v1/analyses", tags=["analyses"], dependencies=[Depends(scoped(READ))])


@router.post("")
async def analyse_texts(request: AnalysisRequest, runtime: CurrentRuntime, principal: CurrentPrincipal) -> AnalysesView:
    """Language, sentiment, statements, codes, entities and keyphrases of texts of your own; nothing is stored.

    Personal data comes back masked (`[mail]`, `[phone]`) unless the caller has the scope `personal`.
    """
    state: State = runtime.state
    readings = await state.desk.read(request.texts)
    shown = principal.has(PERSONAL)
    items = [AnalysisView.of(text, reading, shown) for text, reading in zip(request.texts, readings, strict=True)]
    return AnalysesView(model=state.desk.model, items=items)
