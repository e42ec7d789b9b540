"""Ask for every post to be read again by the models of today."""

from __future__ import annotations

from uuid import UUID

from enrichment.readings.reading import ReaderVersion
from enrichment.reenrichments.repository import VersionCount, VersionRepository
from enrichment.reenrichments.schemas import ReenrichmentProgress, ReenrichmentsView, VersionParameters, VersionView
from kit.db import Session
from kit.jobs import JobRepository, JobView, enqueue

JOB = "reenrichment"
_SHOWN = 20
_UNDER_WAY = ("queued", "running")


class ReenrichmentService:
    """Re-enrichments of the workspace of a session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._versions = VersionRepository(session)
        self._jobs = JobRepository(session)

    async def request(self, version: ReaderVersion) -> JobView:
        """The job that has every post read by this version: the one under way, or else a new one."""
        await self._versions.one_at_a_time()
        for job in await self._list_jobs():
            if job.status in _UNDER_WAY and _version_of(job) == version:
                return job
        return await enqueue(self._session, JOB, VersionParameters.of(version).model_dump())

    async def request_if_needed(self, version: ReaderVersion) -> JobView | None:
        """Like `request`, unless the last job could do nothing about what another version has read."""
        stale = sum(each.posts for each in await self._versions.list_counts() if each.version != version)
        last = next((job for job in await self._list_jobs() if _version_of(job) == version), None)
        is_hopeless = last is not None and last.status == "succeeded" and _left_by(last) == stale
        return await self.request(version) if stale and not is_hopeless else None

    async def is_superseded(self, job_id: UUID, version: ReaderVersion) -> bool:
        """True when a later job had, or will have, the posts read by this version instead."""
        return any(job.id > job_id and _version_of(job) == version for job in await self._list_jobs())

    async def overview(self, version: ReaderVersion) -> ReenrichmentsView:
        """The newest jobs, and how many posts each version has read."""
        counts = await self._versions.list_counts()
        return ReenrichmentsView(versions=[_view(each, version) for each in counts], items=await self._list_jobs())

    async def count_stale(self, version: ReaderVersion) -> int:
        """How many posts another version has read."""
        return sum(each.posts for each in await self._versions.list_counts() if each.version != version)

    async def list_stale(self, version: ReaderVersion, after: UUID | None, limit: int) -> list[UUID]:
        """The next posts that another version has read."""
        return list(await self._versions.list_stale(version, after, limit))

    async def _list_jobs(self) -> list[JobView]:
        return [JobView.of(row) for row in await self._jobs.list_newest(_SHOWN, None, JOB)]


async def list_stale_workspaces(session: Session, version: ReaderVersion) -> list[str]:
    """The workspaces with posts that another version has read; for a session of all workspaces."""
    found = await VersionRepository(session).list_anywhere()
    return sorted({workspace for workspace, of_some in found if of_some != version})


def _version_of(job: JobView) -> ReaderVersion:
    return VersionParameters.model_validate(job.parameters).version


def _left_by(job: JobView) -> int:
    return ReenrichmentProgress.model_validate(job.result or {}).left


def _view(count: VersionCount, current: ReaderVersion) -> VersionView:
    version = VersionParameters.of(count.version).model_dump()
    return VersionView(**version, posts=count.posts, is_current=count.version == current)
