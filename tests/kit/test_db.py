"""The database: clean text, ordered ids, one transaction, and row-level security as the second wall."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from probe.app import NoteRepository, service
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kit.db import EVERYWHERE, Database, Session, async_url, clean_text, is_outage, is_unstorable, new_id
from kit.engines import EmbeddedPostgres
from kit.migrations import UnboundRoleError, upgrade


@given(st.text(st.characters() | st.characters(categories=["Cs"]) | st.just("\0")))
def test_clean_text_can_be_stored_and_is_otherwise_unchanged(value: str) -> None:
    cleaned = clean_text(value)
    cleaned.encode()
    assert "\0" not in cleaned
    assert cleaned == "".join(c for c in value if c != "\0" and not 0xD800 <= ord(c) <= 0xDFFF)


def test_ids_are_ordered_by_the_time_they_were_made() -> None:
    ids = [new_id() for _ in range(2000)]
    assert ids == sorted(set(ids))
    assert {made.version for made in ids} == {7}
    assert all(type(made) is uuid.UUID for made in ids)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_urls_of_every_spelling_get_the_async_driver(scheme: str) -> None:
    url = async_url(f"{scheme}://me:secret@db:5432/ingest?sslmode=require")
    assert url.render_as_string(hide_password=False) == "postgresql+asyncpg://me:secret@db:5432/ingest?ssl=require"


async def bodies(session: Session) -> list[str]:
    return sorted((await session.execute(text("SELECT body FROM notes"))).scalars())


async def write(database: Database, workspace: str, body: str) -> None:
    async with database.session(workspace) as session:
        await NoteRepository(session).add(body)


async def test_sql_without_a_workspace_sees_only_its_own(database: Database) -> None:
    await write(database, "alpha", "of alpha")
    await write(database, "beta", "of beta")
    async with database.session("beta") as session:
        assert await bodies(session) == ["of beta"]
        changed = await session.execute(text("UPDATE notes SET body = 'taken' RETURNING id"))
        assert len(changed.all()) == 1
        deleted = await session.execute(text("DELETE FROM notes WHERE body = 'of alpha' RETURNING id"))
        assert deleted.all() == []
    async with database.session(EVERYWHERE) as session:
        assert await bodies(session) == ["of alpha", "taken"]


async def test_nobody_writes_into_another_workspace(database: Database) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.session("beta") as session:
            await session.execute(text("INSERT INTO notes (workspace_id, id) VALUES ('alpha', gen_random_uuid())"))
    await write(database, "beta", "mine")
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.session("beta") as session:
            await session.execute(text("UPDATE notes SET workspace_id = 'alpha'"))


async def test_a_connection_that_names_no_workspace_sees_nothing(database: Database) -> None:
    await write(database, "alpha", "hidden")
    async with database.engine.connect() as connection:
        assert (await connection.execute(text("SELECT * FROM notes"))).all() == []
    async with database.open("alpha") as session:
        await session.commit()
        assert await bodies(session) == [], "the workspace ends with its transaction"


async def test_every_table_with_a_workspace_is_behind_the_wall(database: Database) -> None:
    unsecured = text(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id' "
        "WHERE c.relkind = 'r' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
    )
    role = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    async with database.session(EVERYWHERE) as session:
        assert (await session.execute(unsecured)).all() == []
        assert (await session.execute(role)).scalar_one() is False


async def test_a_superuser_is_refused_because_no_policy_binds_him(postgres: EmbeddedPostgres) -> None:
    with pytest.raises(UnboundRoleError, match="row-level security"):
        await upgrade(postgres.url("postgres"), service.migrations)


async def test_an_error_undoes_the_whole_transaction(database: Database) -> None:
    with pytest.raises(DBAPIError):
        await _run(database, "INSERT INTO notes (workspace_id, id) VALUES ('alpha', gen_random_uuid())", "SELEC 1")
    async with database.session("alpha") as session:
        assert await bodies(session) == []


async def test_what_is_left_for_the_end_happens_in_the_transaction_even_when_it_leaves_more(database: Database) -> None:
    async def first(session: Session) -> None:
        await NoteRepository(session).add("first")
        session.before_commit(second)

    async def second(session: Session) -> None:
        await NoteRepository(session).add("second")

    async with database.session("alpha") as session:
        session.before_commit(first)
    async with database.open("alpha") as session:
        session.before_commit(second)
        await session.rollback()
    async with database.session("alpha") as session:
        assert await bodies(session) == ["first", "second"]


async def test_an_outage_is_told_from_a_mistake(database: Database, postgres: EmbeddedPostgres) -> None:
    with pytest.raises(DBAPIError) as mistake:
        await _run(database, "SELEC 1")
    assert not is_outage(mistake.value)
    with pytest.raises(DBAPIError) as lost:
        await _run(database, "SELECT pg_terminate_backend(pg_backend_pid())")
    assert is_outage(lost.value)
    assert is_outage(ConnectionRefusedError())
    assert is_outage(FileNotFoundError(2, "No such file or directory")), "a socket that is missing"
    assert not is_outage(FileNotFoundError(2, "No such file or directory", "model.bin"))


async def test_a_full_pool_and_a_slow_statement_are_outages(database: Database) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    small = Database(url, pool=1, statement_seconds=0.1, patience_seconds=0.1)
    async with small.session("alpha"):
        with pytest.raises(Exception, match="QueuePool") as full:
            await small.ping()
    assert is_outage(full.value)
    with pytest.raises(TimeoutError) as slow:
        await _run(small, "SELECT pg_sleep(5)")
    assert is_outage(slow.value)
    await small.close()


async def test_text_that_cannot_be_stored_is_recognised(database: Database) -> None:
    for body in ("a\0b", "a\ud800b"):
        with pytest.raises(DBAPIError) as unclean:
            await write(database, "alpha", body)
        assert is_unstorable(unclean.value)


async def _run(database: Database, *statements: str) -> None:
    async with database.session("alpha") as session:
        for statement in statements:
            await session.execute(text(statement))
