"""Migrations go forward once, and a rollback of the release leaves a newer database alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from kit.db import Database
from kit.engines import EmbeddedPostgres
from kit.migrations import upgrade

_SCRIPT = """
from alembic import op

revision, down_revision = "{revision}", {before}


def upgrade():
    op.execute("CREATE TABLE made_by_{revision} (id int)")
"""


def write_release(folder: Path, revisions: list[str]) -> Path:
    """A folder of migrations as a release with these revisions ships it."""
    versions = folder / "versions"
    versions.mkdir(parents=True)
    (folder / "env.py").write_text("from kit.migrations import run_migrations\n\nrun_migrations()\n")
    for before, revision in zip([None, *revisions], revisions, strict=False):
        (versions / f"{revision}.py").write_text(_SCRIPT.format(revision=revision, before=repr(before)))
    return folder


async def tables(url: str) -> set[str]:
    database = Database(url)
    async with database.engine.connect() as connection:
        found = await connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        names = {name for (name,) in found}
    await database.close()
    return names


@pytest.fixture
async def url(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    postgres.ensure_database("migrated", owner="migrator")
    yield postgres.url("migrated", "migrator")
    postgres.execute("DROP DATABASE migrated WITH (FORCE)")


async def test_a_second_run_changes_nothing(tmp_path: Path, url: str) -> None:
    release = write_release(tmp_path / "release", ["a", "b"])

    await upgrade(url, release)
    await upgrade(url, release)

    assert await tables(url) == {"alembic_version", "made_by_a", "made_by_b"}


async def test_an_older_release_starts_on_a_newer_database(tmp_path: Path, url: str) -> None:
    older, newer = write_release(tmp_path / "older", ["a"]), write_release(tmp_path / "newer", ["a", "b"])
    await upgrade(url, newer)

    await upgrade(url, older)
    await upgrade(url, newer)

    assert await tables(url) == {"alembic_version", "made_by_a", "made_by_b"}
