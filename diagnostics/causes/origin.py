"""Does the CDN reach the origin server behind it?"""

from collections.abc import Callable, Sequence

from diagnostics.catalogue import finding
from diagnostics.causes.answers import for_whom, with_meaning
from diagnostics.causes.loop import LoopKind, circle, loop_kind, whom
from diagnostics.facts import Facts, Trace, TraceEnd, ips
from diagnostics.finding import Confidence, Finding
from diagnostics.providers import configuration_steps, console_of, meaning_of, provider_of, served_by
from diagnostics.words import listing

_ORIGIN = "the origin server (your own web server behind the CDN)"
_NOT_PROVEN = "What happens behind the CDN cannot be seen from outside, so this is likely and not proven."


def redirect_loop(facts: Facts) -> Finding | None:
    """Does the CDN ask an origin over plain HTTP that sends everybody to HTTPS?"""
    trace = next((t for t in facts.traces if t.end is TraceEnd.LOOP and _leads_to_itself(facts, t)), None)
    provider = provider_of(facts) if trace is not None else None
    if trace is None or provider is None or not provider.is_cdn:
        return None
    url, status = trace.last_url, trace.hops[-1].status
    where = f": {provider.origin_steps}" if provider.origin_steps is not None else ""
    return finding(
        "cdn.redirect_loop",
        summary=f"{facts.host} redirects to itself: its CDN ({provider.name}) and its origin server disagree on HTTPS.",
        explanation=(
            f"{served_by(facts, provider)} {url} answered with status {status} and leads to {url} again. Usually the "
            f"CDN asks {_ORIGIN} over plain HTTP, and that sends everybody to HTTPS, so nobody arrives. {_NOT_PROVEN} "
            f"{whom(facts, trace)}"
        ),
        fix=(
            f"Let the CDN ask the origin over HTTPS, in {console_of(provider)}{where}. The origin needs a certificate "
            "for that.",
            "If the origin has no HTTPS, take the redirect to HTTPS out of the origin (web server or application), and "
            "let the CDN redirect visitors.",
            *configuration_steps(provider),
            "Purge the CDN's cache: it may have kept the redirect.",
        ),
        evidence={
            "provider": provider.name,
            "addresses": [trace.ip],
            "loop": trace.loop_start,
            "hops": [{"url": hop.url, "status": hop.status, "location": hop.location} for hop in trace.hops],
        },
        confidence=Confidence.LIKELY,
    )


def _leads_to_itself(facts: Facts, trace: Trace) -> bool:
    """The signature: an https URL of the host that redirects to itself."""
    links = circle(trace)
    return (
        loop_kind(trace) is LoopKind.SAME_URL
        and bool(links)
        and links[0].scheme == "https"
        and links[0].target.host == facts.host
    )


def loop_detected(facts: Facts) -> Finding | None:
    """Does the CDN say that it is calling itself?"""
    answers = with_meaning(facts, "cdn.loop_detected")
    found = meaning_of(facts, answers[0][1]) if answers else None
    if found is None:
        return None
    provider, _, words = found
    status = answers[0][1].status
    return finding(
        "cdn.loop_detected",
        summary=f"{provider.name} says that it is calling itself for {facts.host} (status {status}).",
        explanation=(
            f"{served_by(facts, provider)} {listing(ips([a for a, _ in answers]))} answered with status {status}: "
            f"{provider.name} says that {words}. Usually what is set there as {_ORIGIN} is a name of the CDN, or "
            f"redirects to one. {_NOT_PROVEN} {for_whom(facts, len(answers))}"
        ),
        fix=(
            f"Look up the origin server of {facts.host} in {console_of(provider)}: it must be the address or name of "
            f"your own server, and never {facts.host} itself or another name that leads to the CDN.",
            "If the CDN follows redirects of the origin by itself, switch that off, and let it ask the origin over "
            "HTTPS (or follow the visitor's protocol), so that the origin does not redirect.",
            *configuration_steps(provider),
        ),
        evidence={"provider": provider.name, "status": status, "addresses": ips([a for a, _ in answers])},
        confidence=Confidence.LIKELY,
    )


def origin_certificate_invalid(facts: Facts) -> Finding | None:
    """Does the CDN say that it does not accept the origin's certificate?"""
    return told_by_cdn(
        facts,
        "cdn.origin_certificate_invalid",
        what="does not accept the certificate of the origin server of",
        fix=(
            "On the origin server, install a valid certificate with its whole chain, for the name that the CDN asks "
            "for (an own origin certificate of the CDN's does too, where it offers one).",
            "Check its end date, its names and its chain there; what visitors get from the CDN is another certificate.",
        ),
    )


def origin_unreachable(facts: Facts) -> Finding | None:
    """Does the CDN say that it cannot reach the origin?"""
    return told_by_cdn(
        facts,
        "cdn.origin_unreachable",
        what="cannot reach the origin server of",
        fix=(
            "Check that the origin server is running and answers, asked directly and not through the CDN.",
            "Check that its firewall lets the CDN's addresses in, and that the CDN is set to its right address, name "
            "and port.",
        ),
    )


def told_by_cdn(facts: Facts, code: str, *, what: str, fix: Sequence[str]) -> Finding | None:
    """What the CDN's own status says about the origin."""
    answers = with_meaning(facts, code)
    found = meaning_of(facts, answers[0][1]) if answers else None
    if found is None:
        return None
    provider, _, words = found
    status = answers[0][1].status
    return finding(
        code,
        summary=f"{provider.name} {what} {facts.host} (status {status}).",
        explanation=(
            f"{served_by(facts, provider)} {listing(ips([a for a, _ in answers]))} answered with status {status}: "
            f"{provider.name} says that {words}; that is your own web server behind the CDN. The way from visitors to "
            f"{provider.name} works. {_NOT_PROVEN} {for_whom(facts, len(answers))}"
        ),
        fix=(*fix, f"How the origin is asked is set in {console_of(provider)}."),
        evidence={"provider": provider.name, "status": status, "addresses": ips([a for a, _ in answers])},
        confidence=Confidence.LIKELY,
    )


CAUSES: dict[str, Callable[[Facts], Finding | None]] = {
    "cdn.redirect_loop": redirect_loop,
    "cdn.loop_detected": loop_detected,
    "cdn.origin_certificate_invalid": origin_certificate_invalid,
    "cdn.origin_unreachable": origin_unreachable,
}
