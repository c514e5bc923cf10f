"""What a message wants, from its words: a look at the hosts it names, or only an answer."""

from dataclasses import dataclass

from bot.clauses import HOST_WORD, Clause, clauses_of, fold, words_of
from bot.exclusions import left_out, refuses_check
from bot.faults import has_open_fault, is_mended, succeeds
from bot.lexicon import HOST, phrases
from bot.mentions import is_command, only_mentions
from bot.short_message import FollowUp as FollowUp
from bot.short_message import ShortMessage, read_short_message
from bot.short_message import SmallTalk as SmallTalk


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What the words of a message want.

    `left_out` are the places of the hosts that are not to be looked at; `good_news` is whether it says that all is
    well.
    """

    wants_diagnosis: bool = False
    reports_fault: bool = False
    good_news: bool = False
    left_out: frozenset[int] = frozenset()
    short: ShortMessage | None = None


def read_intent(rest: str, *, has_hosts: bool) -> Intent:
    """The intent of a message whose hosts have been replaced by `bot.lexicon.HOST`.

    The order is that of what is said most plainly: a check asked for, a check forbidden, a fault that is not taken
    back, a question about a host, a host and nothing else. What names a host in other words is taken for a report
    too, unless it only mentions it: people who come here with a host mostly come with a fault.
    """
    folded = fold(rest)
    if not has_hosts:
        short = read_short_message(folded)
        if short is not None:
            return Intent(wants_diagnosis=short.asks_check, short=short)
    clauses = clauses_of(folded)
    fault = has_open_fault(clauses)
    refusals = [clause for clause in clauses if refuses_check(clause)]
    requests = [clause for clause in clauses if _asks_check(clause) and clause not in refusals]
    if not has_hosts:
        asked = any(clause.says("site") for clause in requests)
        return Intent(wants_diagnosis=asked and not refusals, reports_fault=fault)
    outside = left_out(folded, clauses=clauses, refusals=refusals, requested=bool(requests))
    if len(outside) == folded.count(HOST):  # "skip a.example": there is nothing else to look at
        return Intent(reports_fault=fault, left_out=outside)
    wants = bool(requests) or (
        bool(outside or not refusals)  # "don't check a.example, b.example is the one that is down"
        and (
            fault
            or any(_asks_state(clause) for clause in clauses)
            or _only_names(words_of(folded), clauses=clauses)
            or not only_mentions(clauses)
        )
    )
    good = not (wants or fault) and any(is_mended(clause) or succeeds(clause) for clause in clauses)
    return Intent(wants_diagnosis=wants, reports_fault=fault, good_news=good, left_out=outside)


def _asks_check(clause: Clause) -> bool:
    if is_command(clause) or clause.has("reading"):
        return False
    clause = clause.without_phrases("no_request")
    words, kinds = clause.words, phrases().words
    if clause.says("check"):
        return not clause.says("howto") or clause.says("check_surely")
    for index, word in enumerate(words):
        before = set(words[max(0, index - 2) : index])
        # "I checked it" and "we will check" ask for nothing, "I want you to check" does.
        if word in kinds["check"] and (kinds["self"].isdisjoint(before) or before & {"you", "to", "please"}):
            return not clause.says("howto") or clause.says("check_surely")
    return False


def _asks_state(clause: Clause) -> bool:
    """Whether a question is put that a look at the host answers; a how-to is none, nor a "what if"."""
    if clause.supposes or clause.instructs:
        return bool(clause.hosts) and clause.says("what_is_wrong")
    opens = clause.words[0] in phrases().words["state_opener"] and clause.has("state")
    if clause.hosts:
        return clause.question or opens or clause.says("state")
    return clause.question and opens and not {"it", "that", "this"}.isdisjoint(clause.words)


def _only_names(words: tuple[str, ...], *, clauses: list[Clause]) -> bool:
    """Whether a message does nothing but name hosts, at most under a heading ("Affected: …")."""
    kinds = phrases().words
    said = [word for word in words if word not in kinds["filler"] and word != HOST_WORD and not word.isdigit()]
    if not said:
        return not any(map(is_mended, clauses))
    heading = len(said) == 1 and said[0].isascii() and said[0] not in kinds["telling"] | kinds["success"]
    return heading and not any(clause.instructs or clause.has("thanks") or is_mended(clause) for clause in clauses)
