"""What a message asks for, from its words: a diagnosis, or only an answer."""

import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from bot import phrases
from bot.hosts import HOST

# How far a "not" reaches, in words.
_REACH = 4
# A message of more clauses than this is a log; it has said by then what it wants.
_MAX_CLAUSES = 80
# A follow-up is short; a longer message says something of its own.
_MAX_FOLLOW_UP_WORDS = 8

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|[。！？\n]+|(?<=[!?])(?=\S)")
_CLAUSE_END = re.compile(
    r"[,;:，、；：()\[\]\u2013\u2014]+|\s-+\s|\b(?:but|however|although|though|yet|while|whereas|then|aber|jedoch|sondern|pero|sino|mais"
    r"|mas|porem)\b|(?<!不)但是|(?<!不)但|不过|可是|然而|しかし|ですが|けど|하지만|그런데|지만"
)
_WORD = re.compile(r"[\w-]+")
_APOSTROPHE_T = re.compile(r"(?<=n)'(?=t\b)")
_TAKEN_OUT = re.compile(
    rf"\b(?:instead of|rather than|except|ignore|ignoring|forget|skip|statt|ausser|en vez de|au lieu de)\s+(?:for\s+|the\s+)?"
    rf"{HOST}|\b(?:not|nicht|no|nao|pas)\s+{HOST}\s*,?\s*(?:but|sondern|sino|mais|mas|rather)\b|(?:不是|而不是)\s*{HOST}"
)
# "Check this, not that" takes one out; "valid for this, not that" does not.
_NOT_THAT = re.compile(rf"\b(?:not|nicht|no|nao|pas)\s+{HOST}")
_SUBDOMAIN = re.compile(
    r"^(?:(?:and|what about|how about|und|y|et|e|and what about|was ist mit)\s)?(?P<without>(?:without|ohne|sin|sans|sem)\s)?"
    r"(?:on\s|with\s|for\s|the\s|mit\s|con\s|avec\s|com\s)?(?P<label>[a-z0-9][a-z0-9-]{0,62})(?:\s(?:subdomain|version|one|host))?$"
)
_SUBDOMAIN_CJK = re.compile(
    r"^(?:那|那么)?(?P<without>不带|没有|去掉)?(?:带)?(?P<label>[a-z0-9][a-z0-9-]{0,62})\s?(?:呢|は|은요|는요|은|는)$"
)
_PLAIN_WORDS = re.compile(r"[\w\s'?？!,\-]+\.?\s*$")
_SUBDOMAIN


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
class Intent:
    """What the words of a message want; `left_out` are the places of the hosts that are not to be looked at."""

    wants_diagnosis: bool = False
    reports_fault: bool = False
    left_out: frozenset[int] = frozenset()
    follow_up: FollowUp | None = None
    subdomain: str | None = None
    small_talk: SmallTalk | None = None


@dataclass(frozen=True, slots=True)
class _Clause:
    words: tuple[str, ...]
    padded: str  # the clause with a blank at either end and between its words
    hosts: tuple[int, ...]
    # The whole sentence's: it is a question; it asks how something is done; it only supposes.
    question: bool
    instructs: bool
    supposed: bool

    def says(self, some: tuple[str, ...]) -> bool:
        return _says(self.padded, some)


def _says(padded: str, some: tuple[str, ...]) -> bool:
    return any(map(padded.__contains__, _ready(some)))


@cache
def _ready(some: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f" {phrase}" if phrase[0].isascii() else phrase for phrase in some)


def read_intent(rest: str, *, has_hosts: bool) -> Intent:
    """The intent of a message whose hosts have been replaced by `bot.hosts.HOST`."""
    folded = fold(rest)
    words = _words(folded)
    if not has_hosts:
        short = _short_message(words, folded)
        if short is not None:
            return short
    clauses = _clauses(folded)
    fault = _open_fault(clauses)
    refusals = [clause for clause in clauses if _refuses_check(clause)]
    requests = [clause for clause in clauses if _asks_check(clause) and clause not in refusals]
    if not has_hosts:
        about_site = any(clause.says(phrases.SITE_WORDS) for clause in requests)
        return Intent(wants_diagnosis=about_site and not refusals, reports_fault=fault)
    if requests:
        wants = True
    elif refusals:
        wants = False
    else:
        wants = fault or _tells_what_it_does(clauses) or _only_names(words, clauses)
        wants = wants or any(_asks_state(clause) for clause in clauses)
    left_out = _left_out(folded, refusals, requested=bool(requests)) if wants else frozenset()
    return Intent(wants_diagnosis=wants, reports_fault=fault, left_out=left_out)


def fold(text: str) -> str:
    """The text in lower case and without the accents of Latin letters; other scripts keep their marks."""
    text = _APOSTROPHE_T.sub("", text.lower()).replace("'", " ")
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text)
    return "".join(unicodedata.normalize("NFD", char)[0] if "\u00c0" <= char <= "\u024f" else char for char in text)


def _words(folded: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(folded))


def _clauses(folded: str) -> list[_Clause]:
    clauses: list[_Clause] = []
    place = 0
    for sentence in _SENTENCE_END.split(folded)[:_MAX_CLAUSES]:
        if len(clauses) >= _MAX_CLAUSES:
            break
        asks = "?" in sentence or "？" in sentence
        sentence_words = _words(sentence)
        padded = f" {' '.join(sentence_words)} "
        supposed = any(phrase in padded for phrase in phrases.IFS) or (
            asks
            and not phrases.WHY_WORDS.intersection(sentence_words)
            and bool(
                phrases.IF_WORDS.intersection(sentence_words) or phrases.WOULD_WORDS.intersection(sentence_words[:2])
            )
        )
        instructs = _says(padded, phrases.HOWTO_PHRASES + phrases.WISHES) or _asks_whether_it_can_be(sentence_words)
        for part in _CLAUSE_END.split(sentence)[:_MAX_CLAUSES]:
            words = _words(part.replace(HOST, f" {HOST} ").replace(HOST, "host_"))
            count = part.count(HOST)
            if words:
                spaced = " ".join(words)
                clauses.append(
                    _Clause(
                        words,
                        f" {spaced} ".replace("host_", HOST),
                        tuple(range(place, place + count)),
                        question=asks,
                        instructs=instructs,
                        supposed=supposed,
                    )
                )
            place += count
    return clauses


def _open_fault(clauses: list[_Clause]) -> bool:
    """Whether a fault is reported that no later words take back."""
    faulty: set[int] = set()
    is_open = False
    for clause in clauses:
        if is_open is False and clause.says(phrases.SOURCES) and clause.hosts:
            continue
        if _is_mended(clause):
            if not (clause.hosts and faulty and faulty.isdisjoint(clause.hosts)) or not clause.hosts:
                is_open = is_open and bool(clause.hosts) and bool(faulty) and faulty.isdisjoint(clause.hosts)
        elif _is_faulty(clause):
            is_open = True
            faulty.update(clause.hosts)
    return is_open


def _is_faulty(clause: _Clause) -> bool:
    if clause.hosts and any(mark in clause.padded for mark in phrases.ERROR_STRINGS):
        return True
    if clause.supposed or not (_names_fault(clause) or _tells_what_is_seen(clause)):
        return False
    if clause.says(phrases.HOWTO_PHRASES) or _asks_whether_it_can_be(clause.words):
        return clause.says(phrases.MEND_PHRASES) or any(word.startswith(phrases.MEND_STEMS) for word in clause.words)
    return True


def _tells_what_is_seen(clause: _Clause) -> bool:
    if not clause.hosts or clause.question or phrases.GOOD_WORDS.intersection(clause.words):
        return False
    return bool(phrases.SEEN_WORDS.intersection(clause.words))


def _names_fault(clause: _Clause) -> bool:
    clause = _without_phrases(clause, phrases.NO_FAULT_PHRASES)
    words = clause.words
    for index, word in enumerate(words):
        if not _is_fault_word(word):
            continue
        denied = phrases.DENIALS.intersection(words[max(0, index - 3) : index])
        if not denied:
            return True
    if clause.says(phrases.FAULT_PHRASES):
        return True
    if words[:1] in {("not",), ("nicht",)} or (set(words) <= _BARE_DENIAL and set(words) & phrases.NEGATIONS):
        return len(words) > 1 or bool(words)
    return any(_denies_function(words, index) for index, word in enumerate(words) if word in phrases.NEGATIONS)


_BARE_DENIAL = frozenset("it its it s is isnt not still doesnt does that s host_ anymore yet".split())


def _is_fault_word(word: str) -> bool:
    return (
        word in phrases.FAULT_WORDS
        or (word.startswith(phrases.FAULT_STEMS) and word not in phrases.NOT_FAULTS)
        or ("_" in word and any(mark in word for mark in phrases.ERROR_STRINGS))
        or word.endswith(("exception", "error", "errors", "fehler"))
    )


def _denies_function(words: tuple[str, ...], index: int) -> bool:
    reach = words[index + 1 : index + 1 + _REACH]
    if words[index] in phrases.AFTERWARDS:
        reach = (*words[max(0, index - _REACH) : index], *reach)
    broad = phrases.CANNOT_STEMS if words[index] in phrases.CANNOT else ()
    return any(word.startswith((*phrases.FUNCTION_STEMS, *broad)) for word in reach)


def _is_mended(clause: _Clause) -> bool:
    words = clause.words
    if clause.question:
        return False
    denied = phrases.NEGATIONS - {"no", "plus"}
    if clause.says(phrases.MENDED_PHRASES):
        return not denied.intersection(words) or clause.says(("no longer", "not broken", "not down"))
    for index, word in enumerate(words):
        if word in phrases.GOOD_WORDS and phrases.NOW_WORDS.intersection(words[max(0, index - 3) : index + 4]):
            return not denied.intersection(words)
    return False


def _asks_check(clause: _Clause) -> bool:
    words = clause.words
    if clause.says(phrases.CHECK_PHRASES):
        return not clause.says(phrases.HOWTO_PHRASES) or clause.says(("take a look", "have a look"))
    for index, word in enumerate(words):
        if word not in phrases.CHECK_WORDS:
            continue
        before = words[max(0, index - 2) : index]
        wanted = {"you", "to", "please"}.intersection(before)
        if phrases.SELF_WORDS.intersection(before) and not wanted:
            continue
        return not clause.says(phrases.HOWTO_PHRASES)
    return False


def _refuses_check(clause: _Clause) -> bool:
    words = clause.words
    if clause.says(phrases.NO_CHECK_PHRASES):
        return not _names_fault(_without_phrases(clause, phrases.NO_CHECK_PHRASES))
    for index, word in enumerate(words):
        if word in phrases.CHECK_WORDS or word in {"look", "looking", "checking", "testing", "scanning"}:
            denied = {"dont", "not", "never", "neednt", "shouldnt"}.intersection(words[max(0, index - 5) : index])
            if denied or words[max(0, index - 1)] in {"no", "kein", "keine", "sin", "sans", "sem"}:
                return True
            around = words[max(0, index - 3) : index + 4]
            if "nicht" in around and not _names_fault(_without(clause, index)):
                return True
    return False


def _without(clause: _Clause, index: int) -> _Clause:
    words = (*clause.words[:index], *clause.words[index + 1 :])
    return replace(clause, words=words, padded=f" {' '.join(words)} ")


def _without_phrases(clause: _Clause, some: tuple[str, ...]) -> _Clause:
    if not clause.says(some):
        return clause
    padded = clause.padded
    for phrase in _ready(some):
        padded = padded.replace(phrase, " ")
    return replace(clause, words=_words(padded.replace(HOST, "host_")), padded=padded)


def _asks_state(clause: _Clause) -> bool:
    """Whether a question is put that a look at the host answers; a how-to is none, nor a "what if"."""
    if clause.supposed or clause.instructs:
        return clause.says(("what s wrong", "what is wrong")) and bool(clause.hosts)
    if clause.hosts:
        opens = phrases.STATE_OPENERS.intersection(clause.words[:1]) and phrases.STATE_WORDS.intersection(clause.words)
        return clause.question or bool(opens) or clause.says(phrases.STATE_PHRASES)
    about_it = {"it", "that", "this"}.intersection(clause.words) and phrases.STATE_WORDS.intersection(clause.words)
    return clause.question and bool(about_it) and clause.words[0] in phrases.STATE_OPENERS


def _asks_whether_it_can_be(words: tuple[str, ...]) -> bool:
    """Whether a question is of the kind "can HTTP be denied?"."""
    return words[:1] in {("can",), ("could",), ("may",), ("must",), ("should",)} and "be" in words[1:5]


def _tells_what_it_does(clauses: list[_Clause]) -> bool:
    """Whether a clause says what a host does, in whatever words ("a.example sends me to the login")."""
    if any(clause.instructs or _is_mended(clause) for clause in clauses):
        return False
    return any(
        clause.padded.startswith(f" {HOST} ")
        and len(clause.words) > 2
        and clause.words[1].isascii()
        and clause.words[1] not in phrases.IDENTIFYING_WORDS | {"host_"}
        and not (clause.supposed or phrases.GOOD_WORDS.intersection(clause.words))
        and not any(phrase in clause.padded for phrase in phrases.NO_FAULT_PHRASES)
        for clause in clauses
    )


def _only_names(words: tuple[str, ...], clauses: list[_Clause]) -> bool:
    """Whether a message does nothing but name hosts, at most under a heading ("Affected: …")."""
    said = [word for word in words if word not in phrases.FILLERS and not word.isdigit()]
    if not said:
        return True
    heading = len(said) == 1 and said[0].isascii() and said[0] not in phrases.TELLING_WORDS
    return heading and not any(clause.instructs or _is_mended(clause) for clause in clauses)


def _left_out(folded: str, refusals: list[_Clause], *, requested: bool) -> frozenset[int]:
    places = {place for clause in refusals for place in clause.hosts}
    for pattern in (_TAKEN_OUT, _NOT_THAT) if requested else (_TAKEN_OUT,):
        places.update(folded.count(HOST, 0, found.end()) - 1 for found in pattern.finditer(folded))
    return frozenset(places)


def _short_message(words: tuple[str, ...], folded: str) -> Intent | None:
    """What a message of a few words and no host is, or None where it is an ordinary one."""
    if not words or len(words) > _MAX_FOLLOW_UP_WORDS:
        return None
    core = tuple(
        word for word in words if word not in {"please", "pls", "plz", "bitte", "s", "ok", "okay", "hey", "hi"}
    )
    said = " ".join(core)
    if said in phrases.AGAIN:
        return Intent(wants_diagnosis=True, follow_up=FollowUp.CHECK_AGAIN)
    if said in phrases.WHY:
        return Intent(follow_up=FollowUp.WHY)
    if said in phrases.MEND:
        return Intent(follow_up=FollowUp.MEND)
    if said in phrases.HELP_PHRASES:
        return Intent(small_talk=SmallTalk.HELP)
    for kind, some in (
        (SmallTalk.THANKS, phrases.THANKS),
        (SmallTalk.FAREWELL, phrases.FAREWELLS),
        (SmallTalk.GREETING, phrases.GREETINGS),
    ):
        if some.intersection(words) and set(words) <= some | phrases.CHATTER | phrases.GREETINGS:
            return Intent(small_talk=kind)
    return _subdomain(said, folded)


def _subdomain(said: str, folded: str) -> Intent | None:
    if not _PLAIN_WORDS.match(folded):
        return None
    asked = "?" in folded or "？" in folded or said.startswith(("and ", "what about ", "how about "))
    found = (_SUBDOMAIN.match(said) if asked and " " in said else None) or _SUBDOMAIN_CJK.match(said)
    if found is None:
        return None
    if found["without"]:
        return Intent(wants_diagnosis=True, follow_up=FollowUp.WITHOUT_WWW) if found["label"] == "www" else None
    return Intent(wants_diagnosis=True, follow_up=FollowUp.SUBDOMAIN, subdomain=found["label"])
