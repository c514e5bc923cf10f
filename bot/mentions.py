"""Tells a message that only speaks of a host from one that would have it looked at."""

import re

from bot.clauses import HOST_WORD, Clause
from bot.faults import denies_fault, is_mended, succeeds, tells_of_a_deed
from bot.lexicon import HOST, phrases

_IS = "is|s|are|was|ist|war|heisst|lautet|es|era|est|etait|e|sera|becomes|called|named"
_ARTICLE = (
    r"our|my|the|a|an|one|just|only|part|owned|hosted|unser\w{0,2}|mein\w{0,2}|die|der|das|eine?|nuestr\w{1,2}|mi|mis|el"
    r"|una?|notre|mon|ma|nos|les?|la|nosso|nossa|meu|minha|o|uma?"
)
# "Our domain is a.example", "a.example is our shop"; but "it's a.example" answers the question for a host.
_IDENTITY = re.compile(
    rf"(?!(?:it|this|that|here|das|es|ce|c) )\b\w+ (?:{_IS}) {HOST} $|{HOST} (?:{_IS}) (?:{_ARTICLE}) "
)


def only_mentions(clauses: list[Clause]) -> bool:
    """Whether a message says that all is well, what is planned, owned or done, or where something is to be read.

    It is asked where nothing plainer was said: neither a fault nor a check nor a question about the host.
    """
    if any(clause.instructs or clause.supposes for clause in clauses):
        return True
    # "I moved a.example" is news; "I moved a.example and now it turns in circles" is a report.
    if any(clause.says("contrast") and not _is_not_about_state(clause) for clause in clauses):
        return False
    return any(_is_not_about_state(clause) or tells_of_a_deed(clause) for clause in clauses) or _only_points(clauses)


def _is_not_about_state(clause: Clause) -> bool:
    return (
        is_mended(clause)
        or (succeeds(clause) and not clause.says("past"))  # "it was fine last week" is no praise
        or denies_fault(clause)
        or clause.words[0] in phrases().words["pointer"]
        or clause.says("source", "mention", "plan", "no_fault")
        or is_command(clause)
        or (clause.has("thanks") and len(clause.words) > 2)
        or _IDENTITY.search(clause.padded) is not None
    )


def _only_points(clauses: list[Clause]) -> bool:
    """Whether hosts only end clauses ("you find it at a.example"), and nothing odd is told."""
    tells = any(HOST_WORD in clause.words[:-1] for clause in clauses)
    return not tells and not any(clause.has("odd") or clause.has("negation") for clause in clauses)


def is_command(clause: Clause) -> bool:
    """Whether a clause is a line of a shell or of a server's configuration, which asks nobody for anything."""
    first = clause.words[1:2] if clause.words[0] == "sudo" else clause.words[:1]
    return bool(first) and first[0] in phrases().words["command"]
