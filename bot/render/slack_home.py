"""Padlock's Home tab: what it can do, what one has asked it, and questions to press."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Protocol

from bot.markup import read_markup
from bot.render.rich_text import Json, Part, block, bold, divider, listing, plain, sections, small_print
from bot.render.slack_buttons import examples
from bot.render.stored_report import title
from diagnostics.plain_text import neutralise

# Questions to press, one for each thing that Padlock does.
EXAMPLES = (
    "Does HTTPS work on example.com?",
    "What does NET::ERR_CERT_DATE_INVALID mean?",
    "How do I force HTTPS?",
    "What is an intermediate certificate?",
)
RECENT_MOST = 10
TEXT_LONGEST = 150
_CAN = (
    "Look at a host: name it, and I say what is wrong, how I know, and what to do.",
    "Explain an error message, as your browser shows it.",
    "Answer questions about HTTPS and certificates.",
    "Examine a certificate file (.pem or .crt) that you send me here. Never send a private key.",
)
_WHERE = "Write to me in Messages, mention me in a channel, or use “Diagnose this message” on anybody's message."
_PRIVACY = "Only you see this list. The people who run this Padlock set how long questions are kept."


class RecentLike(Protocol):
    """What the list needs of a question that was asked; times are seconds of the epoch.

    `cause` is that of the host that is worst off, of `hosts` that were looked at.
    """

    @property
    def text(self) -> str: ...

    @property
    def outcome(self) -> str | None: ...

    @property
    def cause(self) -> str | None: ...

    @property
    def hosts(self) -> int: ...

    @property
    def asked_at(self) -> float: ...


def home(recent: Sequence[RecentLike], *, now: datetime) -> Json:
    """The view for `views.publish`: `recent` are the person's own questions, the last one first."""
    return {"type": "home", "blocks": list(_blocks(recent, now))}


def example(number: int) -> str | None:
    """The question on an example's button; None where there is no such one any more."""
    return EXAMPLES[number] if 0 <= number < len(EXAMPLES) else None


def _blocks(recent: Sequence[RecentLike], now: datetime) -> Iterator[Json]:
    yield _header("Why does HTTPS not work?")
    yield from block([*sections([plain("I can:")]), *listing([[plain(one)] for one in _CAN], ordered=False)])
    yield from block(sections([plain(_WHERE)]))
    yield _header("Try one of these")
    yield small_print("Pressing one asks it in your messages with me.")
    yield from examples(EXAMPLES)
    yield divider()
    yield _header("Your recent questions")
    if recent:
        yield from block(listing([list(_recent(one, now)) for one in recent[:RECENT_MOST]], ordered=False))
    else:
        yield from block(sections([plain("None yet. What you ask me stands here, with what came of it.")]))
    yield small_print(_PRIVACY)


def _recent(one: RecentLike, now: datetime) -> Iterator[Part]:
    text = neutralise(read_markup(one.text).text, limit=TEXT_LONGEST) or "(nothing)"
    yield bold(text)
    yield plain(f" – {_outcome(one)}, {_when(one.asked_at, now)}")


def _header(text: str) -> Json:
    return {"type": "header", "text": {"type": "plain_text", "text": text, "emoji": False}}


_OUTCOMES = {
    "faq": "answered",
    "diagnosis": "looked at",
    "both": "looked at",
    "unsure": "not sure what was meant",
    "none": "no answer known",
    "smalltalk": "answered",
    "limited": "held back by a limit",
    "failed": "failed",
}


def _outcome(one: RecentLike) -> str:
    if one.cause:
        told = neutralise(title(one.cause), limit=TEXT_LONGEST)
        return told if one.hosts < 2 else f"{one.hosts} hosts, at least one of them: {told}"
    if one.outcome in ("diagnosis", "both"):
        return "works" if one.hosts < 2 else f"{one.hosts} hosts, which work"
    return _OUTCOMES.get(one.outcome or "", "being answered" if not one.outcome else "answered")


def _when(asked_at: float, now: datetime) -> str:
    try:
        then = datetime.fromtimestamp(asked_at, UTC)
    except (OverflowError, OSError, ValueError):
        return "some time ago"
    return f"today {then:%H:%M} UTC" if then.date() == now.astimezone(UTC).date() else f"{then:%Y-%m-%d %H:%M} UTC"
