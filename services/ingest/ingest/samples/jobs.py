"""The job behind a sample: posts are made up, checked and stored like any others."""

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.copies.finder import CopyFinder
from ingest.posts.destinations import Destination
from ingest.posts.intake import Intake, PostIntake
from ingest.posts.submissions import check
from ingest.samples.schemas import SampleParameters, SampleState
from ingest.samples.service import SAMPLE
from ingest.settings import IngestSettings
from ingest.sources.sample.conversation import SampleConversation
from ingest.sources.sample.truth import SamplePost
from kit.db import Database
from kit.events import BACKFILL
from kit.jobs import JobContext, JobHandler, JsonObject


@dataclass(frozen=True)
class SampleJob:
    """Makes up a conversation and takes it in."""

    database: Database
    settings: IngestSettings
    copies: CopyFinder

    @property
    def handler(self) -> JobHandler:
        """The job as the kit runs it."""
        return JobHandler(SAMPLE, self.run)

    async def run(self, context: JobContext) -> JsonObject:
        """Writes the posts from the last checkpoint on."""
        asked = SampleParameters.model_validate(context.parameters)
        state = SampleState.model_validate(context.state)
        conversation = SampleConversation(asked.seed, asked.posts, asked.ends_at)
        posts = itertools.islice(conversation.posts(), state.posts, None)
        while chunk := await asyncio.to_thread(self._take, posts, state.posts):
            async with self.database.session(context.workspace) as session:
                intake = PostIntake(session, self.settings.pseudonyms, self.copies, lane=BACKFILL)
                await intake.accept(Destination.of_study(asked.study_id), chunk, state.report)
                state.posts += len(chunk)
                await context.advance_within(session, state.posts, asked.posts, state.model_dump(mode="json"))
        return state.report.model_dump(mode="json")

    def _take(self, posts: Iterator[SamplePost], done: int) -> list[Intake]:
        chunk = itertools.islice(posts, self.settings.chunk_posts)
        return [check(number, _fields(post)) for number, post in enumerate(chunk, done + 1)]


def _fields(post: SamplePost) -> dict[str, object]:
    return {
        "text": post.text,
        "external_id": post.external_id,
        "platform": post.platform,
        "author": post.author,
        "published_at": post.published_at,
        "language": post.language,
        "url": post.url,
        "is_repost": post.is_repost,
    }
