"""The tables of the store, the same on SQLite and PostgreSQL."""

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, MetaData, String, Table, Text

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
