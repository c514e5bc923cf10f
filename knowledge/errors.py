"""Finds the error message in a text and the causes that it leads to."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from knowledge.lists import read_toml

# "Cloudflare 526", "error code 526" and "526 error" are "error 526".
_STATUS = re.compile(
    r"\b(?:error|code|status|http|cloudflare|cdn)(?:[ :#]+(?:error|code|status))*[ :#]+(\d{3})\b|\b(\d{3}) error\b"
)


def causes_of(plain: str, *, messages: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The codes of the longest message in a text in lower case, the likeliest first; none without a message."""
    text = _STATUS.sub(r"error \g<1>\g<2>", " ".join(plain.replace("_", " ").split()))
    found = max((message for message in messages if message in text), key=len, default=None)
    return messages[found] if found else ()


def load_messages(path: Path) -> dict[str, tuple[str, ...]]:
    """The messages of an errors file, whatever table they stand in, each with the codes of its causes."""
    tables = cast(dict[str, dict[str, list[str]]], read_toml(path.read_text("utf-8")))
    return {message: tuple(codes) for messages in tables.values() for message, codes in messages.items()}
