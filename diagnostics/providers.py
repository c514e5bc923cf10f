"""CDN and hosting providers: who is recognised by what, and what their consoles call things."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from diagnostics.facts import CertificateSummary, Facts, HttpAnswer

_PROVIDERS = Path(__file__).with_name("providers.toml")
# The common name in a subject as RFC 4514 writes it; host names need no escapes there.
_COMMON_NAME = re.compile(r"(?:^|[,+])CN=([^,+\\]+)")
_LOOP_DETECTED = 508  # RFC 5842 §7.2; CDNs use it for the loops of RFC 8586


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider, as providers.toml has it; the fields are explained there."""

    id: str
    name: str
    is_cdn: bool = True
    alias_suffixes: tuple[str, ...] = ()
    default_names: tuple[str, ...] = ()
    default_endings: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    error_words: tuple[str, ...] = ()
    status_marks: tuple[str, ...] = ()
    console: str | None = None
    console_name: str = "console"
    certificate_steps: str | None = None
    origin_steps: str | None = None
    guide: str | None = None
    minutes_to_spread: int | None = None
    renews_itself: bool = False
    automatic_depth: int | None = None
    deeper_steps: str | None = None
    statuses: Mapping[str, Mapping[int, str]] = field(default_factory=dict)

    def owns(self, name: str) -> bool:
        """Whether a name is under one of those that the provider gives its customers as aliases."""
        labels = name.lower().rstrip(".").split(".")
        return any(_ends_so(labels, suffix) for suffix in self.alias_suffixes)

    def made_page(self, answer: HttpAnswer) -> bool:
        """Whether an error page is the provider's own."""
        body = answer.body.lower()
        return any(words.encode() in body for words in self.error_words)

    def is_default(self, certificate: CertificateSummary | None) -> bool:
        """Whether a certificate is the one it answers with where none is set up.

        Only the provider itself gets a wildcard certificate for the names that its customers' aliases are under.
        """
        return any(
            name in self.default_names
            or name.endswith(self.default_endings)
            or name in self.alias_suffixes
            or (name.startswith("*.") and self.owns(name[2:]))
            for name in certificate_names(certificate)
        )

    def has_default_host(self, host: str | None) -> bool:
        """Whether a host is one of the provider's own, which its default certificate is for."""
        own = [name.removeprefix("*") for name in self.default_names if name.startswith("*.")]
        return host is not None and (host.endswith(tuple(own)) or self.owns(host))

    def meaning(self, answer: HttpAnswer) -> tuple[str, str] | None:
        """The cause and the words of one of its own statuses."""
        if self.is_cdn and answer.status == _LOOP_DETECTED:
            return "cdn.loop_detected", "the request came back to it"
        if self.status_marks and not any(_bears(answer, mark) for mark in self.status_marks):
            return None
        for code, words in self.statuses.items():
            if answer.status is not None and answer.status in words:
                return code, words[answer.status]
        return None


def certificate_names(certificate: CertificateSummary | None) -> list[str]:
    """The DNS names of a certificate, in small letters; of one that has none, what its subject calls itself."""
    if certificate is None:
        return []
    names = certificate.dns_names or tuple(_COMMON_NAME.findall(certificate.subject))
    return [name.lower() for name in names]


def _ends_so(labels: Sequence[str], suffix: str) -> bool:
    """Whether a name ends in a suffix of providers.toml, in which `*` stands for anything within a label."""
    wanted = suffix.split(".")
    return len(labels) >= len(wanted) and all(map(fnmatchcase, labels[-len(wanted) :], wanted))


def _bears(answer: HttpAnswer, mark: str) -> bool:
    """Whether an answer has a header `name`, or `name: beginning of value`."""
    name, _, start = mark.partition(": ")
    return any(value.lower().startswith(start) for value in answer.all_headers(name))


@cache
def providers() -> tuple[Provider, ...]:
    """All known providers, read once, in the order of the file."""
    import tomllib  # late: a host without a fault is seldom asked for its provider

    rows = tomllib.loads(_PROVIDERS.read_text("utf-8"))["provider"]
    return tuple(_provider(row) for row in rows)


def _provider(row: Mapping[str, object]) -> Provider:
    fields: dict[str, object] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    tables = row.get("statuses", {})
    if not isinstance(tables, dict):
        raise TypeError("statuses is a table of tables")
    fields["statuses"] = {
        code: {int(number): words for number, words in table.items()} for code, table in tables.items()
    }
    return Provider(**fields)  # type: ignore[arg-type]  # tests/diagnostics/test_providers.py checks the file's form


@cache
def _by_suffix() -> Mapping[str, Provider]:
    return {suffix: provider for suffix, provider in _suffixes() if "*" not in suffix}


@cache
def _by_open_suffix() -> Sequence[tuple[str, Provider]]:
    return tuple((suffix, provider) for suffix, provider in _suffixes() if "*" in suffix)


def _suffixes() -> Iterator[tuple[str, Provider]]:
    return ((suffix, provider) for provider in providers() for suffix in provider.alias_suffixes)


@cache
def _marks() -> Mapping[str, tuple[tuple[str, int], ...]]:
    """By the name of a header: how its value begins, and whose mark that is, by the place in the file."""
    found: dict[str, list[tuple[str, int]]] = {}
    for place, provider in enumerate(providers()):
        for mark in provider.headers:
            name, _, start = mark.partition(": ")
            found.setdefault(name, []).append((start, place))
    return {name: tuple(marks) for name, marks in found.items()}


def provider_by_alias(aliases: Sequence[str]) -> Provider | None:
    """Whose names the alias chain passes through, the nearest first."""
    suffixes = _by_suffix()
    for alias in aliases:
        labels = alias.lower().rstrip(".").split(".")
        for start in range(len(labels) - 1):
            found = suffixes.get(".".join(labels[start:]))
            if found is not None:
                return found
        for suffix, provider in _by_open_suffix():
            if _ends_so(labels, suffix):
                return provider
    return None


def provider_by_marks(answer: HttpAnswer) -> Provider | None:
    """Whose headers an HTTP answer bears."""
    marks = _marks()
    places = [
        place
        for name, value in answer.headers
        for start, place in marks.get(name, ())
        if value.lower().startswith(start)
    ]
    return providers()[min(places)] if places else None


def provider_of(facts: Facts) -> Provider | None:
    """The provider that answers for the host: by its aliases, else by the marks in its answers."""
    aliases = facts.resolution.aliases if facts.resolution is not None else ()
    found = provider_by_alias(aliases)
    if found is not None:
        return found
    return next(filter(None, map(provider_by_marks, _answers(facts))), None)


def _answers(facts: Facts) -> Iterator[HttpAnswer]:
    """What the host answered, over TLS first."""
    yield from (address.http for address in facts.addresses if address.http is not None)
    yield from (a.plain.http for a in facts.addresses if a.plain is not None and a.plain.http is not None)


def meaning_of(facts: Facts, answer: HttpAnswer) -> tuple[Provider, str, str] | None:
    """What a status means where it is one of a known provider's own: the provider, the cause, the words."""
    return status_of_its_own(answer, aliases=facts.resolution.aliases if facts.resolution is not None else ())


def status_of_its_own(answer: HttpAnswer, *, aliases: Sequence[str]) -> tuple[Provider, str, str] | None:
    """The same for a host that has these aliases."""
    if answer.status is None or answer.status < 400:
        return None
    for provider in (provider_by_alias(aliases), provider_by_marks(answer)):
        if provider is not None and (found := provider.meaning(answer)) is not None:
            return provider, *found
    return None


def served_by(facts: Facts, provider: Provider) -> str:
    """How it is known who serves the host, in one sentence."""
    for alias in facts.resolution.aliases if facts.resolution is not None else ():
        if provider_by_alias((alias,)) is provider:
            return f"{facts.host} is an alias of {alias}, which belongs to {provider.name}."
    if provider is provider_of(facts):
        return f"{facts.host} is served through {provider.name}, as the headers of its answers show."
    return f"{facts.host} leads to {provider.name}."


def console_of(provider: Provider) -> str:
    """Where to log in: the console's name and link."""
    link = f" ({provider.console})" if provider.console is not None else ""
    return f"the {provider.console_name}{link}"


def spread_steps(provider: Provider) -> tuple[str, ...]:
    """How long to wait until a change has reached every node."""
    if provider.minutes_to_spread is None:
        return ()
    minutes = provider.minutes_to_spread
    time = f"{minutes // 60} hours" if minutes >= 120 else f"{minutes} minutes"
    return (f"Wait up to {time} until all nodes have it, then check again.",)


def configuration_steps(provider: Provider) -> tuple[str, ...]:
    """How long to wait after a change of settings; where certificates are made automatically, only these take long."""
    return () if provider.renews_itself else spread_steps(provider)


def _certificate_place(provider: Provider) -> str:
    where = f": {provider.certificate_steps}" if provider.certificate_steps is not None else ""
    return f"{console_of(provider)}{where}"


def set_up_steps(provider: Provider, host: str | None) -> tuple[str, ...]:
    """How to give a domain a certificate, in the words of the provider's console."""
    steps = [f"Log in to {console_of(provider)}, and give {host} a certificate there."]
    if provider.certificate_steps is not None:
        steps = [
            f"Log in to {console_of(provider)}, and give {host} a certificate there: {provider.certificate_steps}."
        ]
    steps += spread_steps(provider)
    if provider.guide is not None:
        steps.append(f"The provider's guide: {provider.guide}")
    if provider.is_cdn:
        steps.append("Do not look for the fault at the origin server: visitors meet the CDN's nodes, not the origin.")
    return tuple(steps)


def renewal_steps(provider: Provider, host: str | None) -> tuple[str, ...]:
    """How to renew a certificate that a provider serves, first step first."""
    steps = []
    if provider.is_cdn:
        steps.append(
            f"Do not renew at the origin server: its certificate and that of {provider.name} are independent, and "
            "visitors get the latter."
        )
    if provider.renews_itself:
        steps.append(
            f"If {provider.name} made this certificate, it renews it by itself. Look there why it did not "
            f"({_certificate_place(provider)}): usually the DNS records have changed, or a CAA record forbids it."
        )
        steps.append(f"If you uploaded it, get a new certificate for {host} and upload it in the same place.")
    else:
        steps.append(f"Get a new certificate for {host}, and upload it in {_certificate_place(provider)}.")
    return (*steps, *spread_steps(provider))


def chain_steps(provider: Provider) -> tuple[str, ...]:
    """Where a chain is mended that a provider serves."""
    not_there = " Changing the origin server changes nothing for visitors." if provider.is_cdn else ""
    return (f"Do the following in {_certificate_place(provider)}.{not_there}", *spread_steps(provider))


def edge_sentence(provider: Provider) -> str:
    """Whose certificate visitors get."""
    if provider.is_cdn:
        return (
            f"Visitors meet the edge of {provider.name} and not the origin server, so this is the edge's certificate."
        )
    return f"Visitors meet the servers of {provider.name}, so this is the certificate set up there."
