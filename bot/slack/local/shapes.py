"""Small checks that describe the shape of a JSON value, and say in Slack's words where it is wrong."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from .wire import JsonObject

URL_LONGEST = 3000
DEAD_SCHEMES = re.compile(r"\s*(javascript|data|vbscript|file):", re.IGNORECASE)
"""Schemes that no Slack client follows."""


@dataclass(slots=True)
class Walk:
    """One walk through a payload: what is wrong so far, and the ids that are taken."""

    problems: list[str] = field(default_factory=list)
    block_ids: set[str] = field(default_factory=set)
    action_ids: set[str] = field(default_factory=set)

    def say(self, problem: str, at: str) -> None:
        """Note a problem, with the place as a JSON pointer."""
        self.problems.append(f"{problem} [json-pointer:{at}]")


Check: TypeAlias = Callable[[object, str, Walk], None]


@dataclass(frozen=True, slots=True)
class Field:
    """One key of an object: its check, and whether the object may do without it."""

    check: Check
    required: bool = False


Fields: TypeAlias = Mapping[str, Field]


def must(check: Check) -> Field:
    """A key that has to be there."""
    return Field(check, required=True)


def may(check: Check) -> Field:
    """A key that can be there."""
    return Field(check)


def anything(value: object, at: str, walk: Walk) -> None:
    """Accept whatever it is."""


def boolean(value: object, at: str, walk: Walk) -> None:
    """true or false."""
    if not isinstance(value, bool):
        walk.say("must be a boolean", at)


def string(*, longest: int, shortest: int = 1) -> Check:
    """A string of so many characters."""

    def check(value: object, at: str, walk: Walk) -> None:
        if not isinstance(value, str):
            walk.say("must be a string", at)
        elif len(value) > longest:
            walk.say(f"must be less than {longest + 1} characters", at)
        elif len(value) < shortest:
            walk.say(f"must be more than {shortest - 1} characters", at)

    return check


def integer(*, least: int, most: int) -> Check:
    """A whole number within bounds."""

    def check(value: object, at: str, walk: Walk) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            walk.say("must be an integer", at)
        elif not least <= value <= most:
            walk.say(f"must be between {least} and {most}", at)

    return check


def one_of(*allowed: str) -> Check:
    """One of a few words."""

    def check(value: object, at: str, walk: Walk) -> None:
        if value not in allowed:
            walk.say(f"must be one of: {', '.join(allowed)}", at)

    return check


def url(*, web_only: bool = False) -> Check:
    """A link of up to 3000 characters; `web_only` admits http and https alone."""
    length = string(longest=URL_LONGEST)

    def check(value: object, at: str, walk: Walk) -> None:
        length(value, at, walk)
        if not isinstance(value, str) or not value:
            return
        dead = DEAD_SCHEMES.match(value) or not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", value)
        if dead or (web_only and not re.match(r"https?://", value, re.IGNORECASE)):
            walk.say("invalid url", at)

    return check


def text(*kinds: str, longest: int = 3000) -> Check:
    """A text object of one of the kinds given (`plain_text`, `mrkdwn`)."""
    length = string(longest=longest)
    keys = {"plain_text": {"type", "text", "emoji"}, "mrkdwn": {"type", "text", "verbatim"}}

    def check(value: object, at: str, walk: Walk) -> None:
        if not isinstance(value, dict):
            walk.say("must provide an object", at)
            return
        kind = value.get("type")
        if kind not in kinds:
            walk.say(f"must be one of: {', '.join(kinds)}", f"{at}/type")
            return
        _only(keys[str(kind)], value, at, walk)
        if "text" not in value:
            walk.say("missing required field: text", at)
        else:
            length(value["text"], f"{at}/text", walk)

    return check


def array(item: Check, *, most: int, least: int = 1) -> Check:
    """A list of so many items, each of which passes a check."""

    def check(value: object, at: str, walk: Walk) -> None:
        if not isinstance(value, list):
            walk.say("must provide an array", at)
            return
        if len(value) > most:
            walk.say(f"no more than {most} items allowed", at)
        if len(value) < least:
            walk.say(f"no less than {least} items allowed", at)
        for number, each in enumerate(value):
            item(each, f"{at}/{number}", walk)

    return check


def structure(fields: Fields, *, also: Check = anything) -> Check:
    """An object with these keys and no others; `also` checks what concerns several of them."""

    def check(value: object, at: str, walk: Walk) -> None:
        if not isinstance(value, dict):
            walk.say("must provide an object", at)
            return
        _only(fields, value, at, walk)
        for key, expected in fields.items():
            if value.get(key) is not None:
                expected.check(value[key], f"{at}/{key}", walk)
            elif expected.required:
                walk.say(f"missing required field: {key}", at)
        also(value, at, walk)

    return check


def typed(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` tells which check it has to pass."""

    def check(value: object, at: str, walk: Walk) -> None:
        if not isinstance(value, dict):
            walk.say("must provide an object", at)
        elif "type" not in value:
            walk.say("missing required field: type", at)
        elif not isinstance(value["type"], str) or value["type"] not in kinds:
            walk.say(f"unsupported type: {value['type']}", f"{at}/type")
        else:
            kinds[value["type"]](value, at, walk)

    return check


def either(*keys: str) -> Check:
    """An object that has at least one of these keys."""

    def check(value: object, at: str, walk: Walk) -> None:
        if isinstance(value, dict) and not any(value.get(key) for key in keys):
            walk.say("must define either " + " or ".join(f"`{key}`" for key in keys), at)

    return check


def unique(key: str, taken: Callable[[Walk], set[str]]) -> Check:
    """An id of up to 255 characters that nothing else in reach has."""
    length = string(longest=255)

    def check(value: object, at: str, walk: Walk) -> None:
        length(value, at, walk)
        if not isinstance(value, str):
            return
        if value in taken(walk):
            walk.say(f'`{key}` "{value}" already exists for another {key.removesuffix("_id")}', at)
        taken(walk).add(value)

    return check


def _only(known: Collection[str], value: JsonObject, at: str, walk: Walk) -> None:
    for key in value:
        if key not in known:
            walk.say(f"invalid additional property: {key}", at)
