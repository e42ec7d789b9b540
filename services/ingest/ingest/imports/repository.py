"""Uploaded files as rows: their bytes lie in PostgreSQL, where every replica finds them."""

from uuid import UUID

from sqlalchemy import text

from ingest.models import Upload, UploadChunk
from kit.db import Repository

_CHUNK = text(
    "SELECT content FROM upload_chunks WHERE workspace_id = :workspace AND upload_id = :upload AND number = :number"
)
_REMOVE_READ = text(
    """
    DELETE FROM uploads USING jobs
    WHERE jobs.workspace_id = uploads.workspace_id AND jobs.kind = 'import'
        AND jobs.parameters ->> 'upload_id' = uploads.id::text AND jobs.status IN ('succeeded', 'failed')
    """
)


class UploadRepository(Repository):
    """Uploads of one workspace."""

    async def add(self, upload: Upload) -> None:
        """Keeps what is known of a file; its chunks follow."""
        self.session.add(upload)
        await self.session.flush()

    async def add_chunk(self, upload_id: UUID, number: int, content: bytes) -> None:
        """Keeps a stretch of a file, and does not hold it in memory."""
        chunk = UploadChunk(workspace_id=self.workspace, upload_id=upload_id, number=number, content=content)
        self.session.add(chunk)
        await self.session.flush()
        self.session.expunge(chunk)

    async def chunk(self, upload_id: UUID, number: int) -> bytes:
        """A stretch of a file; nothing beyond its end."""
        content = await self.session.scalar(
            _CHUNK, {"workspace": self.workspace, "upload": upload_id, "number": number}
        )
        return content or b""

    async def remove_read(self) -> None:
        """Removes the files of all imports that ended."""
        await self.session.execute(_REMOVE_READ)
