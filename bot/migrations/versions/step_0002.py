"""What the buttons need: answers, what people thought of them, and hand-overs; numbers that are never given twice."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_ID = sa.String(64)


def upgrade() -> None:
    """Make the tables; a step is never changed after its release, so it does not read bot.store.tables."""
    if op.get_bind().dialect.name == "sqlite":
        # First of all, for with the old table the rows that belong to its own would go. PostgreSQL counts on anyway.
        with op.batch_alter_table("questions", recreate="always", table_kwargs={"sqlite_autoincrement": True}):
            pass
    op.create_table(
        "answers",
        _of_question(),
        sa.Column("public", sa.Boolean, nullable=False),
        sa.Column("targets", sa.Text, nullable=False),
        sa.Column("reports", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("messages", sa.Text, nullable=False),
        sa.Column("article", sa.Text),
        sa.Column("candidates", sa.Text, nullable=False),
        sa.Column("cause", sa.String(64)),
        sa.Column("looked_at", sa.Double, nullable=False),
    )
    op.create_table(
        "feedback",
        _of_question(),
        sa.Column("person", _ID, primary_key=True),
        sa.Column("helpful", sa.Boolean),
        sa.Column("rated_at", sa.Double),
        sa.Column("article", sa.Text),
        sa.Column("chosen_at", sa.Double),
    )
    op.create_index("feedback_by_person", "feedback", ["person"])
    op.create_table(
        "handovers",
        _of_question(),
        sa.Column("channel", _ID),
        sa.Column("ts", _ID),
        sa.Column("handed_by", _ID, nullable=False),
        sa.Column("handed_at", sa.Double, nullable=False),
        sa.Column("taken_by", _ID),
        sa.Column("taken_at", sa.Double),
        sa.Column("solved_by", _ID),
        sa.Column("solved_at", sa.Double),
    )


def _of_question() -> "sa.Column[int]":
    return sa.Column("question", _NUMBER, sa.ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True)
