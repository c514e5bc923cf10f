"""How likely it is that the first article is the right one."""

import math
from typing import NamedTuple


class Signals(NamedTuple):
    """What speaks for and against the first article; each between 0 and 1."""

    phrase: float
    covered: float
    usual: float
    lead: float
    decoy: float
    vain: float
    foreign: float
    subject: float
    unknown: float
    domain: float


# How much each signal counts in the log-odds of being right, fitted by logistic regression on the tune split of
# tests/knowledge/questions.jsonl (tests/knowledge/fit.py prints them).
WEIGHTS = {
    "bias": -6.09,
    "phrase": 2.95,
    "covered": 2.14,
    "usual": 1.45,
    "lead": 5.67,
    "decoy": -3.92,
    "vain": -2.15,
    "foreign": -1.30,
    "subject": -2.90,
    "unknown": 1.04,
    "domain": 4.61,
}


def probability(signals: Signals) -> float:
    """The probability that the first article is right."""
    odds = WEIGHTS["bias"] + sum(WEIGHTS[name] * value for name, value in zip(Signals._fields, signals, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
