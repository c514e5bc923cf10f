"""Fits the matcher's weights; run it after the signals or the aliases change, and copy what it prints.

The examples are the tune split of questions.jsonl and, so that they are many, the aliases and decoys themselves: a
tenth of them at a time is taken out of the index and asked.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from knowledge.evaluate import read_questions
from knowledge.library import Library
from knowledge.match import Index
from knowledge.probability import Signals

QUESTIONS = Path(__file__).parent / "questions.jsonl"
_FOLDS = 10
# What an example made of an alias counts beside a real question: it is easier and cleaner than those.
_ALIAS_VALUE = 0.15
# Keeps a signal that only a few examples turn on from being believed too much.
_RIDGE = 0.0005
_STEPS = 4_000
_RATE = 2.0

Example = tuple[list[float], float, float]


def examples() -> Iterator[Example]:
    """Signals with a leading 1, whether first place was right, and how much the example counts."""
    library = Library.load()
    for question in read_questions(QUESTIONS):
        if question.split == "tune" and question.voice != "error":
            yield from _example(library.matcher, question.text, question.article, 1.0)
    phrases, decoys = library.phrases, [part for decoy in library.decoys for part in decoy.split(", ")]
    for fold in range(_FOLDS):
        kept = [
            replace(article, phrases=tuple(p for n, p in enumerate(article.phrases) if n % _FOLDS != fold))
            for article in phrases
        ]
        index = Index(kept, [decoy for n, decoy in enumerate(decoys) if n % _FOLDS != fold])
        for article in phrases:
            if article.kind == "faq":
                for phrase in article.phrases[fold::_FOLDS]:
                    yield from _example(index, phrase, article.id, _ALIAS_VALUE)
        for decoy in decoys[fold::_FOLDS]:
            yield from _example(index, decoy, None, _ALIAS_VALUE)


def _example(index: Index, text: str, wanted: str | None, value: float) -> Iterator[Example]:
    if found := index.signals(text):
        first, signals = found
        yield [1.0, *(getattr(signals, name) for name in Signals.__slots__)], float(first == wanted), value


def fit() -> dict[str, float]:
    """The weights of a logistic regression: is the article in first place the right one, given its signals?"""
    rows = list(examples())
    total = sum(value for _, _, value in rows)
    weights = [0.0] * len(rows[0][0])
    for _ in range(_STEPS):
        gradient = [0.0] * len(weights)
        for values, right, value in rows:
            odds = sum(w * v for w, v in zip(weights, values, strict=True))
            error = (1 / (1 + math.exp(-odds)) - right) * value
            for place, signal in enumerate(values):
                gradient[place] += error * signal
        weights = [
            w - _RATE * (g / total + (_RIDGE * w if place else 0.0))
            for place, (w, g) in enumerate(zip(weights, gradient, strict=True))
        ]
    return dict(zip(("bias", *Signals.__slots__), weights, strict=True))


if __name__ == "__main__":
    for name, weight in fit().items():
        print(f'    "{name}": {weight:.2f},')
