"""Measures the library on labelled questions: how often it is right, refuses, or bluffs, and where it goes wrong."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.library import Library
from knowledge.outcome import OutcomeKind, decide

# Ten bins of one tenth each: enough to see a slope, few enough to have questions in each.
_BINS = 10
_WORST = 20


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question and the id of the entry that answers it, or None where none does; `also` names others that do."""

    text: str
    article: str | None
    split: str = ""
    voice: str = ""
    also: tuple[str, ...] = ()

    def answered_by(self, article: str | None) -> bool:
        """Whether this entry, or with None a refusal, is right."""
        return article == self.article or article in self.also


@dataclass(frozen=True, slots=True)
class Result:
    """What the library made of one question."""

    question: Labelled
    kind: OutcomeKind
    ranked: tuple[tuple[str, float], ...]

    @property
    def first(self) -> str | None:
        """The id in first place, or None where the question was refused."""
        return self.ranked[0][0] if self.ranked else None

    @property
    def right(self) -> bool:
        """Whether first place, or the refusal, is what the label says."""
        return self.question.answered_by(self.first)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Shares are of the questions of their kind: those with an entry, those without one, or all."""

    results: tuple[Result, ...]

    @property
    def answerable(self) -> list[Result]:
        """The questions that an entry answers."""
        return [result for result in self.results if result.question.article is not None]

    @property
    def unanswerable(self) -> list[Result]:
        """The questions that no entry answers."""
        return [result for result in self.results if result.question.article is None]

    @property
    def first_place(self) -> float:
        """How often the right entry stands first."""
        return _share(result.right for result in self.answerable)

    @property
    def first_three(self) -> float:
        """How often the right entry is among the first three."""
        return _share(
            any(result.question.answered_by(name) for name, _ in result.ranked[:3]) for result in self.answerable
        )

    @property
    def wrong(self) -> float:
        """How often a question is answered outright, with the wrong entry; of all questions."""
        return _share(result.kind is OutcomeKind.ANSWER and not result.right for result in self.results)

    def refused(self, voice: str | None = None) -> float:
        """How often a question that no entry answers gets no entry at all; of one voice only, if given."""
        return _share(not result.ranked for result in self.unanswerable if voice in (None, result.question.voice))

    def calibration(self) -> list[tuple[float, float, int]]:
        """For each tenth of the scale that occurs: mean score of first places, share of right ones, how many."""
        bins: dict[int, list[Result]] = {}
        for result in self.results:
            if result.ranked:
                bins.setdefault(min(_BINS - 1, int(result.ranked[0][1] * _BINS)), []).append(result)
        return [
            (sum(r.ranked[0][1] for r in found) / len(found), _share(r.right for r in found), len(found))
            for _, found in sorted(bins.items())
        ]

    def confusion(self) -> list[tuple[str, str, int]]:
        """Which entry was taken for which, most frequent first; "none" stands for a refusal."""
        pairs = Counter((r.question.article or "none", r.first or "none") for r in self.results if not r.right)
        return [(wanted, got, count) for (wanted, got), count in pairs.most_common()]

    def worst(self) -> list[Result]:
        """The mistakes that were made with the greatest confidence, then the questions refused in vain."""
        mistakes = [result for result in self.results if not result.right]
        return sorted(mistakes, key=lambda r: -r.ranked[0][1] if r.ranked else 0.0)[:_WORST]

    def report(self) -> str:
        """The figures as text, one a line."""
        lines = [
            f"questions            {len(self.results)} ({len(self.unanswerable)} that no entry answers)",
            f"right at first place {self.first_place:6.1%} of {len(self.answerable)}",
            f"among first three    {self.first_three:6.1%}",
            f"answered wrongly     {self.wrong:6.1%} of all",
            f"refused              {self.refused():6.1%} of those that no entry answers",
        ]
        voices = sorted({result.question.voice for result in self.unanswerable if result.question.voice})
        lines += [f"  {voice:<19}{self.refused(voice):6.1%}" for voice in voices]
        lines.append("calibration (mean score, share right, questions):")
        lines += [f"  {score:.2f}  {right:4.0%}  {count}" for score, right, count in self.calibration()]
        lines.append("taken for another (wanted, got, times):")
        lines += [f"  {wanted} -> {got}  {count}" for wanted, got, count in self.confusion()[:15]]
        lines.append("worst misses:")
        lines += [
            f"  {result.question.text!r}: wanted {result.question.article or 'none'}, got "
            + (", ".join(f"{name} {score:.2f}" for name, score in result.ranked[:3]) or "none")
            for result in self.worst()
        ]
        return "\n".join(lines)


def read_questions(path: Path) -> list[Labelled]:
    """The questions of a JSON Lines file; ValueError names the line that is not of the form."""
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            text, article = data["text"], data["article"]
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f'{path}:{number}: write {{"text": "…", "article": "q1" or null}}') from error
        if not isinstance(text, str) or not (article is None or isinstance(article, str)):
            raise ValueError(f"{path}:{number}: text must be a text, article an id or null")
        also = data.get("also") or ()
        if not isinstance(also, list | tuple) or not all(isinstance(name, str) for name in also):
            raise ValueError(f"{path}:{number}: also must be a list of ids")
        found.append(Labelled(text, article, str(data.get("split", "")), str(data.get("voice", "")), tuple(also)))
    return found


def evaluate(library: Library, questions: Sequence[Labelled]) -> Evaluation:
    """What the library makes of each question."""
    results = []
    for question in questions:
        matches = library.search(question.text)
        ranked = tuple((match.article.id, match.score) for match in matches)
        results.append(Result(question, decide(matches).kind, ranked))
    return Evaluation(tuple(results))


def _share(facts: Iterable[bool]) -> float:
    known = list(facts)
    return sum(known) / len(known) if known else 1.0
