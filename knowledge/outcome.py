"""From ranked articles to an answer, a choice of a few, or the admission that nothing fits."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge.article import Article, ArticleKind, Match

# Below this probability an article is not worth a person's time, and search does not return it.
REFUSE_BELOW = 0.30
# Where the choice is the person's, so likely a rival is still worth offering.
OFFER_FROM = 0.25
# From here on the first article is given as the answer; between the two, it and its rivals are offered.
ANSWER_FROM = 0.55
# A second article this near to the first makes the lead too narrow for an answer.
NARROW = 0.75
SURE = 0.8  # from here on, a rival has to be nearer still
CLEARLY_AHEAD = 0.06  # of 1,140 answers, this took 7 right and 4 wrong ones into a choice between entries
MOST_CANDIDATES = 3


class OutcomeKind(StrEnum):
    """What a search leads to: an answer, a choice of a few, or the admission that nothing fits."""

    ANSWER = "answer"
    UNSURE = "unsure"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`article` is set for an answer; `candidates` are one to three matches, none where nothing fits."""

    kind: OutcomeKind
    article: Article | None = None
    candidates: tuple[Match, ...] = ()


def decide(matches: Sequence[Match]) -> Outcome:
    """Answer, offer a choice, or admit that nothing fits, for what `Library.search` returned."""
    found = [match for match in matches if match.score >= REFUSE_BELOW]
    if not found:
        return Outcome(OutcomeKind.NONE)
    first = found[0]
    candidates = tuple(found[:MOST_CANDIDATES])
    second = found[1].score if len(found) > 1 else 0.0
    # A FAQ entry and the page of the cause it mends say the same, and are shown together.
    kinds = [match.article.kind for match in found[:2]]
    together = kinds == [ArticleKind.FAQ, ArticleKind.CAUSE]
    narrow = (first.score - second < CLEARLY_AHEAD and not together) or (
        second > NARROW * first.score and first.score < SURE
    )
    if first.score >= ANSWER_FROM and not narrow:
        return Outcome(OutcomeKind.ANSWER, first.article, candidates)
    offered = [match for match in matches if match.score >= OFFER_FROM]
    return Outcome(OutcomeKind.UNSURE, None, tuple(offered[:MOST_CANDIDATES]))
