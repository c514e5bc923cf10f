"""What travels: JSON objects, the arguments of a Web API call, and a refusal by Slack's error name."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]
"""A JSON object as it is on the wire; this package is the edge, so nothing narrower is claimed."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why Slack would refuse: its error name and, for blocks and views, where they are wrong."""

    error: str
    problems: tuple[str, ...] = ()

    def body(self) -> JsonObject:
        """The refusal as Slack answers it."""
        body: JsonObject = {"ok": False, "error": self.error}
        if self.problems:
            body["errors"] = list(self.problems)
            body["response_metadata"] = {"messages": [f"[ERROR] {problem}" for problem in self.problems]}
        return body


class Refused(Exception):  # noqa: N818 - Slack's word for it is "refused", and it is an answer rather than an error
    """Carries a refusal out of a method."""

    def __init__(self, error: str, *, problems: Sequence[str] = (), **more: str) -> None:
        super().__init__(error)
        self.refusal = Refusal(error, tuple(problems))
        self.more = more

    def body(self) -> JsonObject:
        """The refusal as Slack answers it, with the keys of this error alone."""
        return {**self.refusal.body(), **self.more}


def refuse(refusal: Refusal | None) -> None:
    """Raise a refusal that a rule has found, if it has found one."""
    if refusal is not None:
        raise Refused(refusal.error, problems=refusal.problems)


class Arguments:
    """The arguments of one call, wherever they came from: query, form or JSON."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = dict(values)

    def text(self, name: str) -> str | None:
        """The argument as text, or None where it is absent or empty."""
        value = self.values.get(name)
        return None if value is None or value == "" else str(value)

    def required(self, name: str) -> str:
        """The argument as text; refused as Slack refuses a call without it."""
        value = self.text(name)
        if value is None:
            raise Refused("invalid_arguments", problems=[f"missing required field: {name}"])
        return value

    def flag(self, name: str) -> bool:
        """The argument as a boolean, in each of the spellings that clients send."""
        return self.values.get(name) in (True, 1, "1", "true", "True")

    def number(self, name: str, *, default: int) -> int:
        """The argument as a number."""
        value = self.text(name)
        if value is None:
            return default
        if not value.isdigit():
            raise Refused("invalid_arguments", problems=[f"must be a number: {name}"])
        return int(value)

    def structure(self, name: str, *, malformed: str = "invalid_arguments") -> Any:
        """A list or object, which a form carries as JSON text; `malformed` is the error for what is no JSON."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise Refused(malformed) from None
