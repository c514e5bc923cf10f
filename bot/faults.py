"""Tells whether the words of a message report a fault, and whether later ones take it back."""

import re

from bot.clauses import Clause, asks_whether_it_can_be
from bot.lexicon import phrases

# How far a "not" reaches to what is denied, and to a fault, in words.
_REACH = 4
_REACH_TO_FAULT = 3
# How far from "works" its "again" may stand, either way.
_REACH_TO_NOW = 4
# How far behind "we" its verb stands: "we have just moved", "we only recently moved".
_REACH_TO_DEED = 4

# What a server or a CDN answers when it is in trouble, also as "525s".
_STATUS = re.compile(r"(?:421|423|49[56]|5[0-6]\d)s?")


def has_open_fault(clauses: list[Clause]) -> bool:
    """Whether a fault is reported that no later words take back."""
    is_open = is_past = is_settled = False
    faulty: set[int] = set()
    for clause in clauses:
        if clause.says("source") and not is_open:
            continue
        if is_mended(clause):
            of_another_host = bool(clause.hosts and faulty) and faulty.isdisjoint(clause.hosts)
            is_open = is_open and of_another_host
            is_settled = not is_open
        elif _is_faulty(clause):
            past = clause.says("past")
            if past and is_settled:  # "Solved: a.example had the wrong certificate"
                continue
            is_open, is_past = True, past
            faulty.update(clause.hosts)
        elif is_open and is_past and not clause.says("past") and (succeeds(clause) or tells_of_a_deed(clause)):
            is_open = False
    return is_open


def succeeds(clause: Clause) -> bool:
    """Whether a clause says that something is as it should be, be it mended or not."""
    words, kinds = clause.words, phrases().words
    if clause.question or not (kinds["negation"] - {"no"} | kinds["hedge"]).isdisjoint(words):
        return False
    is_good = clause.has("success") or (len(words) > 1 and words[-1] in kinds["good"])
    return is_good and not names_fault(clause)


def tells_of_a_deed(clause: Clause) -> bool:
    """Whether a clause tells what somebody has done or does with a host ("we moved it")."""
    words, kinds = clause.words, phrases().words
    if words[0] in kinds["deed_opener"] or not kinds["deed_of_ours"].isdisjoint(words):
        return True
    return any(
        word in kinds["we"] and not kinds["deed"].isdisjoint(words[index + 1 : index + 1 + _REACH_TO_DEED])
        for index, word in enumerate(words)
    )


def denies_fault(clause: Clause) -> bool:
    """Whether a clause says that there is no fault ("no errors on a.example")."""
    return not clause.question and any(map(_is_fault_word, clause.words)) and not names_fault(clause)


def _is_faulty(clause: Clause) -> bool:
    lexicon = phrases()
    # With a host beside an error string, even "what does it mean" is asked about that host.
    if clause.hosts and any(map(clause.padded.__contains__, lexicon.stems["error_string"])):
        return True
    if clause.supposes or clause.says("planned_outage") or not (names_fault(clause) or _tells_what_is_seen(clause)):
        return False
    if (clause.says("howto") and not clause.has("why")) or asks_whether_it_can_be(clause.words):
        return clause.says("mend") or any(word.startswith(lexicon.stems["mend"]) for word in clause.words)
    return True


def _tells_what_is_seen(clause: Clause) -> bool:
    told = bool(clause.hosts) and not clause.question and clause.has("seen")
    return told and not clause.has("good") and not clause.says("plan")


def names_fault(clause: Clause) -> bool:
    """Whether a clause has the words of a fault, be it there or only thought of."""
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
        or ("_" in word and not lexicon.words["fault"].isdisjoint(word.split("_")))
        or word.endswith(("exception", "error", "errors", "fehler"))
        or _STATUS.fullmatch(word) is not None
    )


def _denies_function(words: tuple[str, ...], index: int) -> bool:
    lexicon = phrases()
    reach = words[index + 1 : index + 1 + _REACH]
    if words[index] in lexicon.words["negation_after"]:
        reach = (*words[max(0, index - _REACH) : index], *reach)
    errands = lexicon.stems["errand"] if words[index] in lexicon.words["cannot"] else ()
    return any(word.startswith(lexicon.stems["function"] + errands) for word in reach)


def is_mended(clause: Clause) -> bool:
    """Whether a clause says that a fault is no more."""
    words, kinds = clause.words, phrases().words
    if clause.question:
        return False
    if clause.says("no_longer"):
        return True
    if clause.says("gone"):
        return any(map(_is_fault_word, words))
    if not (kinds["negation"] - {"no"}).isdisjoint(words):
        return False
    functions = phrases().stems["function"] if clause.has("able") else ()
    return clause.says("mended") or any(
        (word in kinds["good"] or word.startswith(functions))
        and not kinds["now"].isdisjoint(words[max(0, index - _REACH_TO_NOW) : index + 1 + _REACH_TO_NOW])
        for index, word in enumerate(words)
    )
