"""Where do the redirects lead?"""

from collections.abc import Callable

from diagnostics.catalogue import finding
from diagnostics.facts import Facts, Trace, TraceEnd
from diagnostics.finding import Finding
from diagnostics.words import count

_TEMPORARY = (302, 303, 307)


def _ending(facts: Facts, end: TraceEnd) -> Trace | None:
    """The first trace that ended so: from https:// before from http://."""
    return next((trace for trace in facts.traces if trace.end is end), None)


def _way(trace: Trace) -> str:
    """The URLs of a trace, joined by arrows, the middle left out where it is long."""
    urls = [hop.url for hop in trace.hops]
    if trace.end is not TraceEnd.ANSWER:
        urls.append(trace.last_url)
    if len(urls) > 6:
        urls = [*urls[:4], "…", urls[-1]]
    return " → ".join(urls)


def _hops(trace: Trace) -> list[dict[str, str | int | None]]:
    return [{"url": hop.url, "status": hop.status, "location": hop.location} for hop in trace.hops]


def https_works(facts: Facts) -> bool:
    """Whether every address that was looked at shakes hands with a certificate browsers accept."""
    return bool(facts.shook_hands) and all(address.certificate_accepted for address in facts.shook_hands)


def missing(facts: Facts) -> Finding | None:
    """Does plain HTTP lead to HTTPS?"""
    traces = [
        trace
        for trace in facts.traces
        if trace.start.startswith("http://") and trace.end is TraceEnd.ANSWER and trace.last_url.startswith("http://")
    ]
    # An error page at the end is no content that anybody reads unencrypted.
    traces = [trace for trace in traces if (trace.hops[-1].status or 0) < 400]
    if not traces:
        return None
    trace = traces[0]
    return finding(
        "redirect.missing",
        summary=f"Plain HTTP on {facts.host} shows the page unencrypted and does not lead to HTTPS.",
        explanation=(
            f"{_way(trace)} answered with status {trace.hops[-1].status} and content. Visitors who type the name "
            "without https:// or follow an old link stay unprotected."
        ),
        fix=(
            "Redirect every HTTP request to HTTPS with status 301 (nginx: return 301 https://$host$request_uri; "
            "Apache: Redirect permanent / https://…; a CDN: its forced redirection to HTTPS).",
        ),
        evidence={"addresses": [trace.ip for trace in traces], "hops": _hops(trace)},
    )


def loop(facts: Facts) -> Finding | None:
    """Do the redirects come to an end?"""
    trace = _ending(facts, TraceEnd.LOOP)
    if trace is None:
        return None
    between_schemes = len({hop.url.partition("://")[0] for hop in trace.hops}) > 1
    return finding(
        "redirect.loop",
        summary=f"{facts.host} redirects in a circle, so browsers give up (too many redirects).",
        explanation=(
            f"{_way(trace)}: the last address was visited before. "
            + (
                "One rule sends HTTPS visitors to HTTP and another sends them back. "
                if between_schemes
                else "A rule redirects to the very address that was asked for. "
            )
            + "It is broken for everyone."
        ),
        fix=(
            "Find the two rules that send visitors to and fro (web server, application, CDN), and remove one of them.",
            "If a proxy or CDN is in front, let it ask the origin over HTTPS, or make the application trust its "
            "X-Forwarded-Proto header.",
        ),
        evidence={"addresses": [trace.ip], "hops": _hops(trace), "loop": trace.loop_start},
    )


def too_many(facts: Facts) -> Finding | None:
    """Are there more redirects than browsers follow (20)?"""
    trace = _ending(facts, TraceEnd.TOO_MANY)
    if trace is None:
        return None
    return finding(
        "redirect.too_many",
        summary=f"{facts.host} redirects more than 20 times, which is where browsers stop.",
        explanation=f"After {count(len(trace.hops), 'redirect')} there was still no page: {_way(trace)}.",
        fix=("Let the first redirect lead straight to the final address.",),
        evidence={"addresses": [trace.ip], "hops": _hops(trace)},
    )


def downgrade(facts: Facts) -> Finding | None:
    """Does HTTPS send visitors to plain HTTP and not back?"""
    for trace in facts.traces:
        if not trace.start.startswith("https://") or not trace.last_url.startswith("http://"):
            continue
        if trace.end in (TraceEnd.ANSWER, TraceEnd.FAILED, TraceEnd.BROKEN_TARGET):
            return finding(
                "redirect.downgrade",
                summary=f"{facts.host} sends HTTPS visitors back to plain HTTP.",
                explanation=(
                    f"{_way(trace)}: the way begins at https:// and ends at http://, unencrypted. Everyone who opens "
                    "the HTTPS address is affected."
                ),
                fix=(
                    "Remove the rule that redirects https:// to http:// (on a CDN, forced redirection may be set to "
                    "HTTP instead of HTTPS).",
                    "Set the site's own address to https:// where the application keeps one (WordPress: Site Address).",
                ),
                evidence={"addresses": [trace.ip], "hops": _hops(trace)},
            )
    return None


def broken_target(facts: Facts) -> Finding | None:
    """Do the redirects lead to a host whose own HTTPS is broken?"""
    trace = _ending(facts, TraceEnd.BROKEN_TARGET)
    if trace is None:
        return None
    return finding(
        "redirect.broken_target",
        summary=f"{facts.host} redirects to {trace.other_host}, and HTTPS is broken there.",
        explanation=f"{_way(trace)}: {trace.other_host} cannot be opened ({trace.other_cause}).",
        fix=(
            f"Check {trace.other_host} on its own, and mend what is found there.",
            f"If {trace.other_host} is the wrong place, mend the redirect.",
        ),
        evidence={
            "host": trace.other_host,
            "cause": trace.other_cause,
            "addresses": [trace.ip],
            "hops": _hops(trace),
        },
    )


def invalid_location(facts: Facts) -> Finding | None:
    """Does every redirect say where to go (RFC 9110 §10.2.2)?"""
    trace = _ending(facts, TraceEnd.INVALID_LOCATION)
    if trace is None:
        return None
    last = trace.hops[-1]
    seen = f"Location “{last.location}”, which no browser can follow" if last.location else "no Location"
    return finding(
        "redirect.invalid_location",
        summary=f"{facts.host} answers with a redirect that does not say where to go.",
        explanation=f"{last.url} answered with status {last.status} and {seen}. It is broken for everyone.",
        fix=("Mend the rule or program that makes this redirect: its Location must be a web address or a path.",),
        evidence={"addresses": [trace.ip], "hops": _hops(trace)},
    )


def forbidden_target(facts: Facts) -> Finding | None:
    """Do the redirects lead to an address that is not public?"""
    trace = _ending(facts, TraceEnd.FORBIDDEN_TARGET)
    if trace is None:
        return None
    return finding(
        "redirect.forbidden_target",
        summary=f"{facts.host} redirects to {trace.other_host}, which is not public.",
        explanation=(
            f"{_way(trace)}: the last address is for use inside a network, or on a port that Padlock may not contact. "
            "It was not followed. Visitors outside that network cannot open it."
        ),
        fix=("Redirect to the public name of the site.",),
        evidence={"host": trace.other_host, "addresses": [trace.ip], "hops": _hops(trace)},
    )


def temporary(facts: Facts) -> Finding | None:
    """Do browsers remember the redirect to HTTPS?"""
    for trace in facts.traces:
        first = trace.hops[0]
        leads_on = len(trace.hops) > 1 and trace.hops[1].url.startswith("https://")
        if trace.start.startswith("http://") and first.status in _TEMPORARY and leads_on:
            return finding(
                "redirect.temporary",
                summary=f"The redirect of {facts.host} to HTTPS is temporary ({first.status}).",
                explanation=(
                    f"{first.url} answered with {first.status}, so browsers ask over plain HTTP again each time. "
                    "It works for everyone."
                ),
                fix=("Use status 301 or 308 for the redirect to HTTPS.",),
                evidence={"addresses": [trace.ip], "status": first.status, "location": first.location},
            )
    return None


CAUSES: dict[str, Callable[[Facts], Finding | None]] = {
    "redirect.missing": missing,
    "redirect.loop": loop,
    "redirect.too_many": too_many,
    "redirect.downgrade": downgrade,
    "redirect.broken_target": broken_target,
    "redirect.invalid_location": invalid_location,
    "redirect.forbidden_target": forbidden_target,
    "redirect.temporary": temporary,
}
