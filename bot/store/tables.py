"""The tables of the store, the same on SQLite and PostgreSQL."""

from sqlalchemy import BigInteger, Boolean, Column, Double, ForeignKey, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

# SQLite counts up by itself only in a column of type INTEGER.
_NUMBER = BigInteger().with_variant(Integer, "sqlite")

# Slack's ids have about a dozen characters, its timestamps seventeen; the rest is room.
ID = String(64)
KEY = String(200)

questions = Table(
    "questions",
    metadata,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("key", KEY, nullable=False, unique=True),  # which message or command it is, however often it arrives
    Column("event_id", ID, unique=True),
    Column("kind", String(16), nullable=False),
    Column("team", ID, nullable=False),
    Column("channel", ID, nullable=False),
    Column("thread", ID, nullable=False),  # the ts of the thread's first message; empty for a command
    Column("ts", ID, nullable=False),
    Column("person", ID, nullable=False),
    Column("text", Text, nullable=False),
    Column("direct", Boolean, nullable=False),  # nobody but the asker reads there
    Column("response_url", Text),
    Column("created_at", Double, nullable=False),  # seconds since 1970
    Column("finished_at", Double),
    Column("state", String(8), nullable=False),
    Column("attempt", Integer, nullable=False),  # how often it was taken up for an answer
    Column("owner", ID),  # the process that has it in hand
    Column("lease", Integer, nullable=False),  # counts every taking in hand, so that a late result is known as such
    Column("posting", Integer, nullable=False),  # the message whose posting has begun and is not confirmed; -1: none
    Column("posted", Text, nullable=False),  # JSON: the ts of each message that Slack has confirmed
    Column("answer", Text),  # JSON, from when it is found until it is delivered
    Column("outcome", String(16)),
    Index("questions_by_state", "state", "owner", "id"),
    Index("questions_by_thread", "team", "channel", "thread", "id"),
    Index("questions_by_person", "person"),
    # No number is given twice: a button that still stands in Slack would speak of somebody else's question.
    sqlite_autoincrement=True,
)


def _of_question() -> Column[int]:
    """A question's number, in a row that goes with the question."""
    return Column("question", _NUMBER, ForeignKey(questions.c.id, ondelete="CASCADE"), primary_key=True)


answers = Table(
    "answers",
    metadata,
    _of_question(),
    Column("public", Boolean, nullable=False),  # whether every host in it is
    Column("targets", Text, nullable=False),  # JSON
    Column("reports", Text, nullable=False),  # JSON, of a bounded length as the next two
    Column("details", Text, nullable=False),
    Column("messages", Text, nullable=False),
    Column("article", Text),
    Column("candidates", Text, nullable=False),  # JSON
    Column("cause", String(64)),
    Column("looked_at", Double, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    _of_question(),
    Column("person", ID, primary_key=True),
    Column("helpful", Boolean),
    Column("rated_at", Double),
    Column("article", Text),  # the entry that was meant
    Column("chosen_at", Double),
    Index("feedback_by_person", "person"),
)

handovers = Table(
    "handovers",
    metadata,
    _of_question(),
    Column("channel", ID),
    Column("ts", ID),
    Column("handed_by", ID, nullable=False),
    Column("handed_at", Double, nullable=False),
    Column("taken_by", ID),
    Column("taken_at", Double),
    Column("solved_by", ID),
    Column("solved_at", Double),
)

threads = Table(
    "threads",
    metadata,
    Column("team", ID, primary_key=True),
    Column("channel", ID, primary_key=True),
    Column("thread", ID, primary_key=True),
    Column("conversation", Text, nullable=False),  # JSON: the last hosts, causes and entry
    Column("updated_at", Double, nullable=False),
    Index("threads_by_time", "team", "channel", "updated_at"),
)

buckets = Table(
    "buckets",
    metadata,
    Column("name", String(320), primary_key=True),  # a host name has up to 253 characters
    Column("tokens", Double, nullable=False),
    Column("filled_at", Double, nullable=False),
)

workers = Table(
    "workers",
    metadata,
    Column("owner", ID, primary_key=True),
    Column("beat", BigInteger, nullable=False),  # grows while the process lives; nobody compares clocks
)
