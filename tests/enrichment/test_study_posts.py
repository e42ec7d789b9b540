"""Which posts a study and a code have, in tables that follow what is written of posts."""

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from enrichment.app import service
from kit.db import Database
from kit.engines import EmbeddedPostgres
from kit.migrations import upgrade
from kit.testing import Running
from pourquoi.ingest.v1.events_pb2 import Post

OTHER_STUDY = "01960000-0000-7000-8000-000000000002"
STUDY = "01960000-0000-7000-8000-000000000001"
POST = "01960000-0000-7000-8000-000000000003"
MakePost = Callable[..., Post]
Collect = Callable[..., Any]
_INSERT = text(
    """
    INSERT INTO enrichments (workspace_id, post_id, author_id, platform, published_at, study_ids, is_repost, revision,
        text_digest, model, language, negative, neutral, positive, vector, keyphrases, code_keys)
    VALUES ('alpha', CAST(:post AS uuid), gen_random_uuid(), 'x', now(), ARRAY[CAST(:study AS uuid)], false, 1, '', 'm',
        'fr', 0, 1, 0, '[1]', '{}', ARRAY['needs/request', 'needs/request'])
    """
)


@pytest.fixture
async def url(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    postgres.ensure_database("study_posts", owner="study_posts")
    yield postgres.url("study_posts", "study_posts")
    postgres.execute("DROP DATABASE study_posts WITH (FORCE)")


async def test_posts_of_a_study_and_of_a_code_follow_what_is_written(
    enrichment: Running, post: MakePost, collect: Collect
) -> None:
    kept, moved = post("they lost my bag"), post("my suitcase is broken")
    await collect(kept, moved)
    await set_arrays(enrichment, kept.id, [STUDY], ["needs/request", "needs/wish"])
    await set_arrays(enrichment, moved.id, [STUDY], ["needs/request"])
    assert await linked(enrichment.runtime.database) == {
        *((STUDY, kept.id), ("needs/request", kept.id), ("needs/wish", kept.id)),
        *((STUDY, moved.id), ("needs/request", moved.id)),
    }

    await set_arrays(enrichment, moved.id, [OTHER_STUDY, OTHER_STUDY], ["needs/wish"])
    await set_arrays(enrichment, kept.id, [], [])

    assert await linked(enrichment.runtime.database) == {(OTHER_STUDY, moved.id), ("needs/wish", moved.id)}
    assert await linked(enrichment.runtime.database, "beta") == set()


async def test_posts_of_an_older_release_are_taken_over(url: str, tmp_path: Path) -> None:
    older = tmp_path / "older"
    shutil.copytree(service.migrations, older, ignore=shutil.ignore_patterns("0009_*", "__pycache__"))
    await upgrade(url, older)
    database = Database(url, pool=1)
    async with database.session("alpha") as session:
        await session.execute(_INSERT, {"post": POST, "study": STUDY})

    await upgrade(url, service.migrations)

    assert await linked(database) == {(STUDY, POST), ("needs/request", POST)}
    async with database.session("alpha") as session:
        await session.execute(text("DELETE FROM enrichments"))
    assert await linked(database) == set()
    await database.close()


async def set_arrays(running: Running, post_id: str, studies: list[str], codes: list[str]) -> None:
    async with running.runtime.database.session("alpha") as session:
        await session.execute(
            text("UPDATE enrichments SET study_ids = CAST(:studies AS uuid[]), code_keys = :codes WHERE post_id = :id"),
            {"studies": studies, "codes": codes, "id": post_id},
        )


async def linked(database: Database, workspace: str = "alpha") -> set[tuple[str, str]]:
    """Studies and codes, each with a post."""
    async with database.session(workspace) as session:
        found = await session.execute(
            text(
                "SELECT CAST(study_id AS text), CAST(post_id AS text) FROM study_posts "
                "UNION ALL SELECT code_key, CAST(post_id AS text) FROM code_posts"
            )
        )
        return {tuple(row) for row in found}
