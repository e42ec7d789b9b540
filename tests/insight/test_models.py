"""The tables that the code speaks of are those that the migrations make."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, Table

from insight import models
from kit.db import EVERYWHERE
from kit.testing import Running

TABLES: dict[str, Table] = {
    kind.__table__.name: kind.__table__ for kind in vars(models).values() if hasattr(kind, "__table__")
}


def differences(connection: Connection) -> list[object]:
    """Tables, columns and nullability that differ; types and indexes are the migrations' own."""
    ours = MetaData()
    for table in TABLES.values():
        table.to_metadata(ours)

    def is_ours(name: str | None, kind: str, _: object) -> bool:
        return name in TABLES if kind == "table" else kind != "index"

    context = MigrationContext.configure(connection, opts={"include_name": is_ours, "compare_type": False})
    return list(compare_metadata(context, ours))


async def test_models_and_migrations_agree(insight: Running) -> None:
    async with insight.runtime.database.session(EVERYWHERE) as session:
        connection = await session.connection()
        assert await connection.run_sync(differences) == []
