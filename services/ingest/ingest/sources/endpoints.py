"""Sources over REST."""

from uuid import UUID

from fastapi import Response

from ingest.sources.schemas import AnyNewSource, NewBackfill, RunView, SourceChange, SourceView
from ingest.sources.service import SourceService
from kit.jobs import JobView
from kit.rest import IfMatch, Page, Paging, ReadSession, Router, WriteSession, set_etag
from kit.rest.jobs import set_location

router = Router(prefix="/v1/sources", tags=["sources"])


@router.post("", status_code=201)
async def add_source(new: AnyNewSource, session: WriteSession, response: Response) -> SourceView:
    """Connect a source of posts.

    It is collected from at once, and then every so many seconds, from where it stopped. Its posts belong to every
    study whose query they match, and to the study that it names. Credentials are given by the name of an
    environment variable or of a mounted file, never themselves.
    """
    source = await SourceService(session).add(new)
    set_etag(response, source.revision)
    response.headers["Location"] = f"/v1/sources/{source.id}"
    return SourceView.of(source)


@router.get("")
async def list_sources(session: ReadSession, paging: Paging) -> Page[SourceView]:
    """List the sources, oldest first, each with its health and why."""
    after = UUID(paging.after["id"]) if paging.after else None
    sources = await SourceService(session).list_after(after, paging.fetch)
    return paging.page(sources, SourceView.of, lambda source: {"id": str(source.id)})


@router.get("/{source_id}")
async def get_source(source_id: UUID, session: ReadSession, response: Response) -> SourceView:
    """Show a source and its health; its ETag is what If-Match of a change expects."""
    source = await SourceService(session).get(source_id)
    set_etag(response, source.revision)
    return SourceView.of(source)


@router.patch("/{source_id}")
async def change_source(
    source_id: UUID, change: SourceChange, session: WriteSession, revision: IfMatch, response: Response
) -> SourceView:
    """Change, pause or resume a source.

    A run under way stops before other settings or a pause take effect. With new settings most kinds start anew;
    posts that are known already are not doubled.
    """
    source = await SourceService(session).change(source_id, change, revision)
    set_etag(response, source.revision)
    return SourceView.of(source)


@router.delete("/{source_id}", status_code=204)
async def remove_source(source_id: UUID, session: WriteSession) -> None:
    """Remove a source and the record of its runs; its posts stay, for as long as its terms say."""
    await SourceService(session).remove(source_id)


@router.get("/{source_id}/runs")
async def list_runs(source_id: UUID, session: ReadSession, paging: Paging) -> Page[RunView]:
    """List what the source was asked for and brought, newest first; of pushed posts, a run is a day."""
    before = UUID(paging.after["id"]) if paging.after else None
    runs = await SourceService(session).list_runs(source_id, before, paging.fetch)
    return paging.page(runs, RunView.model_validate, lambda run: {"id": str(run.id)})


@router.post("/{source_id}/runs", status_code=202)
async def start_run(source_id: UUID, session: WriteSession, response: Response) -> RunView:
    """Collect now rather than when it is due; the run that is under way, if there is one, is the answer."""
    run = await SourceService(session).ask_for_run(source_id)
    response.headers["Location"] = f"/v1/sources/{source_id}/runs/{run.id}"
    return RunView.model_validate(run)


@router.get("/{source_id}/runs/{run_id}")
async def get_run(source_id: UUID, run_id: UUID, session: ReadSession) -> RunView:
    """Show how far a run is, and what it brought."""
    return RunView.model_validate(await SourceService(session).get_run(source_id, run_id))


@router.post("/{source_id}/backfills", status_code=202)
async def start_backfill(source_id: UUID, new: NewBackfill, session: WriteSession, response: Response) -> JobView:
    """Collect a stretch of the past; a job does it, behind live posts, and goes on where it stopped."""
    job = await SourceService(session).start_backfill(source_id, new)
    set_location(response, job)
    return job
