"""Records of erasures, and which streams are still to be rid of them."""

from alembic import op

from kit.erasures.tables import create_erasures

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    create_erasures(op)
