"""Where do the redirects lead?"""

from collections.abc import Callable

from diagnostics.catalogue import BY_CODE, finding
from diagnostics.causes.loop import loop_kind, reason_and_fix, whom
from diagnostics.facts import Facts, Refusal, Trace, TraceEnd
from diagnostics.finding import Confidence, Finding, Severity
from diagnostics.location import Link, read_url
from diagnostics.page import refreshes_to
from diagnostics.words import count, inside

_TEMPORARY = (302, 303, 307)
_NO_CONTENT = (204, 205)


def _ending(facts: Facts, end: TraceEnd) -> Trace | None:
    """The first trace that ended so: from https:// before from http://."""
    return next((trace for trace in facts.traces if trace.end is end), None)


def _way(trace: Trace) -> str:
    """The URLs of a trace, joined by arrows, the middle left out where it is long."""
    urls = [hop.url for hop in trace.hops]
    # A circle ends where it was before; every other way ends at its last answer, or at what was not asked.
    if trace.end is TraceEnd.LOOP or urls[-1] != trace.last_url:
        urls.append(trace.last_url)
    if len(urls) > 6:
        urls = [*urls[:4], "…", urls[-1]]
    return " → ".join(urls)


def _hops(trace: Trace) -> list[dict[str, str | int | None]]:
    return [{"url": hop.url, "status": hop.status, "location": hop.location} for hop in trace.hops]


def https_works(facts: Facts) -> bool:
    """Whether every address that was looked at shakes hands with a certificate browsers accept."""
    return bool(facts.shook_hands) and all(address.certificate_accepted for address in facts.shook_hands)


def _refresh(trace: Trace) -> Link | None:
    """Where the page at the end of a trace sends visitors by itself."""
    base = read_url(trace.last_url)
    return refreshes_to(trace.answer, base=base) if trace.answer is not None and base is not None else None


def _shows_content_without_https(trace: Trace) -> bool:
    """Whether a trace that began at http:// ended there, at a page; an error is no content anybody reads."""
    status = trace.hops[-1].status or 0
    return (
        trace.start.startswith("http://")
        and trace.end is TraceEnd.ANSWER
        and trace.last_url.startswith("http://")
        and 200 <= status < 300
        and status not in _NO_CONTENT
    )


def missing(facts: Facts) -> Finding | None:
    """Does plain HTTP lead to HTTPS?"""
    traces = [trace for trace in facts.traces if _shows_content_without_https(trace)]
    traces = [trace for trace in traces if (to := _refresh(trace)) is None or to.scheme != "https"]
    if not traces:
        return None
    trace = traces[0]
    mend_first = (
        () if https_works(facts) else ("First mend HTTPS, so that the redirect leads to something that works.",)
    )
    return finding(
        "redirect.missing",
        summary=f"Plain HTTP on {facts.host} shows the page unencrypted and does not lead to HTTPS.",
        explanation=(
            f"{_way(trace)} answered with status {trace.hops[-1].status} and content. Visitors who type the name "
            "without https:// or follow an old link stay unprotected."
        ),
        fix=(
            *mend_first,
            "Redirect every HTTP request to HTTPS with status 301 (nginx: return 301 https://$host$request_uri; "
            f"Apache: Redirect permanent / https://{facts.host}/; a CDN: its forced redirection to HTTPS).",
        ),
        evidence={"addresses": [trace.ip for trace in traces], "hops": _hops(trace)},
    )


def loop(facts: Facts) -> Finding | None:
    """Do the redirects come to an end?"""
    trace = _ending(facts, TraceEnd.LOOP)
    if trace is None:
        return None
    kind = loop_kind(trace)
    reason, fix = reason_and_fix(kind)
    return finding(
        "redirect.loop",
        summary=f"{facts.host} redirects in a circle, so browsers give up (too many redirects).",
        explanation=f"{_way(trace)}: the last address was visited before. {reason} {whom(facts, trace)}",
        fix=fix,
        evidence={"addresses": [trace.ip], "hops": _hops(trace), "loop": trace.loop_start, "kind": kind.value},
    )


def too_many(facts: Facts) -> Finding | None:
    """Are there more redirects than browsers follow (20)?"""
    trace = _ending(facts, TraceEnd.TOO_MANY)
    if trace is None:
        return None
    return finding(
        "redirect.too_many",
        summary=f"{facts.host} redirects more than 20 times, which is where browsers stop.",
        explanation=(
            f"After {count(len(trace.hops), 'redirect')} there was still no page: {_way(trace)}. It is broken for "
            "everyone who takes this way."
        ),
        fix=(
            "Let the first redirect lead straight to the final address.",
            "If each redirect leads to a new address without end, find the rule that makes them.",
        ),
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
    cause = BY_CODE.get(trace.other_cause or "")
    title = f": {inside(cause.title)}" if cause is not None else ""
    what = "HTTPS is broken there" if trace.last_url.startswith("https://") else "it cannot be reached"
    wrong_port = trace.last_url.startswith("http://") and trace.other_cause == "http.misdirected"
    if wrong_port:
        what = "that port speaks HTTPS only"
    link = read_url(trace.last_url)
    place = link.authority if link is not None else trace.other_host  # with the port where it is not the usual one
    itself = f"{facts.host} itself" if trace.other_host != facts.host else f"Port {facts.port} of {facts.host} itself"
    doubt = (
        " It had less time to answer than usual, because the time of this check was nearly up, so this is likely and "
        "not proven."
        if trace.hurried
        else ""
    )
    unusual_port = link is not None and link.authority.endswith(f":{link.target.port}")
    port = {"port": link.target.port} if link is not None and unusual_port else {}
    return finding(
        "redirect.broken_target",
        summary=f"{facts.host} redirects to {place}, and {what}.",
        explanation=(
            f"{_way(trace)}: {place} cannot be opened{title}. {itself} answered properly.{doubt} It is broken for "
            "everyone who is sent there."
        ),
        fix=(
            f"Let the redirect to {place} begin with https:// in place of http://."
            if wrong_port
            else f"Check {place} on its own, and mend what is found there.",
            f"If {place} is the wrong place, mend the redirect.",
        ),
        evidence={
            "host": trace.other_host,
            **port,
            "cause": trace.other_cause,
            "addresses": [trace.ip],
            "hops": _hops(trace),
        },
        confidence=Confidence.LIKELY if trace.hurried else Confidence.PROVEN,
    )


def invalid_location(facts: Facts) -> Finding | None:
    """Does every redirect say where to go (RFC 9110 §10.2.2)?"""
    trace = _ending(facts, TraceEnd.INVALID_LOCATION)
    if trace is None:
        return None
    last = trace.hops[-1]
    locations = trace.answer.all_headers("location") if trace.answer is not None else ()
    if len(set(locations)) > 1:
        seen = f"{len(locations)} Location headers that differ, which browsers refuse"
    else:
        seen = f"Location “{last.location}”, which no browser can follow" if last.location else "no Location (target)"
    return finding(
        "redirect.invalid_location",
        summary=f"{facts.host} answers with a redirect that does not say where to go.",
        explanation=f"{last.url} answered with status {last.status} and {seen}. It is broken for everyone.",
        fix=("Mend the rule or program that makes this redirect: its Location must be a web address or a path.",),
        evidence={"addresses": [trace.ip], "hops": _hops(trace)},
    )


def forbidden_target(facts: Facts) -> Finding | None:
    """Do the redirects lead to an address that is not public?"""
    traces = [trace for trace in facts.traces if trace.end is TraceEnd.FORBIDDEN_TARGET]
    inside = [trace for trace in traces if trace.refusal is not Refusal.PORT]
    if inside:
        trace = inside[0]
        return finding(
            "redirect.forbidden_target",
            summary=f"{facts.host} redirects to {trace.other_host}, which is not public.",
            explanation=(
                f"{_way(trace)}: the last address is for use inside a network. It was not followed. Visitors outside "
                "that network cannot open it."
            ),
            fix=("Redirect to the public name of the site.",),
            evidence={"host": trace.other_host, "addresses": [trace.ip], "hops": _hops(trace)},
        )
    if not traces:
        return None
    trace = traces[0]
    link = read_url(trace.last_url)
    port = link.target.port if link is not None else None
    return finding(
        "redirect.forbidden_target",
        severity=Severity.WARNING,
        title="A redirect leads to a port that Padlock may not contact",
        summary=f"{facts.host} redirects to port {port} of {trace.other_host}, which Padlock may not contact.",
        explanation=(
            f"{_way(trace)}: the operator of this Padlock does not let it contact port {port}, so the redirect was not "
            "followed. It may work for visitors; networks that let only the usual ports through block it."
        ),
        fix=(
            f"Open {trace.last_url} in a browser to see whether it works.",
            "If you can, serve the site on the usual port of https://, 443, and redirect there.",
        ),
        evidence={"host": trace.other_host, "port": port, "addresses": [trace.ip], "hops": _hops(trace)},
    )


def temporary(facts: Facts) -> Finding | None:
    """Do browsers remember the redirect to HTTPS?"""
    for trace in facts.traces:
        if not trace.start.startswith("http://"):
            continue
        first = trace.hops[0]
        after = trace.hops[1].url if len(trace.hops) > 1 else trace.last_url
        if first.status in _TEMPORARY and after.startswith("https://"):
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
        to = _refresh(trace) if _shows_content_without_https(trace) else None
        if to is not None and to.scheme == "https":
            return finding(
                "redirect.temporary",
                summary=f"{facts.host} leads to HTTPS by the page itself (meta refresh), not by a redirect.",
                explanation=(
                    f"{trace.last_url} answered with a page that sends browsers on to {to.url}. Browsers ask over "
                    "plain HTTP again each time, and programs do not follow it. It works for visitors with a browser."
                ),
                fix=("Answer http:// with status 301 and a Location that begins with https://.",),
                evidence={"addresses": [trace.ip], "status": trace.hops[-1].status, "meta_refresh": to.url},
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
