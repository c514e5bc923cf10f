"""Tells the hosts that a message asks to be left alone from those it asks about."""

import re

from bot.clauses import HOST_WORD, Clause
from bot.faults import names_fault
from bot.lexicon import HOST, phrases

# How far a "don't" reaches to the check it forbids, in words.
_REACH = 5

_TAKEN_OUT = re.compile(
    rf"\b(?:anything but|instead of|rather than|ignor\w{{0,5}}|forget(?: about)?|skip\w{{0,4}}|exclud\w{{1,3}}"
    rf"|omit\w{{0,4}}|leave out|statt|uberspring\w{{0,3}}|vergiss|vergesst|en vez de|omite|olvida|au lieu de"
    rf"|oublie[rz]?|esquec\w{{1,3}})\s+(?:for\s+|the\s+|a\s+|o\s+)?{HOST}"
    rf"|leave\s+{HOST}\s+out\b|^\W*not\s+{HOST}\s*,"
    rf"|\bno\s+{HOST}\s*,?\s*sino\b|\b(?:not|nicht|nao|pas|niet|nie|inte|не)\s+{HOST}\s*,?\s*"
    rf"(?:but|i mean\w?|sondern|sino|mais|mas|rather|maar|ma|men|ale|а)\b"
    rf"|(?:不是|而不是|忽略|跳过|排除|别管|别动|不要动|不要碰|别碰)\s*{HOST}|除了\s*{HOST}"
    rf"|{HOST}\s*(?:以外|を除いて|をスキップ|は?を?無視|(?:은|는|을|를)?\s*(?:제외|빼고|말고|무시))"
)
# "Check this, not that" takes one out; "valid for this, not that" does not. In Portuguese, "no" is "on".
_NOT_THAT = re.compile(
    rf"(?:(?<=, )|(?<=y ))no {HOST}"
    rf"|\b(?:not|nicht|nao|pas|niet|nie|inte|except|but not|apart from|aside from|other than|besides|ausser|ohne|sauf"
    rf"|salvo|excepto|exceto|tranne|behalve)\s+(?:for\s+|the\s+)?{HOST}"
)


def refuses_check(clause: Clause) -> bool:
    """Whether a clause forbids a check, or asks to leave a host alone."""
    words, kinds = clause.words, phrases().words
    if clause.says("no_check"):
        return not names_fault(clause.without_phrases("no_check"))
    if clause.hosts and clause.has("leave") and clause.has("alone"):
        return True
    forbidden = kinds["check"] | kinds["checking"]
    for index, word in enumerate(words):
        before = words[max(0, index - _REACH) : index]
        denied = not (kinds["check_denial"] | kinds["no"] | {"nicht"}).isdisjoint(before)
        if word in kinds["touch"] and denied and kinds["self"].isdisjoint(before):
            return True
        if word not in forbidden:
            continue
        if not kinds["check_denial"].isdisjoint(before):
            return True
        if index and words[index - 1] in kinds["no"]:
            return True
        if "nicht" in words[max(0, index - 3) : index + 4] and not names_fault(clause.without_word(index)):
            return True
    return False


def left_out(folded: str, *, clauses: list[Clause], refusals: list[Clause], requested: bool) -> frozenset[int]:
    """The places of the hosts that a message takes out: "don't check this", "not this but that", "skip this"."""
    places = {place for clause in refusals for place in clause.hosts}
    listing = False  # "don't check these: a.example, b.example"
    for clause in clauses:
        if clause in refusals:
            listing = not clause.hosts
        elif listing and {HOST_WORD, "and", "und", "y", "et", "e"}.issuperset(clause.words):
            places.update(clause.hosts)
        else:
            listing = False
    for pattern in (_TAKEN_OUT, _NOT_THAT) if requested else (_TAKEN_OUT,):
        places.update(folded.count(HOST, 0, found.end()) - 1 for found in pattern.finditer(folded))
    return frozenset(places)
