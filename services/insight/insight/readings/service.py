"""Reads a study: counts its segments, fetches quotes, and puts the insights that follow."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from insight.clients import IngestClient, PostText
from insight.erasures.repository import TombstoneRepository
from insight.findings.findings import Finding, find
from insight.findings.repository import CountRepository, StudyCounts
from insight.insights.repository import InsightRepository
from insight.memberships.repository import MembershipRepository
from insight.models import Quote, Reading, Segmentation
from insight.quotes.evidence import ChosenQuote, SourcePost, choose_quotes
from insight.quotes.repository import CandidatePost, QuoteRepository
from insight.quotes.selection import Candidate
from insight.readings.repository import ClaimedStudy, DueStudyRepository, ReadingRepository
from insight.reviews.service import retire_older
from insight.settings import InsightSettings
from kit.db import Database, Session
from kit.errors import Unavailable


class LeaseLostError(Exception):
    """A reading took so long that another replica has taken the study over."""


@dataclass(frozen=True)
class _Counted:
    """What a study says by one segmentation, before it is proven by quotes."""

    segmentation: Segmentation
    study: StudyCounts
    findings: dict[UUID, Finding]
    candidates: list[CandidatePost]


@dataclass(frozen=True)
class StudyReader:
    """Reads claimed studies; no transaction stays open while ingest is asked for texts."""

    database: Database
    ingest: IngestClient
    settings: InsightSettings

    async def read(self, claimed: ClaimedStudy) -> None:
        """Reads a study by every kind of segmentation that is complete, then lets go of it.

        Raises `Unavailable` while ingest or posts are away, and `LeaseLostError` when it took too long; in
        both cases nothing was changed and the study is still due.
        """
        async with self.database.session(claimed.workspace) as session:
            kinds = await MembershipRepository(session).kinds(claimed.study_id)
            counted = [await self._count(session, claimed.study_id, kind) for kind in kinds]
        complete = [each for each in counted if each is not None]
        quotes = [await self._quotes(claimed.workspace, each) for each in complete]
        async with self.database.session(claimed.workspace) as session:
            await TombstoneRepository(session).hold_off()
            for each, chosen in zip(complete, quotes, strict=True):
                await _store(session, each, chosen)
            if not await DueStudyRepository(session).finish(claimed):
                raise LeaseLostError(f"Another replica reads the study {claimed.study_id} by now.")

    async def _count(self, session: Session, study_id: UUID, kind: str) -> _Counted | None:
        """What the newest segmentation of a kind says; None until all of its memberships have arrived.

        Raises `Unavailable` while posts are still to be counted that a new segmentation speaks of.
        """
        memberships = MembershipRepository(session)
        segmentation = await memberships.latest(study_id, kind)
        if segmentation is None or await memberships.count(segmentation.id) < segmentation.posts:
            return None
        if await memberships.lacks_facts(segmentation, timedelta(seconds=self.settings.facts_patience_seconds)):
            raise Unavailable("Some posts of the segmentation have not been enriched yet.")
        study = await CountRepository(session).count(segmentation)
        fewest = self.settings.fewest_authors
        findings = find(study.segments, study.period, fewest_authors=fewest).by_segment if study.period else {}
        tones = ((each, finding.tone.sentiment if finding.tone else None) for each, finding in findings.items())
        candidates = await QuoteRepository(session).list_candidates(segmentation, tones)
        return _Counted(segmentation, study, findings, candidates)

    async def _quotes(self, workspace: str, counted: _Counted) -> dict[UUID, list[ChosenQuote]]:
        texts = await self.ingest.quotable_posts(workspace, [each.post_id for each in counted.candidates])
        labels = {segment_id: finding.label for segment_id, finding in counted.findings.items()}
        return choose_quotes(_with_texts(counted.candidates, texts), labels)


async def _store(session: Session, counted: _Counted, quotes: dict[UUID, list[ChosenQuote]]) -> None:
    """Puts the insights that quotes prove, and takes back undecided ones that nothing proves any more."""
    segmentation, insights = counted.segmentation, InsightRepository(session)
    proven = {each: finding for each, finding in counted.findings.items() if each in quotes}
    put = await insights.put(segmentation, proven)
    drafts = {each.segment_id: each.insight_id for each in put if each.is_draft}
    await QuoteRepository(session).replace(list(drafts.values()), list(_quote_rows(session.workspace, drafts, quotes)))
    await insights.withdraw(segmentation.id, list(proven))
    await retire_older(session, segmentation)
    await MembershipRepository(session).forget_older(segmentation.id)
    await ReadingRepository(session).put(
        Reading(
            workspace_id=session.workspace,
            study_id=segmentation.study_id,
            kind=segmentation.kind,
            segmentation_id=segmentation.id,
            posts=counted.study.posts,
            segment_posts={str(each.segment_id): each.whole.hits for each in counted.study.segments},
        )
    )


def _with_texts(candidates: Iterable[CandidatePost], texts: dict[UUID, PostText]) -> dict[UUID, list[SourcePost]]:
    sources: dict[UUID, list[SourcePost]] = {}
    for each in candidates:
        if post := texts.get(each.post_id):
            candidate = Candidate(each.post_id, each.author_id, post.text)
            source = SourcePost(each.stance, candidate, post.platform, post.published_at)
            sources.setdefault(each.segment_id, []).append(source)
    return sources


def _quote_rows(workspace: str, drafts: dict[UUID, UUID], quotes: dict[UUID, list[ChosenQuote]]) -> Iterable[Quote]:
    for segment_id, insight_id in drafts.items():
        for chosen in quotes[segment_id]:
            yield Quote(workspace_id=workspace, insight_id=insight_id, **vars(chosen))
