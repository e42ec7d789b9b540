"""Experiments on queries over REST."""

from typing import Annotated, cast
from uuid import UUID

from fastapi import Depends, Path, Query, Response

from ingest.experiments.comparison import SampleKind
from ingest.experiments.schemas import (
    Activation,
    ActivationView,
    DraftRequest,
    DraftView,
    JudgementView,
    NewJudgement,
    Proposal,
    SampleItem,
    SuggestionRequest,
    SuggestionsView,
    VersionView,
)
from ingest.experiments.service import ExperimentService
from ingest.experiments.suggesting import SuggestionService
from ingest.settings import IngestSettings
from kit.jobs import JobView
from kit.rest import (
    CurrentPrincipal,
    CurrentRuntime,
    IfMatch,
    Page,
    Paging,
    ReadSession,
    Router,
    WriteSession,
    set_etag,
)
from kit.rest.jobs import set_location

router = Router(prefix="/v1", tags=["experiments"])
VersionNumber = Annotated[int, Path(ge=1, le=2**31 - 1, description="Number of the query version.")]


def _most_posts(runtime: CurrentRuntime) -> int:
    """How many stored posts an experiment reads."""
    return cast(IngestSettings, runtime.settings).experiment_posts


MostPosts = Annotated[int, Depends(_most_posts)]


def _reading(session: ReadSession, most: MostPosts) -> ExperimentService:
    return ExperimentService(session, most)


def _writing(session: WriteSession, most: MostPosts) -> ExperimentService:
    return ExperimentService(session, most)


def _asking(session: ReadSession, most: MostPosts) -> SuggestionService:
    return SuggestionService(session, most)


def _starting(session: WriteSession, most: MostPosts) -> SuggestionService:
    return SuggestionService(session, most)


ReadExperiments = Annotated[ExperimentService, Depends(_reading)]
WriteExperiments = Annotated[ExperimentService, Depends(_writing)]
ReadSuggestions = Annotated[SuggestionService, Depends(_asking)]
WriteSuggestions = Annotated[SuggestionService, Depends(_starting)]


@router.post("/studies/{study_id}/query-versions", status_code=201)
async def propose_query_version(
    study_id: UUID,
    proposal: Proposal,
    service: WriteExperiments,
    principal: CurrentPrincipal,
    response: Response,
) -> VersionView:
    """Propose a query and see what it would change.

    The version takes no effect before it is activated, and never changes. Its diff counts what the present query and
    this one take of the stored posts, with intervals where only a sample of them was read.
    """
    version = await service.propose(study_id, proposal.query, principal.subject)
    response.headers["Location"] = f"/v1/studies/{study_id}/query-versions/{version.version}"
    return version


@router.get("/studies/{study_id}/query-versions/{version}")
async def get_query_version(study_id: UUID, version: VersionNumber, service: ReadExperiments) -> VersionView:
    """Show a query version with its newest diff, and how good it is by what was judged."""
    return await service.show(study_id, version)


@router.post("/studies/{study_id}/query-versions/{version}/diff")
async def compare_query_version(study_id: UUID, version: VersionNumber, service: WriteExperiments) -> VersionView:
    """Compare a version anew with the present query, on the posts of today, and draw fresh samples."""
    return await service.compare(study_id, version)


@router.post("/studies/{study_id}/query-versions/{version}/activation")
async def activate_query_version(
    study_id: UUID,
    version: VersionNumber,
    asked: Activation,
    service: WriteExperiments,
    principal: CurrentPrincipal,
    revision: IfMatch,
    response: Response,
) -> ActivationView:
    """Make a version the query of its study.

    It holds for posts that arrive from now on; with `backfill`, a job also takes in the stored posts that it matches.
    Posts that only the query before took stay in the study. `If-Match` is the ETag of the study.
    """
    activated = await service.activate(study_id, version, asked, revision, principal.subject)
    set_etag(response, activated.study.revision)
    return activated


@router.get("/studies/{study_id}/query-versions/{version}/samples")
async def list_sample(
    study_id: UUID,
    version: VersionNumber,
    service: ReadExperiments,
    paging: Paging,
    kind: Annotated[SampleKind, Query(description="What the posts are drawn from.")],
) -> Page[SampleItem]:
    """List random posts to judge, in the order in which to judge them.

    They were drawn with the newest diff of the version and stay the same until the next. `matched` tells precision,
    `search_set` (everything in the bounds of the study, whatever the query) tells recall.
    """
    after = int(paging.after["position"]) if paging.after else 0
    items = await service.list_sample(study_id, version, kind, after, paging.fetch)
    return paging.page(items, lambda item: item, lambda item: {"position": item.position})


@router.put("/studies/{study_id}/judgements/{post_id}")
async def judge_post(
    study_id: UUID,
    post_id: UUID,
    new: NewJudgement,
    service: WriteExperiments,
    principal: CurrentPrincipal,
) -> JudgementView:
    """Say whether a post is relevant to the study; precision and recall of its query versions follow."""
    return JudgementView.model_validate(await service.judge(study_id, post_id, new, principal.subject))


@router.post("/studies/{study_id}/query-suggestions", status_code=202)
async def start_query_suggestions(
    study_id: UUID, asked: SuggestionRequest, service: WriteSuggestions, response: Response
) -> JobView:
    """Look for words and phrases that would better a query.

    A job contrasts the posts that the query takes with the others, and with what was judged; its result holds the
    `suggestions_id`.
    """
    job = await service.start(study_id, asked)
    set_location(response, job)
    return job


@router.get("/studies/{study_id}/query-suggestions/{suggestions_id}")
async def get_query_suggestions(study_id: UUID, suggestions_id: UUID, service: ReadSuggestions) -> SuggestionsView:
    """Show words and phrases to add and to exclude, each with the posts it gains or loses."""
    return await service.show(study_id, suggestions_id)


@router.post("/query-drafts")
async def draft_query(asked: DraftRequest, service: ReadSuggestions) -> DraftView:
    """Draft a first query from a plain question and a few seed words, to be read and edited; nothing is kept."""
    return await service.draft(asked)
