"""CDN and hosting providers: who is recognised by what, and what their consoles call things."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from diagnostics.facts import Facts, HttpAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider, as providers.toml has it."""

    id: str
    name: str
    alias_suffixes: tuple[str, ...] = ()
    default_names: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    console: str | None = None
    console_name: str = "console"
    certificate_steps: str | None = None
    guide: str | None = None
    minutes_to_spread: int | None = None
    statuses: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    automatic_depth: int | None = None  # how many labels below the domain its automatic certificate covers
    is_cdn: bool = True

    def owns_alias(self, name: str) -> bool:
        """Whether a name of the alias chain is this provider's."""
        return any(name == suffix or name.endswith(f".{suffix}") for suffix in self.alias_suffixes)

    def marks(self, answer: HttpAnswer) -> bool:
        """Whether an HTTP answer bears this provider's headers."""
        for mark in self.headers:
            name, _, start = mark.partition(": ")
            if any(value.lower().startswith(start.lower()) for value in answer.all_headers(name)):
                return True
        return False


@cache
def providers() -> tuple[Provider, ...]:
    """All known providers, read once."""
    rows = tomllib.loads(files("diagnostics").joinpath("providers.toml").read_text("utf-8"))["provider"]
    return tuple(
        Provider(
            **{
                **row,
                "alias_suffixes": tuple(row.get("alias_suffixes", ())),
                "default_names": tuple(row.get("default_names", ())),
                "headers": tuple(row.get("headers", ())),
                "statuses": {cause: tuple(codes) for cause, codes in row.get("statuses", {}).items()},
            }
        )
        for row in rows
    )


def provider_by_alias(aliases: Sequence[str]) -> Provider | None:
    """Whose names the alias chain passes through, the nearest first."""
    for alias in aliases:
        for provider in providers():
            if provider.owns_alias(alias):
                return provider
    return None


def provider_of(facts: Facts) -> Provider | None:
    """The provider that answers for the host: by its aliases, else by the marks in its answers."""
    aliases = facts.resolution.aliases if facts.resolution is not None else ()
    found = provider_by_alias(aliases)
    if found is not None:
        return found
    answers = [address.http for address in facts.addresses if address.http is not None]
    answers += [a.plain.http for a in facts.addresses if a.plain is not None and a.plain.http is not None]
    for answer in answers:
        for provider in providers():
            if provider.marks(answer):
                return provider
    return None
