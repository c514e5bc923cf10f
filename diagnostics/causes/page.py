"""What does the page tell browsers?"""

from collections.abc import Callable

from diagnostics.catalogue import finding
from diagnostics.causes.answers import final, front, path_of
from diagnostics.facts import AddressFacts, Facts, HttpAnswer, HttpOutcome, ips
from diagnostics.finding import Finding
from diagnostics.hsts import hsts_fault
from diagnostics.page import read_page
from diagnostics.target import Target
from diagnostics.words import count, listing

_HSTS = "strict-transport-security"


def _heeded(facts: Facts) -> list[tuple[AddressFacts, HttpAnswer]]:
    """The answers whose HSTS header counts: from a name, under a good certificate (RFC 6797 §8.1)."""
    if facts.host is None or Target(facts.host, facts.host).is_address:
        return []
    return [
        (address, answer)
        for address, answer in front(facts)
        if address.certificate_accepted and answer.outcome is HttpOutcome.ANSWERED
    ]


def hsts_missing(facts: Facts) -> Finding | None:
    """Are browsers told to use HTTPS always (RFC 6797)?"""
    # Error pages often lack the headers of the others.
    answers = [(a, answer) for a, answer in _heeded(facts) if answer.status is not None and answer.status < 500]
    # One header on any page counts for the whole host.
    inside = {address.ip for address, answer in final(facts) if answer.header(_HSTS) is not None}
    without = [address for address, answer in answers if answer.header(_HSTS) is None and address.ip not in inside]
    if not without:
        return None
    only = f" {listing(ips(without))} sent none; others did." if len(without) < len(answers) else ""
    return finding(
        "http.hsts_missing",
        summary=f"{facts.host} does not tell browsers to always use HTTPS.",
        explanation=(
            "The answer has no Strict-Transport-Security header (HSTS), so a browser that is sent to http:// goes "
            f"there unprotected first.{only} Nobody is kept out by this."
        ),
        fix=(
            "Once HTTPS works everywhere on the host, send the header Strict-Transport-Security: max-age=31536000 "
            "over HTTPS. Begin with a short max-age, such as 300.",
        ),
        evidence={"addresses": ips(without)},
    )


def hsts_invalid(facts: Facts) -> Finding | None:
    """Do browsers understand the Strict-Transport-Security header?"""
    # RFC 6797 §8.1: of several headers the first counts.
    sent = [(address, header) for address, answer in _heeded(facts) if (header := answer.header(_HSTS)) is not None]
    bad = [(address, header, fault) for address, header in sent if (fault := hsts_fault(header)) is not None]
    if not bad:
        return None
    _, header, fault = bad[0]
    return finding(
        "http.hsts_invalid",
        summary=f"Browsers ignore the Strict-Transport-Security header of {facts.host}: it {fault}.",
        explanation=(
            f"The header is “{header[:200]}”: it {fault} (RFC 6797 §6.1), so it is as if it were not sent. HTTPS "
            "works; browsers are not told to always use it."
        ),
        fix=("Send the header in this form: Strict-Transport-Security: max-age=31536000",),
        evidence={"addresses": ips([address for address, _, _ in bad]), "header": header[:500], "fault": fault},
    )


def mixed_content(facts: Facts) -> Finding | None:
    """Does the page load scripts, styles or frames over plain HTTP?"""
    for address, answer in final(facts):
        if not address.certificate_accepted or answer.outcome is not HttpOutcome.ANSWERED:
            continue
        page = read_page(answer)
        if page.insecure and not page.upgrades:
            parts = list(dict.fromkeys(page.insecure))
            return finding(
                "http.mixed_content",
                summary=f"The page of {facts.host} loads {count(len(parts), 'part')} over plain HTTP.",
                explanation=(
                    f"{path_of(answer)} names {listing(parts, most=3)}. Browsers do not load scripts, styles and "
                    "frames over plain HTTP into a page that came over HTTPS, so it may look or work wrongly "
                    "for everyone. Only the beginning of this one page was read."
                ),
                fix=(
                    "Change these addresses to https:// in the page, its template or the site's settings.",
                    "For a site with many old addresses, the header Content-Security-Policy: "
                    "upgrade-insecure-requests makes browsers do it.",
                ),
                evidence={"addresses": [address.ip], "url": answer.url, "parts": parts[:10], "count": len(parts)},
            )
    return None


CAUSES: dict[str, Callable[[Facts], Finding | None]] = {
    "http.hsts_missing": hsts_missing,
    "http.hsts_invalid": hsts_invalid,
    "http.mixed_content": mixed_content,
}
