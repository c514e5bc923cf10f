"""Finds the error message in a text and the causes that it leads to."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias, cast

from knowledge.lists import read_toml

# "Cloudflare 526", "error code 526" and "526 error" are "error 526".
_STATUS = r"\b(?:error|code|status|http|cloudflare|cdn)(?: (?:error|code|status))* (\d{3})\b|\b(\d{3}) error\b"
_SIGNS = r"[^a-z0-9']+"
# Messages that many faults share; the more exact one that stands beside them tells more.
_GENERAL = "general"

Messages: TypeAlias = Sequence[Mapping[str, tuple[str, ...]]]


def causes_of(plain: str, *, messages: Messages) -> tuple[str, ...]:
    """The codes of the longest message in a text in lower case, the likeliest first; none without a message."""
    text = f" {re.sub(_STATUS, _as_error, _words(plain))} "
    for known in messages:
        found = max((message for message in known if message in text), key=len, default=None)
        if found:
            return known[found]
    return ()


def load_messages(path: Path) -> Messages:
    """The messages of an errors file, each with the codes of its causes: the exact ones, then the general ones."""
    tables = cast(dict[str, dict[str, list[str]]], read_toml(path.read_text("utf-8")))
    general = tables.pop(_GENERAL, {})
    exact = {message: codes for messages in tables.values() for message, codes in messages.items()}
    # The file's messages are written without signs, as `_words` leaves them.
    return [{f" {message} ": tuple(codes) for message, codes in known.items()} for known in (exact, general)]


def _words(text: str) -> str:
    """A text without its signs, which everybody copies otherwise."""
    return " ".join(re.sub(_SIGNS, " ", text).split())


def _as_error(match: re.Match[str]) -> str:
    return f"error {match[1] or match[2]}"
