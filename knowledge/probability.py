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
    "bias": -6.58,
    "phrase": 2.74,
    "covered": 1.98,
    "usual": 2.45,
    "lead": 4.73,
    "decoy": -4.02,
    "vain": -2.24,
    "foreign": -1.13,
    "subject": -2.37,
    "unknown": 1.19,
    "domain": 5.08,
}


def probability(signals: Signals) -> float:
    """The probability that the first article is right."""
    odds = WEIGHTS["bias"] + sum(WEIGHTS[name] * value for name, value in zip(Signals._fields, signals, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
