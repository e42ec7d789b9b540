"""The batch boundary of posts: a stream of any length, stored in one transaction per chunk."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.copies.finder import CopyFinder
from ingest.posts.arrivals import Entrance
from ingest.posts.destinations import Destination
from ingest.posts.intake import Intake, PostIntake
from ingest.posts.originals.masking import original_of
from ingest.posts.schemas import IntakeReport
from ingest.posts.streams import read_lines
from ingest.posts.submissions import check, read_json_line
from ingest.settings import IngestSettings
from ingest.sources.files.objects import parse_json
from ingest.sources.files.records import Rejection
from ingest.studies.service import StudyService
from kit.db import Database, Session
from kit.errors import Invalid
from kit.hands import Hands

Keep = Callable[[Session, IntakeReport], Awaitable[None]]

_STRETCH = 100


async def _keep_nothing(session: Session, report: IntakeReport) -> None:
    """Nobody else counts these posts."""


@dataclass(frozen=True)
class BatchIntake:
    """Takes posts to their destination, whatever they come in; `keep` is told of each transaction, within it."""

    database: Database
    settings: IngestSettings
    copies: CopyFinder
    workspace: str
    destination: Destination
    keep: Keep = _keep_nothing

    async def take_stream(self, pieces: AsyncIterator[bytes]) -> IntakeReport:
        """Takes NDJSON while it arrives: what was stored stays, even if the stream breaks off."""
        report = await self._begin()
        # While the database works on a chunk, the next is read and admitted; never more: chunks keep their order.
        async with Hands(1) as hands:
            try:
                async for chunk in self._chunks(pieces):
                    admitted = await self._admit(chunk)
                    await hands.free_one()
                    hands.take(self._store(admitted, report))
            finally:
                await hands.finish()
        return report

    async def _chunks(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[list[Intake]]:
        chunk: list[Intake] = []
        async for number, line in read_lines(pieces, self.settings.file_limits.line_bytes):
            if line is None:
                chunk.append(Rejection(number, f"The line is longer than {self.settings.line_kilobytes} KiB."))
            elif not line.isspace() and line:
                chunk.append(read_json_line(number, line))
            if len(chunk) >= self.settings.chunk_posts:
                yield chunk
                chunk = []
        yield chunk

    async def _admit(self, chunk: Sequence[Intake]) -> list[Intake]:
        """Does beforehand what needs no database, with pauses in which the chunk before this one goes on."""
        entrance = Entrance(self.workspace, self.settings.pseudonyms, self.destination, datetime.now(UTC))
        admitted: list[Intake] = []
        for start in range(0, len(chunk), _STRETCH):
            admitted += map(entrance.admit, chunk[start : start + _STRETCH])
            await asyncio.sleep(0)
        return admitted

    async def take_document(self, body: bytes) -> IntakeReport:
        """Takes a JSON document; a post that is wrong is counted by its position and the others are stored."""
        report = await self._begin()
        posts = posts_of(body)
        for start in range(0, len(posts), self.settings.chunk_posts):
            values = enumerate(posts[start : start + self.settings.chunk_posts], start + 1)
            await self._store(
                [check(position, value, original=original_of(value)) for position, value in values], report
            )
        return report

    async def _begin(self) -> IntakeReport:
        if self.destination.study_id is not None:
            async with self.database.session(self.workspace) as session:
                await StudyService(session).get(self.destination.study_id)
        return IntakeReport()

    async def _store(self, chunk: Iterable[Intake], report: IntakeReport) -> None:
        if intake := list(chunk):
            part = IntakeReport()
            async with self.database.session(self.workspace) as session:
                posts = PostIntake(session, self.settings.pseudonyms, self.copies)
                await posts.accept(self.destination, intake, part)
                await self.keep(session, part)
            report.add(part)


def posts_of(body: bytes) -> list[object]:
    """The values of a JSON document of posts; raises `Invalid` for any other."""
    try:
        document = parse_json(body)
    except ValueError as error:
        raise Invalid(f"The body is no JSON: {error}.") from None
    if not isinstance(document, dict) or not isinstance(document.get("posts"), list):
        raise Invalid('The body must be {"posts": [...]}; for one post per line send application/x-ndjson.')
    posts: list[object] = document["posts"]
    return posts
