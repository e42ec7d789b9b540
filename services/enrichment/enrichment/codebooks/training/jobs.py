"""The job that trains the head of a codebook: reads its words, learns from its labels, keeps the result."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from enrichment.codebooks.evaluation import Trained, train
from enrichment.codebooks.heads import vectors_of
from enrichment.codebooks.queue import TRAINING
from enrichment.codebooks.records import CodebookRecord
from enrichment.codebooks.service import CodebookService
from enrichment.codebooks.training.material import Lesson, course_of, prior_of
from enrichment.codebooks.training.service import TrainingService
from enrichment.readings.desk import ReadingDesk
from kit.db import Database
from kit.jobs import JobContext, JobHandler, JsonObject

_TEXTS_AT_ONCE = 128


@dataclass(frozen=True)
class _Material:
    codebook: CodebookRecord
    lessons: list[Lesson]
    background: list[bytes]


@dataclass(frozen=True)
class TrainingJob:
    """Trains heads."""

    database: Database
    desk: ReadingDesk

    @property
    def handler(self) -> JobHandler:
        """The job as the kit runs it."""
        return JobHandler(TRAINING, self.run)

    async def run(self, context: JobContext) -> JsonObject:
        """Trains once, from all labels that are there."""
        codebook_id = UUID(context.parameters["codebook_id"])
        read = await self._read_labels(context, codebook_id)
        material = await self._gather(context.workspace, codebook_id)
        trained = await self._train(material)
        async with self.database.session(context.workspace) as session:
            service = TrainingService(session)
            head = await service.keep(material.codebook, trained, self.desk.model, len(material.lessons))
            await context.advance_within(session, read + 1, read + 1)
        return {"codebook_id": str(codebook_id), "version": head.version, "labels": head.labels}

    async def _read_labels(self, context: JobContext, codebook_id: UUID) -> int:
        """Has the model read every labelled text once; a resumed job goes on where it was."""
        read = 0
        while True:
            async with self.database.session(context.workspace) as session:
                texts = await TrainingService(session).unread(codebook_id, self.desk.model, _TEXTS_AT_ONCE)
            if not texts:
                return read
            vectors = dict(zip(texts, await self.desk.embed(list(texts.values())), strict=True))
            read += len(texts)
            async with self.database.session(context.workspace) as session:
                await TrainingService(session).keep_vectors(vectors, self.desk.model)
                await context.advance_within(session, read)

    async def _gather(self, workspace: str, codebook_id: UUID) -> _Material:
        async with self.database.session(workspace) as session:
            codebook = await CodebookService(session).own(codebook_id)
            service = TrainingService(session)
            lessons = await service.lessons(codebook_id, self.desk.model)
            lessons += await service.annotated(codebook, self.desk.model)
            return _Material(codebook, lessons, await service.background(codebook, self.desk.model))

    async def _train(self, material: _Material) -> Trained:
        definition = material.codebook.definition
        words = await self.desk.embed([text for text, _, _ in definition.passages])
        width = len(words[0]) // 2
        background = vectors_of(material.background) if material.background else np.zeros((0, width), np.float32)
        course = course_of(definition, prior_of(definition, words, background), material.lessons)
        return await asyncio.to_thread(train, course)
