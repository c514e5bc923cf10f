"""A diagnosis with the articles that explain it: what every face of Padlock shows of a host."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from knowledge.article import Article

if TYPE_CHECKING:  # an answer without a diagnosis does not load what a diagnosis is made of
    from diagnostics.judge import Diagnosis


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One diagnosed target; `articles` has, for each finding's code, the entries that explain it, nearest first."""

    target: str  # as it was typed, without credentials
    diagnosis: "Diagnosis"
    articles: Mapping[str, tuple[Article, ...]] = field(default_factory=dict)


def gravest_cause(reports: Sequence[Report]) -> str | None:
    """The cause of the host that is worst off, the first of equals; None where all of them work."""
    from diagnostics.judge import Verdict

    order = (Verdict.BROKEN, Verdict.NOT_CHECKED, Verdict.WORKS_WITH_WARNINGS, Verdict.WORKS)
    worst = min(reports, key=lambda report: order.index(report.diagnosis.verdict), default=None)
    return worst.diagnosis.cause if worst else None
