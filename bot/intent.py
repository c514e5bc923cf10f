"""What a message wants, from its words: a look at the hosts it names, or only an answer."""

import re
from dataclasses import dataclass

from bot.clauses import HOST_WORD, Clause, asks_whether_it_can_be, clauses_of, fold, words_of
from bot.lexicon import HOST, phrases
from bot.short_message import FollowUp as FollowUp
from bot.short_message import ShortMessage, read_short_message
from bot.short_message import SmallTalk as SmallTalk

# How far a "not" reaches to what is denied, and to a fault, in words.
_REACH = 4
_REACH_TO_FAULT = 3

_TAKEN_OUT = re.compile(
    rf"\b(?:instead of|rather than|except|ignore|ignoring|forget|skip|statt|ausser|en vez de|au lieu de)\s+"
    rf"(?:for\s+|the\s+)?{HOST}|\b(?:not|nicht|no|nao|pas)\s+{HOST}\s*,?\s*(?:but|sondern|sino|mais|mas|rather)\b"
    rf"|(?:不是|而不是)\s*{HOST}"
)
# "Check this, not that" takes one out; "valid for this, not that" does not.
_NOT_THAT = re.compile(rf"\b(?:not|nicht|no|nao|pas)\s+{HOST}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What the words of a message want; `left_out` are the places of the hosts that are not to be looked at."""

    wants_diagnosis: bool = False
    reports_fault: bool = False
    left_out: frozenset[int] = frozenset()
    short: ShortMessage | None = None


def read_intent(rest: str, *, has_hosts: bool) -> Intent:
    """The intent of a message whose hosts have been replaced by `bot.lexicon.HOST`.

    The order is that of what is said most plainly: a check asked for, a check forbidden, a fault that is not taken
    back, a question about a host, a host and nothing else.
    """
    folded = fold(rest)
    if not has_hosts:
        short = read_short_message(folded)
        if short is not None:
            return Intent(wants_diagnosis=short.asks_check, short=short)
    clauses = clauses_of(folded)
    fault = _has_open_fault(clauses)
    refusals = [clause for clause in clauses if _refuses_check(clause)]
    requests = [clause for clause in clauses if _asks_check(clause) and clause not in refusals]
    if not has_hosts:
        asked = any(clause.says("site") for clause in requests)
        return Intent(wants_diagnosis=asked and not refusals, reports_fault=fault)
    wants = bool(requests) or (
        not refusals
        and (
            fault
            or any(_asks_state(clause) for clause in clauses)
            or _tells_what_it_does(clauses)
            or _only_names(words_of(folded), clauses=clauses)
        )
    )
    left_out = _left_out(folded, refusals=refusals, requested=bool(requests)) if wants else frozenset()
    if len(left_out) == folded.count(HOST):  # "skip a.example": there is nothing else to look at
        return Intent(reports_fault=fault)
    return Intent(wants_diagnosis=wants, reports_fault=fault, left_out=left_out)


def _has_open_fault(clauses: list[Clause]) -> bool:
    """Whether a fault is reported that no later words take back."""
    is_open = False
    faulty: set[int] = set()
    for clause in clauses:
        if clause.hosts and clause.says("source") and not is_open:
            continue
        if _is_mended(clause):
            of_another_host = bool(clause.hosts and faulty) and faulty.isdisjoint(clause.hosts)
            is_open = is_open and of_another_host
        elif _is_faulty(clause):
            is_open = True
            faulty.update(clause.hosts)
    return is_open


def _is_faulty(clause: Clause) -> bool:
    lexicon = phrases()
    # With a host beside an error string, even "what does it mean" is asked about that host.
    if clause.hosts and any(map(clause.padded.__contains__, lexicon.stems["error_string"])):
        return True
    if clause.supposes or not (_names_fault(clause) or _tells_what_is_seen(clause)):
        return False
    if clause.says("howto") or asks_whether_it_can_be(clause.words):
        return clause.says("mend") or any(word.startswith(lexicon.stems["mend"]) for word in clause.words)
    return True


def _tells_what_is_seen(clause: Clause) -> bool:
    return bool(clause.hosts) and not clause.question and clause.has("seen") and not clause.has("good")


def _names_fault(clause: Clause) -> bool:
    clause = clause.without_phrases("no_fault")
    words, kinds = clause.words, phrases().words
    for index, word in enumerate(words):
        before = words[max(0, index - _REACH_TO_FAULT) : index]
        if _is_fault_word(word) and kinds["denial"].isdisjoint(before):
            return True
    if clause.says("fault", "gone") or words[:1] in {("not",), ("nicht",)}:
        return True
    if len(words) > 1 and words[-1] in kinds["negation"] - kinds["negation_after"]:  # "… but my colleague can't"
        return True
    if kinds["bare_denial"].issuperset(words) and clause.has("negation"):  # "… but it isn't"
        return True
    return any(_denies_function(words, index) for index, word in enumerate(words) if word in kinds["negation"])


def _is_fault_word(word: str) -> bool:
    lexicon = phrases()
    return (
        word in lexicon.words["fault"]
        or (word.startswith(lexicon.stems["fault"]) and word not in lexicon.words["no_fault"])
        or ("_" in word and any(map(word.__contains__, lexicon.stems["error_string"])))
        or word.endswith(("exception", "error", "errors", "fehler"))
    )


def _denies_function(words: tuple[str, ...], index: int) -> bool:
    lexicon = phrases()
    reach = words[index + 1 : index + 1 + _REACH]
    if words[index] in lexicon.words["negation_after"]:
        reach = (*words[max(0, index - _REACH) : index], *reach)
    errands = lexicon.stems["errand"] if words[index] in lexicon.words["cannot"] else ()
    return any(word.startswith(lexicon.stems["function"] + errands) for word in reach)


def _is_mended(clause: Clause) -> bool:
    words, kinds = clause.words, phrases().words
    if clause.question:
        return False
    if clause.says("no_longer"):
        return True
    if clause.says("gone"):
        return any(map(_is_fault_word, words))
    if not (kinds["negation"] - {"no"}).isdisjoint(words):
        return False
    return clause.says("mended") or any(
        word in kinds["good"] and not kinds["now"].isdisjoint(words[max(0, index - 3) : index + 4])
        for index, word in enumerate(words)
    )


def _asks_check(clause: Clause) -> bool:
    words, kinds = clause.words, phrases().words
    if clause.says("check"):
        return not clause.says("howto") or clause.says("check_surely")
    for index, word in enumerate(words):
        before = set(words[max(0, index - 2) : index])
        # "I checked it" and "we will check" ask for nothing, "I want you to check" does.
        if word in kinds["check"] and (kinds["self"].isdisjoint(before) or before & {"you", "to", "please"}):
            return not clause.says("howto")
    return False


def _refuses_check(clause: Clause) -> bool:
    words, kinds = clause.words, phrases().words
    if clause.says("no_check"):
        return not _names_fault(clause.without_phrases("no_check"))
    for index, word in enumerate(words):
        if word not in kinds["check"] | kinds["checking"]:
            continue
        if not kinds["check_denial"].isdisjoint(words[max(0, index - 5) : index]):
            return True
        if index and words[index - 1] in kinds["no"]:
            return True
        if "nicht" in words[max(0, index - 3) : index + 4] and not _names_fault(clause.without_word(index)):
            return True
    return False


def _asks_state(clause: Clause) -> bool:
    """Whether a question is put that a look at the host answers; a how-to is none, nor a "what if"."""
    if clause.supposes or clause.instructs:
        return bool(clause.hosts) and clause.says("what_is_wrong")
    opens = clause.words[0] in phrases().words["state_opener"] and clause.has("state")
    if clause.hosts:
        return clause.question or opens or clause.says("state")
    return clause.question and opens and not {"it", "that", "this"}.isdisjoint(clause.words)


def _tells_what_it_does(clauses: list[Clause]) -> bool:
    """Whether a clause says what a host does, in whatever words ("a.example sends me to the login")."""
    if any(clause.instructs or _is_mended(clause) for clause in clauses):
        return False
    return any(
        clause.words[0] == HOST_WORD
        and len(clause.words) > 2
        and clause.words[1].isascii()
        and clause.words[1] not in phrases().words["identifying"]
        and not (clause.supposes or clause.has("good") or clause.says("no_fault"))
        for clause in clauses
    )


def _only_names(words: tuple[str, ...], *, clauses: list[Clause]) -> bool:
    """Whether a message does nothing but name hosts, at most under a heading ("Affected: …")."""
    kinds = phrases().words
    said = [word for word in words if word not in kinds["filler"] and word != HOST_WORD and not word.isdigit()]
    if not said:
        return True
    heading = len(said) == 1 and said[0].isascii() and said[0] not in kinds["telling"]
    return heading and not any(clause.instructs or clause.has("thanks") or _is_mended(clause) for clause in clauses)


def _left_out(folded: str, *, refusals: list[Clause], requested: bool) -> frozenset[int]:
    places = {place for clause in refusals for place in clause.hosts}
    for pattern in (_TAKEN_OUT, _NOT_THAT) if requested else (_TAKEN_OUT,):
        places.update(folded.count(HOST, 0, found.end()) - 1 for found in pattern.finditer(folded))
    return frozenset(places)
