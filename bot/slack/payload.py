"""Reads single values out of Slack's payloads, which may hold anything; pure."""

from collections.abc import Mapping, Sequence

Payload = Mapping[str, object]

LONGEST_ID = 64
# Slack's addresses for files and responses have some hundred characters.
LONGEST_URL = 2_000


def mapping(value: object) -> Payload:
    """An object, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def items(value: object) -> Sequence[object]:
    """A list, or an empty one."""
    return value if isinstance(value, list) else []


def identifier(payload: Payload, name: str) -> str:
    """An id or a timestamp; empty where there is none that any database would keep."""
    value = payload.get(name)
    return value if isinstance(value, str) and len(value) <= LONGEST_ID and value.isprintable() else ""


def text(payload: Payload, name: str) -> str:
    """A text, which may be empty."""
    value = payload.get(name)
    return value if isinstance(value, str) else ""


def url(payload: Payload, name: str) -> str | None:
    """An address, or None."""
    value = payload.get(name)
    return value if isinstance(value, str) and 0 < len(value) <= LONGEST_URL and value.isprintable() else None
