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
    PRESS = "press"  # of a button, a shortcut or an example; `text` is JSON
    NOTE = "note"  # said by Padlock of its own accord; it comes with its answer


ASKED = (Kind.MESSAGE, Kind.FOLLOW_UP, Kind.COMMAND)
"""What a person has said in words of their own."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What an answer was made of, for the buttons below it.

    `reports`, `details` and `messages` are JSON lists: the reports as `padlock check --json` prints them, and messages
    as they are shown. `public` is whether every host in it is. `cause` is that of the host that is worst off.
    """

    public: bool
    targets: tuple[str, ...] = ()
    reports: str = "[]"
    details: str = "[]"
    messages: str = "[]"
    article: str | None = None
    candidates: tuple[str, ...] = ()
    cause: str | None = None
    looked_at: float  # seconds since 1970


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept(Answered):
    """An answer with its question, for as long as the question is kept.

    `thread` and `posted` are empty where the answer went to the asker alone.
    """

    question: int
    team: str
    channel: str
    thread: str
    person: str
    text: str
    direct: bool
    posted: tuple[str, ...]
    response_url: str | None  # only until the answer is delivered


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """A question that was handed over to people; `channel` and `ts` are its message's, once that stands."""

    question: int
    channel: str | None
    ts: str | None
    handed_by: str
    handed_at: float
    taken_by: str | None
    taken_at: float | None
    solved_by: str | None
    solved_at: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """One of a person's last questions; `outcome` is None while it has no answer, `hosts` how many were looked at."""

    text: str
    outcome: str | None
    cause: str | None
    hosts: int = 0
    asked_at: float
    channel: str
    ts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A question that the knowledge did not serve well, and what people made of its answer; nobody is named."""

    text: str
    outcome: str
    article: str | None
    candidates: tuple[str, ...]
    chosen: tuple[str, ...]  # entries that people took for what they had meant
    helpful: int
    unhelpful: int
    asked_at: float


class Lost(Exception):  # noqa: N818 - nothing has gone wrong with the program; somebody else has the question now
    """A question is no longer this process's to answer."""
