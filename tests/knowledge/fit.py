"""Fits the matcher's weights; run it after the signals or the aliases change, and copy what it prints.

The examples are the tune split of questions.jsonl and, so that they are many, the aliases and decoys themselves: a
tenth of them at a time is taken out of the index and asked.
"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from knowledge.evaluate import Labelled, read_questions
from knowledge.library import Library
from knowledge.match import Index, load_near_misses
from knowledge.probability import Signals

QUESTIONS = Path(__file__).parent / "questions.jsonl"
_FOLDS = 10
# What an example made of an alias counts beside a real question: it is easier and cleaner than those.
_ALIAS_VALUE = 0.15
# Keeps a signal that only a few examples turn on from being believed too much.
_RIDGE = 0.0005
# Newton's method: the weights stand still long before.
_STEPS = 25

Example = tuple[list[float], float, float]


def examples() -> Iterator[Example]:
    """Signals with a leading 1, whether first place was right, and how much the example counts."""
    library = Library.load()
    for question in read_questions(QUESTIONS):
        if question.split == "tune" and question.voice != "error":
            yield from _example(library.matcher, question, 1.0)
    near_misses = load_near_misses()
    for fold in range(_FOLDS):
        kept = [article._replace(phrases=tuple(_others(article.phrases, fold))) for article in library.phrases]
        index = Index(
            kept,
            _others(library.decoys, fold),
            near_misses={subject: _others(asked, fold) for subject, asked in near_misses.items()},
        )
        for article in library.phrases:
            if article.kind == "faq":
                for phrase in article.phrases[fold::_FOLDS]:
                    yield from _example(index, Labelled(phrase, article.id), _ALIAS_VALUE)
        for asked in (library.decoys, *near_misses.values()):
            for decoy in asked[fold::_FOLDS]:
                yield from _example(index, Labelled(decoy, None), _ALIAS_VALUE)


def _others(phrases: Sequence[str], fold: int) -> list[str]:
    return [phrase for number, phrase in enumerate(phrases) if number % _FOLDS != fold]


def _example(index: Index, question: Labelled, value: float) -> Iterator[Example]:
    if found := index.signals(question.text):
        first, signals = found
        yield [1.0, *signals], float(question.answered_by(first)), value


def fit() -> dict[str, float]:
    """The weights of a logistic regression: is the article in first place the right one, given its signals?"""
    rows = list(examples())
    total = sum(value for _, _, value in rows)
    size = len(rows[0][0])
    weights = [0.0] * size
    for _ in range(_STEPS):
        gradient = [_RIDGE * total * w if place else 0.0 for place, w in enumerate(weights)]
        curve = [[_RIDGE * total if row == column and row else 0.0 for column in range(size)] for row in range(size)]
        for values, right, value in rows:
            likely = 1 / (1 + math.exp(-sum(w * v for w, v in zip(weights, values, strict=True))))
            slope = value * likely * (1 - likely)
            for row, signal in enumerate(values):
                gradient[row] += (likely - right) * value * signal
                for column in range(size):
                    curve[row][column] += slope * signal * values[column]
        weights = [w - step for w, step in zip(weights, _solved(curve, gradient), strict=True)]
    return dict(zip(("bias", *Signals._fields), weights, strict=True))


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """x of matrix · x = right, by elimination."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for place in range(len(rows)):
        best = max(range(place, len(rows)), key=lambda row: abs(rows[row][place]))
        rows[place], rows[best] = rows[best], rows[place]
        for row in range(len(rows)):
            if row != place:
                factor = rows[row][place] / rows[place][place]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[place], strict=True)]
    return [row[-1] / row[place] for place, row in enumerate(rows)]


if __name__ == "__main__":
    for name, weight in fit().items():
        print(f'    "{name}": {weight:.2f},')
