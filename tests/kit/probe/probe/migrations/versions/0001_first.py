import sqlalchemy as sa
from alembic import op

from kit.erasures.tables import create_erasures
from kit.migrations import create_mechanisms, secure

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_mechanisms(op)
    create_erasures(op)
    for table, columns in {
        "notes": [sa.Column("id", sa.Uuid, primary_key=True), sa.Column("revision", sa.Integer)],
        "counts": [sa.Column("n", sa.BigInteger, sa.Identity(), primary_key=True)],
    }.items():
        op.create_table(table, sa.Column("workspace_id", sa.Text, nullable=False), sa.Column("body", sa.Text), *columns)
        secure(op, table)
