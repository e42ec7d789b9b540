"""A query means the same live, in a backfill from PostgreSQL, and in a preview."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

import pytest
from golden import cases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from phrasings import records, scopes
from sqlalchemy import text

from ingest.experiments.pools import PooledPost, belong
from ingest.posts.records import Engagement, PostRecord
from ingest.posts.repository import PostRepository
from ingest.queries.documents import Document
from ingest.queries.parser import parse_query
from ingest.queries.prefilter import narrow
from ingest.studies.scopes import Scope, Scopes
from kit.db import Database, Session, new_id
from kit.testing import Running

WORKSPACES = (f"workspace-{number}" for number in count())
NOT_STORED_HERE = {"study_ids", "quote_of", "engagement", "changed_at", "privacy", "copy_of", "source_id"}
COLUMNS = [each.name for each in fields(PostRecord) if each.name not in NOT_STORED_HERE]
COUNTS = ("likes", "reposts", "replies", "quotes")


@pytest.fixture
def database(running: Running) -> Database:
    return running.runtime.database


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(scopes, min_size=1, max_size=8, unique_by=lambda scope: scope.study_id),
    st.lists(records(), min_size=1, max_size=8),
    st.data(),
)
async def test_live_backfill_and_preview_take_the_same_posts(
    database: Database, asked: list[Scope], posts: list[PostRecord], data: st.DataObject
) -> None:
    posts = [replace(post, external_id=f"post-{number}") for number, post in enumerate(posts)]
    scopes_at_intake = Scopes(asked)
    arrived = {post.id: scopes_at_intake.matching(Document.of(post), None) for post in posts}
    sample = data.draw(st.sets(st.sampled_from([post.id for post in posts])))

    async with database.open(next(WORKSPACES)) as session:
        await store(session, posts)
        for scope in asked:
            live = [post.id for post in posts if scope.study_id in arrived[post.id]]
            assert await backfill(session, scope) == live, scope
            preview = taken_of([post for post in posts if post.id in sample], scope)
            assert preview == [post_id for post_id in live if post_id in sample], scope


async def test_the_golden_cases_hold_in_a_backfill(database: Database) -> None:
    posts = [record_of(number, case.document) for number, case in enumerate(cases())]

    async with database.open(next(WORKSPACES)) as session:
        await store(session, posts)
        for source in dict.fromkeys(case.query for case in cases()):
            query = parse_query(source)
            expected = [post.id for post in posts if query.matches(Document.of(post))]
            assert await backfill(session, Scope(new_id(), source)) == expected, source


@pytest.mark.parametrize(
    ("source", "most"),
    [
        ("train", 2),
        ('"retard encore"', 1),
        ("été", 1),
        ("poezd*", 0),
        ("platform:reddit", 1),
        ("NOT platform:reddit", 4),
        ("train OR platform:reddit", 5),
        ("published:<2026-01-01", 0),
        ("NOT (lang:fr OR train)", 1),
        (" OR ".join(f"word{number}" for number in range(500)), 5),
        ("", 5),
    ],
)
async def test_the_database_leaves_out_what_it_can(database: Database, source: str, most: int) -> None:
    texts = ["The TRAIN", "Encore un retard, encore", "L’été « trains »…", "поезд 東京 😡", "100 %"]
    posts = [record_of(number, Document(each, "x", language="fr")) for number, each in enumerate(texts)]
    posts[4] = replace(posts[4], platform="reddit", claimed_language="en")

    async with database.open(next(WORKSPACES)) as session:
        await store(session, posts)
        found = await PostRepository(session).list_candidates(narrow(parse_query(source).expression), None, 100)

    assert len(found) == most


async def backfill(session: Session, scope: Scope) -> list[UUID]:
    """The ids of posts that the study takes, of those that SQL lets through."""
    return taken_of(
        await PostRepository(session).list_candidates(narrow(scope.compile().expression), None, 1_000), scope
    )


def taken_of(posts: Sequence[PostRecord], scope: Scope) -> list[UUID]:
    """The ids of posts that the study takes, as backfill and preview ask it."""
    return [post.id for post, inside in zip(posts, belong(scope, [*map(PooledPost, posts)]), strict=True) if inside]


async def store(session: Session, posts: Sequence[PostRecord]) -> None:
    rows = [
        {"workspace": session.workspace}
        | {name: getattr(post, name) for name in COLUMNS}
        | {name: getattr(post.engagement, name) for name in COUNTS}
        for post in posts
    ]
    names = [*COLUMNS, *COUNTS]
    await session.execute(
        text(
            f"INSERT INTO posts (workspace_id, {', '.join(names)}) "
            f"VALUES (:workspace, {', '.join(f':{name}' for name in names)})"
        ),
        rows,
    )


def record_of(number: int, document: Document) -> PostRecord:
    """A post with what the document says, apart from ids that no two posts share."""
    moment = document.published_at or datetime(2026, 1, 31, 12, tzinfo=UTC)
    return PostRecord(
        id=new_id(),
        platform=document.platform or "x",
        external_id=document.external_id or f"golden-{number}",
        author_id=new_id(),
        text=document.text,
        claimed_language=document.language,
        published_at=moment,
        first_seen_at=moment,
        url=document.url,
        is_repost=document.is_repost,
        study_ids=(),
        author_handle=document.author_handle,
        followers=document.followers,
        parent_id="1" if document.is_reply else "",
        thread_id=document.thread_id,
        has_media=document.has_media,
        engagement=Engagement(likes=document.engagement),
    )
