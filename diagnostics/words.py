"""Small pieces of English that explanations share."""

from collections.abc import Sequence
from datetime import datetime


def listing(items: Sequence[str], *, most: int = 4) -> str:
    """`a`, `a and b`, `a, b and c`, or `a, b, c, d and 3 more`."""
    shown = list(items[:most])
    if len(items) > most:
        return f"{', '.join(shown)} and {len(items) - most} more"
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def inside(sentence: str) -> str:
    """A title as part of a sentence: `the HTTPS port speaks plain HTTP`."""
    return sentence[:1].lower() + sentence[1:] if sentence[1:2].islower() or sentence[1:2] == " " else sentence


def count(number: int, singular: str, plural: str | None = None) -> str:
    """`1 address`, `2 addresses`."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def day(moment: datetime) -> str:
    """A date a person can read: `1 November 2026 (UTC)`."""
    return f"{moment.day} {moment:%B %Y} (UTC)"


def seconds(number: float) -> str:
    """A time a person can read: `0.3 seconds`, `5 seconds`."""
    return f"{number:.0f} seconds" if number >= 2 else f"{number:.1f} seconds"
