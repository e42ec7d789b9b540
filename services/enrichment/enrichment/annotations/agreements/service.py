"""Agreement of coders, measured when it is asked for."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from enrichment.annotations.agreements.agreement import measure
from enrichment.annotations.agreements.consistency import consistencies
from enrichment.annotations.agreements.schemas import AgreementView, CoderView
from enrichment.annotations.repository import AnnotationRepository
from enrichment.annotations.tasks.repository import TaskRepository
from enrichment.annotations.tasks.samples import SampleKind, require_measurable
from enrichment.annotations.tasks.service import TaskService
from enrichment.models import TaskRow
from kit.db import Session


@dataclass(frozen=True)
class CodebookFilter:
    """A codebook, in one version if `version` is given, as used in one study if `study_id` is."""

    codebook: str
    version: int = 0
    study_id: UUID | None = None


class AgreementService:
    """Agreement in the workspace of a session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._annotations = AnnotationRepository(session)

    async def of_task(self, task_id: UUID, seed: int) -> list[AgreementView]:
        """The agreement about one task; raises `NotFound`, and `Conflict` unless its sample is random."""
        task = await TaskService(self._session).find(task_id)
        require_measurable(SampleKind(task.sample))
        return await self._measure(task.codebook, task.version, [task], seed)

    async def of_codebook(self, wanted: CodebookFilter, seed: int) -> list[AgreementView]:
        """The agreement about a codebook over all random samples, each version for itself, newest version first."""
        by_version: dict[int, list[TaskRow]] = defaultdict(list)
        for task in await TaskRepository(self._session).list_of_codebook(
            wanted.codebook, SampleKind.RANDOM, wanted.study_id
        ):
            if wanted.version in (0, task.version):
                by_version[task.version].append(task)
        return [
            view
            for version in sorted(by_version, reverse=True)
            for view in await self._measure(wanted.codebook, version, by_version[version], seed)
        ]

    async def _measure(self, codebook: str, version: int, tasks: list[TaskRow], seed: int) -> list[AgreementView]:
        coded = await self._annotations.list_coded(tasks)
        measured = await asyncio.to_thread(measure, coded, seed)
        return [AgreementView.of(codebook, version, each) for each in measured]

    async def coders_of(self, task_id: UUID) -> list[CoderView]:
        """The record of every coder who has answered in a task, by name; raises `NotFound`."""
        task = await TaskService(self._session).find(task_id)
        records = consistencies(await self._annotations.list_coded([task]))
        names = await self._annotations.names_of([each.coder_id for each in records])
        return sorted((CoderView.of(names[each.coder_id], each) for each in records), key=lambda view: view.coder)
