"""Tells what a message asks that no look at a host answers: what something is, and how something is done."""

import re

from bot.clauses import clauses_of, fold
from bot.hosts import find_hosts
from bot.lexicon import HOST
from bot.markup import read_markup

# A message longer than this is a log or a letter; what it asks stands at its beginning.
_LONGEST = 2_000
_PIECES = re.compile(rf"[,;?!。，？！\n]+|\.(?=\s|$)|\b(?:and|und|y|et|e)\b|(?<={HOST})")
# "What is https?", "tell me what https is", "what does … mean?"; not "what is wrong?".
_MEANING = re.compile(
    r"\bwhat(?: i?s| are| does| do)\b"
    r"(?! (?:wrong|up|broken|happening|going|i|we|you|one|the (?:matter|problem|issue|state|status))\b)"
    r"|\bwhat(?: \w+){1,4} (?:is|are|means?)$"
    r"|\b(?:define|definition of|meaning of|explain)\b"
    r"|\b(?:was (?:ist|sind|bedeutet|heisst)|que (?:es|son|significa)|qu est ce)\b"
    r"|什么是|是什么|とは"
)
# "What is the certificate of shop.example.com?" is for a look to answer.
_OF_HOST = re.compile(rf"\b(?:of|on|with|for|at|from|to|behind|does|do|is|are|has|about) {HOST}$")
# The CDN as such, and no host that is called so.
_CDN = re.compile(r"(?<![\w.-])cdns?(?!\w|-\w|\.\w)", re.IGNORECASE)


def asks_meaning(text: str) -> bool:
    """Whether it is asked what something is or means."""
    return any(map(_MEANING.search, _pieces(_without_hosts(text))))


def asks_besides(text: str) -> bool:
    """Whether a message that names a host asks something else as well, be it what something is or how it is done."""
    rest = _without_hosts(text)
    how = any(clause.says("howto") for piece in _pieces(rest) for clause in clauses_of(piece))
    return how or asks_meaning(text)


def speaks_of_cdn(text: str) -> bool:
    """Whether a message speaks of a CDN."""
    return _CDN.search(text) is not None


def _without_hosts(text: str) -> str:
    """The folded message, in which each host is `HOST`."""
    plain = read_markup(text)
    return fold(find_hosts(plain.scan, links=plain.links).rest[:_LONGEST])


def _pieces(rest: str) -> list[str]:
    """What is asked, piece by piece, without that which is asked of a host."""
    found = (" ".join(piece.split()) for piece in _PIECES.split(rest))
    return [piece.removesuffix(HOST).rstrip() for piece in found if piece and not _OF_HOST.search(piece)]
