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
    "bias": -6.02,
    "phrase": 2.24,
    "covered": 2.01,
    "usual": 2.27,
    "lead": 5.42,
    "decoy": -3.26,
    "vain": -2.40,
    "foreign": -1.39,
    "subject": -2.62,
    "unknown": 0.97,
    "domain": 4.39,
}


def probability(signals: Signals) -> float:
    """The probability that the first article is right."""
    odds = WEIGHTS["bias"] + sum(WEIGHTS[name] * value for name, value in zip(Signals._fields, signals, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
