"""START HERE: a message in, the Question out: what it asks, and which hosts it names."""

from dataclasses import dataclass

from bot.hosts import Conflict, MentionedHost, find_hosts
from bot.intent import read_intent
from bot.markup import read_markup
from bot.short_message import FollowUp, ShortMessage, SmallTalk

# More hosts than this in one message are a list, which `padlock check --file` takes.
MAX_TARGETS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A message as it was meant.

    `text` is what was asked, without markup, mentions and credentials; empty where nothing was. `targets` are the
    hosts it names, each once, in their order, without those it asks to leave alone ("don't check a.example", "not
    a.example but b.example").
    `wants_diagnosis` is true where a fault of a named host is reported or a check is asked for, be the host named or
    not ("check my site"); a fault without a host has `reports_fault` alone, for there is nothing yet to look at.
    `good_news` is whether it tells that a host works, `left_alone` whether it names hosts and none is to be looked at.
    `follow_up` is what a message without a host asks about the hosts before it, `subdomain` the one it names ("and
    www?").
    """

    text: str
    targets: tuple[MentionedHost, ...] = ()
    wants_diagnosis: bool = False
    reports_fault: bool = False
    good_news: bool = False
    left_alone: bool = False
    conflicts: tuple[Conflict, ...] = ()
    follow_up: FollowUp | None = None
    subdomain: str | None = None
    small_talk: SmallTalk | None = None
    exposed_key: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing was asked."""
        return not any(char.isalnum() for char in self.text) and not self.targets


def understand(text: str) -> Question:
    """What a message asks, as it comes from Slack or a terminal; any text will do."""
    plain = read_markup(text)
    found = find_hosts(plain.scan, links=plain.links)
    intent = read_intent(found.rest, has_hosts=bool(found.mentions))
    kept: dict[tuple[str, int], MentionedHost] = {}
    for place, mention in enumerate(found.mentions):
        if place not in intent.left_out:
            kept.setdefault((mention.host, mention.port), mention)
    short = intent.short or ShortMessage()
    return Question(
        text=plain.text,
        targets=tuple(kept.values())[:MAX_TARGETS],
        wants_diagnosis=intent.wants_diagnosis,
        reports_fault=intent.reports_fault,
        good_news=intent.good_news,
        left_alone=bool(found.mentions) and not kept,
        conflicts=found.conflicts,
        follow_up=short.follow_up,
        subdomain=short.subdomain,
        small_talk=short.small_talk,
        exposed_key=plain.exposed_key,
    )
