"""Starting imports."""

from datetime import UTC, datetime
from pathlib import PurePath
from uuid import UUID

from starlette.datastructures import UploadFile

from ingest.imports.forms import UploadForm
from ingest.imports.previews import preview
from ingest.imports.readings import Reading
from ingest.imports.repository import UploadRepository
from ingest.imports.schemas import ImportParameters, ImportPreview
from ingest.imports.uploads import CHUNK_BYTES
from ingest.models import Upload
from ingest.posts.records import Privacy
from ingest.sources.files.compression import MeteredStream
from ingest.sources.files.records import Limits, UnreadableFileError
from ingest.studies.service import StudyService
from kit.db import Session, clean_text, new_id
from kit.errors import FieldError, Invalid
from kit.jobs import JobView, enqueue

IMPORT = "import"
_LONGEST_NAME = 255


class ImportService:
    """Imports of the session's workspace."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._uploads = UploadRepository(session)

    async def start(self, study_id: UUID, form: UploadForm, look: ImportPreview) -> JobView:
        """Keeps the file and queues the job that reads it as the look at its first rows says."""
        await StudyService(self._session).get(study_id)
        upload = await self._keep(form.file)
        parameters = ImportParameters(
            study_id=study_id,
            upload_id=upload.id,
            filename=upload.filename,
            bytes=upload.bytes,
            format=look.format,
            mapping=look.mapping,
            day_first=form.day_first,
            privacy=look.privacy,
        )
        return await enqueue(self._session, IMPORT, parameters.model_dump(mode="json"))

    async def chunk(self, upload_id: UUID, number: int) -> bytes:
        """A stretch of an uploaded file; nothing beyond its end."""
        return await self._uploads.chunk(upload_id, number)

    async def _keep(self, file: UploadFile) -> Upload:
        upload = Upload(
            workspace_id=self._session.workspace,
            id=new_id(),
            filename=_filename(file),
            bytes=file.size or 0,
            created_at=datetime.now(UTC),
        )
        await self._uploads.add(upload)
        number = 0
        while content := await file.read(CHUNK_BYTES):
            await self._uploads.add_chunk(upload.id, number, content)
            number += 1
        return upload


def look(form: UploadForm, limits: Limits) -> ImportPreview:
    """How a file would be read; it is left at its beginning. Takes a while: call it in a thread.

    Raises `Invalid` when the file as a whole is of no use, such as for a column that is not there, and when it would
    make private posts public.
    """
    file = form.file.file
    try:
        reading = Reading.of(MeteredStream(file), limits, form.mapping, form.day_first)
        guess = preview(_filename(form.file), reading)
        return guess.model_copy(update={"privacy": _privacy(form, guess)})
    except UnreadableFileError as error:
        raise Invalid(str(error)) from None
    finally:
        file.seek(0)


async def remove_read_uploads(session: Session) -> None:
    """Removes the files of all imports that ended, in whichever workspaces the session sees."""
    await UploadRepository(session).remove_read()


def _privacy(form: UploadForm, guess: ImportPreview) -> Privacy:
    if form.privacy is Privacy.PUBLIC and guess.privacy is Privacy.PRIVATE:
        problem = "posts of a private mapping cannot be made public: leave the field out, or map by column"
        raise Invalid(f"privacy: {problem}.", (FieldError("body.privacy", problem),))
    return form.privacy or guess.privacy


def _filename(file: UploadFile) -> str:
    return clean_text(PurePath(file.filename or "posts").name)[:_LONGEST_NAME]
