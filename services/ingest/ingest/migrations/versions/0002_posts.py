"""What a post brings beside its text: thread, engagement, original, privacy."""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    pass
