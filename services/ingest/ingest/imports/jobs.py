"""The job behind an import: reads the file in a thread, stores a chunk per transaction, resumes where it stopped."""

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from ingest.copies.finder import CopyFinder
from ingest.imports.schemas import ImportParameters, ImportResult, ImportState
from ingest.imports.service import IMPORT, ImportService
from ingest.imports.uploads import ChunkedFile
from ingest.posts.destinations import Destination
from ingest.posts.intake import Intake, PostIntake
from ingest.posts.originals.masking import original_of
from ingest.posts.submissions import check_row
from ingest.settings import IngestSettings
from ingest.sources.files.compression import MeteredStream
from ingest.sources.files.mapping import ColumnMapping
from ingest.sources.files.reader import open_file
from ingest.sources.files.records import Rejection, UnreadableFileError
from kit.db import Database
from kit.errors import Invalid
from kit.events import BACKFILL
from kit.jobs import JobContext, JobHandler, JsonObject


@dataclass(frozen=True)
class ImportJob:
    """Imports the posts of an uploaded file."""

    database: Database
    settings: IngestSettings
    copies: CopyFinder

    @property
    def handler(self) -> JobHandler:
        """The job as the kit runs it."""
        return JobHandler(IMPORT, self.run)

    async def run(self, context: JobContext) -> JsonObject:
        """Reads the file from the last checkpoint to its end."""
        parameters = ImportParameters.model_validate(context.parameters)
        state = ImportState.model_validate(context.state)
        meter = self._open_upload(context.workspace, parameters.upload_id)
        entries = itertools.islice(self._entries(meter, parameters), state.entries, None)
        try:
            while chunk := await asyncio.to_thread(self._take, entries):
                await self._store(context, parameters, state, chunk, meter.position)
        except UnreadableFileError as error:
            stored = state.report.accepted + state.report.updated
            raise Invalid(f"{error} {stored:,} posts that came before are stored.") from None
        return self._result(parameters, state).model_dump(mode="json")

    def _result(self, parameters: ImportParameters, state: ImportState) -> ImportResult:
        return ImportResult(
            filename=parameters.filename,
            format=parameters.format,
            mapping=parameters.mapping,
            **state.report.model_dump(),
        )

    async def _store(
        self, context: JobContext, parameters: ImportParameters, state: ImportState, chunk: list[Intake], position: int
    ) -> None:
        async with self.database.session(context.workspace) as session:
            intake = PostIntake(session, self.settings.pseudonyms, self.copies, lane=BACKFILL)
            await intake.accept(Destination.of_study(parameters.study_id), chunk, state.report)
            state.entries += len(chunk)
            await context.advance_within(session, position, parameters.bytes, state.model_dump(mode="json"))

    def _take(self, entries: Iterator[Intake]) -> list[Intake]:
        return list(itertools.islice(entries, self.settings.chunk_posts))

    def _entries(self, meter: MeteredStream, parameters: ImportParameters) -> Iterator[Intake]:
        mapping = ColumnMapping.parse(parameters.mapping)
        for entry in open_file(meter, self.settings.file_limits).entries:
            if isinstance(entry, Rejection):
                yield entry
            else:
                yield check_row(entry.line, mapping.apply(entry), parameters.day_first, original_of(entry.fields))

    def _open_upload(self, workspace: str, upload_id: UUID) -> MeteredStream:
        """The stored file for a thread to read, whose chunks the event loop fetches."""
        loop = asyncio.get_running_loop()

        async def fetch(number: int) -> bytes:
            async with self.database.session(workspace) as session:
                return await ImportService(session, self.settings.file_limits).chunk(upload_id, number)

        return MeteredStream(ChunkedFile(lambda number: asyncio.run_coroutine_threadsafe(fetch(number), loop).result()))
