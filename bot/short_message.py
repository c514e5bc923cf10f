"""What a message of a few words and no host is: small talk, or a follow-up to what was said before."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.clauses import words_of
from bot.lexicon import phrases

# A follow-up is short; a longer message says something of its own.
_MAX_WORDS = 8

# Compiled where they are needed, which is seldom, and takes milliseconds.
_SUBDOMAIN = (
    r"(?:(?:and|what about|how about|and what about|und|y|et|e|was ist mit)\s)?"
    r"(?P<without>(?:without|ohne|sin|sans|sem)\s)?(?:(?:on|with|for|the|mit|con|avec|com)\s)?"
    r"(?P<label>[a-z0-9][a-z0-9-]{0,62})(?:\s(?P<noun>subdomain|version|one|host))?"
)
_SUBDOMAIN_CJK = (
    r"(?:那|那么)?(?P<without>不带|没有|去掉)?(?:带)?(?P<label>[a-z0-9][a-z0-9-]{0,62})"
    r"(?P<noun>\s?子域名)?\s?(?:呢|は|은요|는요|은|는)"
)
_PLAIN = re.compile(r"[\w\s'?？!,\-]+\.?\s*")


class FollowUp(StrEnum):
    """What a message without a host of its own asks about the hosts before it."""

    CHECK_AGAIN = "check_again"
    WHY = "why"
    MEND = "mend"
    SUBDOMAIN = "subdomain"
    WITHOUT_WWW = "without_www"


class SmallTalk(StrEnum):
    """What a message is that asks for nothing."""

    GREETING = "greeting"
    THANKS = "thanks"
    FAREWELL = "farewell"
    HELP = "help"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortMessage:
    """One of the two, and the subdomain of "and www?"."""

    follow_up: FollowUp | None = None
    subdomain: str | None = None
    small_talk: SmallTalk | None = None

    @property
    def asks_check(self) -> bool:
        """Whether it asks to look at a host."""
        return self.follow_up in {FollowUp.CHECK_AGAIN, FollowUp.SUBDOMAIN, FollowUp.WITHOUT_WWW}


def read_short_message(folded: str) -> ShortMessage | None:
    """What a folded message without a host is, or None where it is an ordinary one."""
    words = words_of(folded)
    if not words or len(words) > _MAX_WORDS:
        return None
    lexicon = phrases()
    said = " ".join(word for word in words if word not in lexicon.words["polite"])
    for follow_up, kind in (
        (FollowUp.CHECK_AGAIN, "again"),
        (FollowUp.WHY, "why"),
        (FollowUp.MEND, "mend"),
    ):
        if said in lexicon.sayings[kind]:
            return ShortMessage(follow_up=follow_up)
    if said in lexicon.sayings["help"]:
        return ShortMessage(small_talk=SmallTalk.HELP)
    beside = lexicon.words["chatter"] | lexicon.words["greeting"]
    for small_talk in (SmallTalk.THANKS, SmallTalk.FAREWELL, SmallTalk.GREETING):
        some = lexicon.words[small_talk.value]
        if not some.isdisjoint(words) and some | beside >= set(words):
            return ShortMessage(small_talk=small_talk)
    return _subdomain(said, folded)


def _subdomain(said: str, folded: str) -> ShortMessage | None:
    asks = "?" in folded or "？" in folded or said.startswith(("and ", "what about ", "how about "))
    if not _PLAIN.fullmatch(folded):
        return None
    found = (re.fullmatch(_SUBDOMAIN, said) if asks and " " in said else None) or re.fullmatch(_SUBDOMAIN_CJK, said)
    # "what about prices?" has the same form
    if found is None or not (found["label"] in phrases().words["subdomain"] or found["noun"]):
        return None
    if found["without"]:
        return ShortMessage(follow_up=FollowUp.WITHOUT_WWW) if found["label"] == "www" else None
    return ShortMessage(follow_up=FollowUp.SUBDOMAIN, subdomain=found["label"])
