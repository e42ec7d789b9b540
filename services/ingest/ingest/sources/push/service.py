"""Taking in posts that others push to a source, under its terms."""

import logging
from collections.abc import Mapping, Sequence
from uuid import UUID

from ingest.collection.counts import Counts
from ingest.collection.service import CollectionService, destination_of
from ingest.copies.finder import CopyFinder
from ingest.models import Source
from ingest.posts.intake import Intake, PostIntake
from ingest.posts.schemas import IntakeReport
from ingest.settings import IngestSettings
from ingest.sources.connector import SourceRefused
from ingest.sources.push.signatures import SignatureError, verify
from ingest.sources.repository import SourceRepository
from ingest.sources.service import SourceService
from ingest.sources.states import SourceState
from ingest.sources.tools import Tools
from kit.db import Session
from kit.errors import Conflict, Invalid, Unauthenticated
from kit.outbox import first_time

PUSH = "push"
_log = logging.getLogger(__name__)


class PushService:
    """Pushed posts, in the workspaces that the session sees."""

    def __init__(self, session: Session, tools: Tools) -> None:
        self._session = session
        self._tools = tools

    async def target(self, source_id: UUID) -> Source:
        """The source that posts may be sent to; raises `NotFound`, and `Invalid` for one that collects by itself."""
        source = await SourceService(self._session).get(source_id)
        if source.kind != PUSH:
            raise Invalid(f"The source is of kind {source.kind}, which collects by itself; send to one of kind push.")
        _check_active(source)
        return source

    async def signed_by(self, source_id: UUID, headers: Mapping[str, str], body: bytes) -> tuple[Source, str]:
        """The source whose secret signed the body, in whichever workspace, and the id of the delivery.

        Raises `Unauthenticated`, always with the same words: a stranger does not learn what there is.
        """
        source = await SourceRepository(self._session).find_anywhere(source_id)
        secret = self._secret_of(source) if source else ""
        try:
            if source is None or not secret:
                raise SignatureError
            delivery_id = verify(secret, headers, body)
        except SignatureError:
            raise Unauthenticated("This delivery is not signed by its source.") from None
        _check_active(source)
        return source, delivery_id

    async def take(
        self, source: Source, delivery_id: str, items: Sequence[Intake], settings: IngestSettings, copies: CopyFinder
    ) -> IntakeReport:
        """Takes a delivery in, all of it in the session's transaction; nothing the second time it comes."""
        report = IntakeReport()
        if not await first_time(self._session, f"webhook {source.id}", [delivery_id]):
            return report
        intake = PostIntake(self._session, settings.pseudonyms, copies)
        for start in range(0, len(items), settings.chunk_posts):
            await intake.accept(destination_of(source), items[start : start + settings.chunk_posts], report)
        await self.count(source.id, report)
        return report

    async def count(self, source_id: UUID, report: IntakeReport) -> None:
        """Counts posts that came to a source."""
        await CollectionService(self._session).keep_pushed(source_id, Counts(report), self._tools.now())

    def _secret_of(self, source: Source) -> str:
        reference = source.config.get("secret") if source.kind == PUSH else None
        try:
            return self._tools.credentials.resolve(str(reference)) if reference else ""
        except SourceRefused:
            _log.warning("The signing secret of source %s is not there; its webhook answers 401.", source.id)
            return ""


def _check_active(source: Source) -> None:
    if source.state != SourceState.ACTIVE:
        raise Conflict(f"This source is {source.state} and takes no posts.")
