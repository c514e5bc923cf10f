"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_ID = sa.String(64)


def upgrade() -> None:
    """Make the tables; a step is never changed after its release, so it does not read bot.store.tables."""
    op.create_table(
        "questions",
        sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("key", sa.String(200), nullable=False, unique=True),
        sa.Column("event_id", _ID, unique=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("team", _ID, nullable=False),
        sa.Column("channel", _ID, nullable=False),
        sa.Column("thread", _ID, nullable=False),
        sa.Column("ts", _ID, nullable=False),
        sa.Column("person", _ID, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("direct", sa.Boolean, nullable=False),
        sa.Column("response_url", sa.Text),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("finished_at", sa.Double),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("owner", _ID),
        sa.Column("lease", sa.Integer, nullable=False),
        sa.Column("posting", sa.Integer, nullable=False),
        sa.Column("posted", sa.Text, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("outcome", sa.String(16)),
    )
    op.create_index("questions_by_state", "questions", ["state", "owner", "id"])
    op.create_index("questions_by_thread", "questions", ["team", "channel", "thread", "id"])
    op.create_index("questions_by_person", "questions", ["person"])
    op.create_table(
        "threads",
        sa.Column("team", _ID, primary_key=True),
        sa.Column("channel", _ID, primary_key=True),
        sa.Column("thread", _ID, primary_key=True),
        sa.Column("conversation", sa.Text, nullable=False),
        sa.Column("updated_at", sa.Double, nullable=False),
    )
    op.create_index("threads_by_time", "threads", ["team", "channel", "updated_at"])
    op.create_table(
        "buckets",
        sa.Column("name", sa.String(320), primary_key=True),
        sa.Column("tokens", sa.Double, nullable=False),
        sa.Column("filled_at", sa.Double, nullable=False),
    )
    op.create_table(
        "workers",
        sa.Column("owner", _ID, primary_key=True),
        sa.Column("beat", sa.BigInteger, nullable=False),
    )
