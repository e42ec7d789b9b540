"""Schema changes: Alembic run under a lock, row-level security, and the tables of the kit's mechanisms."""

import asyncio
import logging
from datetime import datetime
from pathlib import Path
from types import ModuleType

import sqlalchemy as sa
from alembic import command, context
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import BYTEA, JSONB

from kit.db import EVERYWHERE, Database

_LOCK = 7_015_117
_log = logging.getLogger(__name__)


class UnboundRoleError(RuntimeError):
    """The role of the database sees every workspace, whatever the policies say."""


def migrate(database_url: str, migrations: Path) -> None:
    """Brings the database to the newest version; replicas that start together wait for one another.

    A database that a newer release has migrated is left as it is, so that a rollback can start.
    Raises `UnboundRoleError` for a superuser, whom row-level security does not bind.
    """
    asyncio.run(upgrade(database_url, migrations))


async def upgrade(database_url: str, migrations: Path) -> None:
    """Like `migrate`, inside a running event loop."""
    database = Database(database_url, pool=1, statement_seconds=None)
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(_upgrade, migrations)
    finally:
        await database.close()


def _upgrade(connection: Connection, migrations: Path) -> None:
    connection.execute(sa.text("SET LOCAL lock_timeout = '30s'"))
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    _refuse_unbound_role(connection)
    connection.execute(sa.text("SELECT set_config('pourquoi.workspace', :all, true)"), {"all": EVERYWHERE})
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    if _is_from_newer_release(connection, config):
        _log.warning("A newer release has migrated this database; it is left as it is.")
        return
    command.upgrade(config, "head")


def _refuse_unbound_role(connection: Connection) -> None:
    unbound = sa.text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    if connection.scalar(unbound):
        raise UnboundRoleError(
            "This role bypasses row-level security, which keeps workspaces apart. "
            "Let DATABASE_URL name a role that owns the database and is no superuser."
        )


def _is_from_newer_release(connection: Connection, config: Config) -> bool:
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    return not known.issuperset(MigrationContext.configure(connection).get_current_heads())


def run_migrations() -> None:
    """The whole of a service's `migrations/env.py`: runs the scripts in the transaction that `migrate` opened."""
    context.configure(connection=context.config.attributes["connection"])
    context.run_migrations()


def secure(op: ModuleType, table: str) -> None:
    """Puts a table with a `workspace_id` behind row-level security.

    The owner obeys it too. The setting is read once per statement, thanks to the sub-select.
    """
    workspace = "(SELECT current_setting('pourquoi.workspace', true))"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY workspace ON {table} USING ({workspace} = '{EVERYWHERE}' OR workspace_id = {workspace})")


def create_mechanisms(op: ModuleType) -> None:
    """Creates the tables of outbox, inbox, jobs and idempotency keys; every service's first migration calls it."""
    _create_outbox(op)
    _create_inbox(op)
    _create_jobs(op)
    _create_idempotency_keys(op)


def _workspace() -> sa.Column[str]:
    return sa.Column("workspace_id", sa.Text, nullable=False)


def _created() -> sa.Column[datetime]:
    return sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())


def _create_outbox(op: ModuleType) -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        _workspace(),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("payload", BYTEA, nullable=False),
        _created(),
    )
    secure(op, "outbox")


def _create_inbox(op: ModuleType) -> None:
    op.create_table(
        "inbox",
        _workspace(),
        sa.Column("consumer", sa.Text, primary_key=True),
        sa.Column("event_id", sa.Text, primary_key=True),
        _created(),
    )
    op.create_index("inbox_created", "inbox", ["created_at"])
    secure(op, "inbox")


def _create_jobs(op: ModuleType) -> None:
    op.create_table(
        "jobs",
        _workspace(),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("parameters", JSONB, nullable=False),
        sa.Column("state", JSONB, nullable=False),
        sa.Column("result", JSONB),
        sa.Column("error", sa.Text),
        sa.Column("done", sa.BigInteger, nullable=False),
        sa.Column("total", sa.BigInteger),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("traceparent", sa.Text, nullable=False),
        _created(),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("jobs_due", "jobs", ["due_at"], postgresql_where=sa.text("status IN ('queued', 'running')"))
    op.create_index("jobs_newest", "jobs", ["workspace_id", "id"])
    secure(op, "jobs")


def _create_idempotency_keys(op: ModuleType) -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("workspace_id", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("headers", sa.Text),
        sa.Column("body", BYTEA),
        _created(),
    )
    op.create_index("idempotency_keys_created", "idempotency_keys", ["created_at"])
    secure(op, "idempotency_keys")
