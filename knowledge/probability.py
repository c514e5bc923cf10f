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
    "bias": -7.94,
    "phrase": 3.71,
    "covered": 1.65,
    "usual": 2.04,
    "lead": 3.39,
    "decoy": -3.41,
    "vain": -1.90,
    "foreign": -1.24,
    "subject": -2.98,
    "unknown": 1.94,
    "domain": 5.89,
}


def probability(signals: Signals) -> float:
    """The probability that the first article is right."""
    odds = WEIGHTS["bias"] + sum(WEIGHTS[name] * value for name, value in zip(Signals._fields, signals, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
