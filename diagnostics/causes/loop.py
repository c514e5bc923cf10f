"""Which circle do redirects go in?"""

from enum import StrEnum

from diagnostics.facts import Facts, Trace, TraceEnd
from diagnostics.location import Link, read_url


class LoopKind(StrEnum):
    """Which circle redirects go in."""

    SAME_URL = "same_url"
    SCHEMES = "schemes"  # http and https, back and forth
    WWW = "www"  # with and without www., back and forth
    HOSTS = "hosts"  # through another host
    PAGES = "pages"  # several pages of one host


def circle(trace: Trace) -> tuple[Link, ...]:
    """The URLs that a looping trace goes through again and again, each once."""
    urls = [hop.url for hop in trace.hops]
    # The last time it came up: with a new cookie on each round the same URLs are in the trace several times.
    start = next((place for place in range(len(urls) - 1, -1, -1) if urls[place] == trace.loop_start), 0)
    return tuple(link for url in dict.fromkeys(urls[start:]) if (link := read_url(url)) is not None)


def loop_kind(trace: Trace) -> LoopKind:
    """Which circle a looping trace goes in."""
    links = circle(trace)
    hosts = {link.target.host for link in links}
    if len(links) < 2:
        return LoopKind.SAME_URL
    if len(hosts) == 2 and len({host.removeprefix("www.") for host in hosts}) == 1:
        return LoopKind.WWW
    if len(hosts) > 1:
        return LoopKind.HOSTS
    return LoopKind.SCHEMES if len({link.scheme for link in links}) > 1 else LoopKind.PAGES


def whom(facts: Facts, trace: Trace) -> str:
    """For whom the circle is one: for all who begin where it begins, or for those who get one of the addresses."""
    alike = [other for other in facts.traces if other.start == trace.start]
    from_plain = trace.start.startswith("http://")
    everyone = "everyone who types the name without https://" if from_plain else "everyone"
    if any(other.end is not TraceEnd.LOOP for other in alike):
        return "Other addresses of the host answer otherwise, so it is broken for some visitors, by chance."
    return f"It is broken for {everyone}."


_TRUST_PROXY = (
    "If a proxy or CDN is in front, let it ask the server behind it over HTTPS, or make the application trust its "
    "X-Forwarded-Proto header, which tells whether the visitor came over HTTPS."
)
_LOOPS = {
    LoopKind.SAME_URL: (
        "The answer to this address is to go to the very same address. Usually a proxy or CDN asks the server behind "
        "it over plain HTTP, and that server sends everybody to HTTPS.",
        (_TRUST_PROXY, "If nothing is in front, remove the rule that redirects this address to itself."),
    ),
    LoopKind.SCHEMES: (
        "One rule sends HTTPS visitors to HTTP and another sends them back.",
        (
            "Remove the rule that redirects https:// to http:// (web server, application or CDN), and keep the one "
            "that redirects http:// to https://.",
            _TRUST_PROXY,
        ),
    ),
    LoopKind.WWW: (
        "One rule sends visitors to the name with www. and another to the name without.",
        (
            "Decide for one of the two names, and remove the rule that redirects it to the other (DNS provider, CDN, "
            "web server and application may each have one).",
        ),
    ),
    LoopKind.HOSTS: (
        "One host sends visitors to the other, which sends them back.",
        ("Decide where visitors shall arrive, and remove the redirect on that host.",),
    ),
    LoopKind.PAGES: (
        "The pages of the host send visitors to each other.",
        (
            "Find the rules or the program that redirect these pages, and let one of them show its content. A page "
            "that asks for a login is a usual place.",
        ),
    ),
}


def reason_and_fix(kind: LoopKind) -> tuple[str, tuple[str, ...]]:
    """Why redirects go in such a circle, and what to do."""
    return _LOOPS[kind]
