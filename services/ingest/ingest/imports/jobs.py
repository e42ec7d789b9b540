"""The job behind an import: reads the file in a thread, stores a chunk per transaction, resumes where it stopped."""

import asyncio
from dataclasses import dataclass

from ingest.copies.finder import CopyFinder
from ingest.imports.readings import Reading, Seen, Stretch
from ingest.imports.schemas import ImportParameters, ImportResult, ImportState
from ingest.imports.service import IMPORT, ImportService
from ingest.imports.uploads import ChunkedFile
from ingest.posts.destinations import Destination
from ingest.posts.intake import PostIntake
from ingest.posts.records import Privacy
from ingest.settings import IngestSettings
from ingest.sources.files.compression import MeteredStream
from ingest.sources.files.mapping import ColumnMapping
from ingest.sources.files.records import UnreadableFileError
from kit.db import Database, Session
from kit.errors import Invalid
from kit.events import BACKFILL
from kit.jobs import JobContext, JobHandler, JsonObject


@dataclass
class _Run:
    """One attempt at an import: what it was asked, how far it is, and the file as it reads it."""

    context: JobContext
    parameters: ImportParameters
    state: ImportState
    meter: MeteredStream
    reading: Reading

    @property
    def destination(self) -> Destination:
        """Where the posts go: private ones without the names of their authors."""
        privacy = self.parameters.privacy or self.reading.translation.privacy
        if privacy is Privacy.PUBLIC:
            return Destination.of_study(self.parameters.study_id)
        return Destination(study_id=self.parameters.study_id, privacy=privacy)

    def take(self, most: int) -> Stretch:
        """The next entries; raises `UnreadableFileError` when the first lack what makes a post."""
        stretch = self.reading.take(most, Seen(self.state.drift, self.state.left_aside))
        if self.state.entries == 0:
            self.state.drift.check(self.reading.translation)
        return stretch

    def result(self) -> ImportResult:
        """What the import came to."""
        return ImportResult(
            filename=self.parameters.filename,
            format=self.parameters.format,
            mapping=self.parameters.mapping,
            drift=self.state.drift.drifts(self.reading.translation, self.reading.contents.columns),
            left_aside=self.state.left_aside,
            deleted=self.state.deleted,
            **self.state.report.model_dump(),
        )


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
        meter = self._open_upload(context.workspace, parameters)
        try:
            reading = await asyncio.to_thread(self._begin, meter, parameters, state)
            run = _Run(context, parameters, state, meter, reading)
            while (stretch := await asyncio.to_thread(run.take, self.settings.chunk_posts)).entries:
                await self._store(run, stretch)
        except UnreadableFileError as error:
            stored = state.report.accepted + state.report.updated
            came_before = f" {stored:,} posts that came before are stored." if state.entries else ""
            raise Invalid(f"{error}{came_before}") from None
        await context.advance(parameters.bytes, parameters.bytes)
        return run.result().model_dump(mode="json")

    def _begin(self, meter: MeteredStream, parameters: ImportParameters, state: ImportState) -> Reading:
        mapping = ColumnMapping.parse(parameters.mapping)
        reading = Reading.of(meter, self.settings.file_limits, mapping, parameters.day_first)
        reading.skip(state.entries)
        return reading

    async def _store(self, run: _Run, stretch: Stretch) -> None:
        """Stores a stretch; what it says was deleted goes first, so that nothing of it is stored for a moment."""
        if stretch.deletions:
            async with self.database.session(run.context.workspace) as session:
                run.state.deleted += await self._intake(session).delete(stretch.deletions)
                await self._advance(run, session)
        async with self.database.session(run.context.workspace) as session:
            await self._intake(session).accept(run.destination, stretch.intake, run.state.report)
            run.state.entries += stretch.entries
            await self._advance(run, session)

    def _intake(self, session: Session) -> PostIntake:
        return PostIntake(session, self.settings.pseudonyms, self.copies, lane=BACKFILL)

    async def _advance(self, run: _Run, session: Session) -> None:
        # What ZIP and Parquet are read by turns may be read twice.
        done, size = min(run.meter.position, run.parameters.bytes), run.parameters.bytes
        await run.context.advance_within(session, done, size, run.state.model_dump(mode="json"))

    def _open_upload(self, workspace: str, parameters: ImportParameters) -> MeteredStream:
        """The stored file for a thread to read, whose chunks the event loop fetches."""
        loop = asyncio.get_running_loop()

        async def fetch(number: int) -> bytes:
            async with self.database.session(workspace) as session:
                return await ImportService(session).chunk(parameters.upload_id, number)

        def wait_for(number: int) -> bytes:
            return asyncio.run_coroutine_threadsafe(fetch(number), loop).result()

        return MeteredStream(ChunkedFile(wait_for, parameters.bytes))
