"""What goes into the store and comes out of it."""

from dataclasses import dataclass
from enum import StrEnum

from bot.conversation import Conversation


class StoreError(Exception):
    """The store cannot be used; the message says why and what to do."""


class Kind(StrEnum):
    """How a question came."""

    MESSAGE = "message"  # a mention or a direct message
    FOLLOW_UP = "follow_up"  # a message in a thread; a question only where Padlock is part of the thread
    COMMAND = "command"


class State(StrEnum):
    """Where a question is on its way."""

    OPEN = "open"  # no answer yet
    READY = "ready"  # answered; Slack has not confirmed every message
    DONE = "done"


class Accepted(StrEnum):
    """What became of a question that came in."""

    STORED = "stored"
    KNOWN = "known"  # it was there already
    FOREIGN = "foreign"  # a message in a thread that Padlock is not part of


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A question as it comes in; `key` is the same for every copy of it."""

    key: str
    event_id: str | None
    kind: Kind
    team: str
    channel: str
    thread: str
    ts: str
    person: str
    text: str
    direct: bool
    response_url: str | None
    created_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A question in the hands of one process, until it is done, given back, or taken away."""

    id: int
    lease: int
    key: str
    kind: Kind
    team: str
    channel: str
    thread: str
    ts: str
    person: str
    text: str
    direct: bool
    response_url: str | None
    created_at: float
    state: State
    attempt: int
    conversation: Conversation
    posting: int = -1
    posted: tuple[str, ...] = ()
    answer: str | None = None
    outcome: str | None = None


class Lost(Exception):  # noqa: N818 - nothing has gone wrong with the program; somebody else has the question now
    """A question is no longer this process's to answer."""
