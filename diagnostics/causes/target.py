"""May the target be looked at, and can Padlock look at anything at all?"""

import re
from datetime import UTC, datetime

from diagnostics.catalogue import finding
from diagnostics.facts import ConnectStatus, DnsStatus, Facts, Refusal
from diagnostics.finding import Confidence, Finding, Severity
from diagnostics.words import count, day, listing

# Padlock was written after the first and its roots will not be worth much after the second. Between the two nothing
# proves the clock wrong: a host's Date header may be wrong itself, which is often why a certificate was not renewed,
# and would hide one that has truly expired; so it is only told beside the fault (causes/certificate.py).
_EARLIEST, _LATEST = datetime(2026, 11, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)

_ROOTS_DATE = re.compile(r"certifi (\d{4})\.(\d{1,2})\.(\d{1,2})")

# Names in the issuers that products for inspecting TLS make up certificates with, in lower case.
_INTERCEPTORS = (
    "zscaler", "fortinet", "fortigate", "netskope", "blue coat", "bluecoat", "palo alto networks", "cisco umbrella",
    "opendns", "forcepoint", "websense", "mcafee web gateway", "skyhigh", "sophos", "barracuda", "watchguard",
    "sonicwall", "check point", "untangle", "smoothwall", "iboss", "lightspeed", "contentkeeper", "securly",
    "goguardian", "menlo security", "gateway ca - cloudflare", "cato networks", "kaspersky", "avast", "avg ",
    "eset ssl", "bitdefender", "adguard", "norton web", "mitmproxy", "charles proxy", "do_not_trust", "fiddler",
    "portswigger", "zed attack proxy", "proxyman", "squid",
)  # fmt: skip
_OTHER_NAME = (
    "certificate.name_mismatch", "certificate.wildcard_depth", "certificate.www_mismatch", "certificate.no_san",
)  # fmt: skip


def invalid(facts: Facts) -> Finding | None:
    """Is what was named a host, an address or an http(s) URL?"""
    if facts.refusal is not Refusal.INVALID:
        return None
    return finding(
        "target.invalid",
        summary=facts.refusal_reason or "This is no host name, address or web address.",
        explanation="Nothing was looked up and nothing was contacted.",
        fix=("Give a host name such as shop.example.com, or a web address such as https://shop.example.com/.",),
        evidence={"input": facts.text},
    )


def forbidden(facts: Facts) -> Finding | None:
    """Is the target, and every address it leads to, public or allowed by the operator?"""
    if facts.refusal in (Refusal.NAME, Refusal.ADDRESS, Refusal.PORT):
        port = facts.refusal is Refusal.PORT
        return finding(
            "target.forbidden",
            summary=facts.refusal_reason or f"{facts.host} is not public, so Padlock did not contact it.",
            explanation=(
                "Padlock runs inside somebody's network, so it contacts only public hosts, on the ports its operator "
                "allows. Nothing was sent to this one, so nothing is known of its HTTPS."
            ),
            fix=(
                (
                    "Check the port; HTTPS is usually on 443.",
                    "If this port is right, ask Padlock's operator to add it to PADLOCK_PORTS.",
                )
                if port
                else (
                    "Check that this is the public name of the site.",
                    "If it is an internal host that Padlock should check, ask Padlock's operator to name its network "
                    "in PADLOCK_ALLOW_NETWORKS.",
                )
            ),
            evidence={"host": facts.host, "port": facts.port, "reason": str(facts.refusal)},
        )
    if facts.refusal is None and facts.forbidden_addresses:
        number = count(facts.forbidden_addresses, "address", "addresses")
        return finding(
            "target.forbidden",
            severity=Severity.WARNING,
            title="Some of the name's addresses are not public",
            summary=f"{facts.host} also leads to {number} that is not public."
            if facts.forbidden_addresses == 1
            else f"{facts.host} also leads to {number} that are not public.",
            explanation=(
                f"DNS gives {facts.host} public addresses and {number} from a private or reserved range. Visitors who "
                "get such an address cannot connect. Padlock did not contact it."
            ),
            fix=("Remove the private or reserved addresses from the name's public DNS records.",),
            evidence={"host": facts.host, "forbidden": facts.forbidden_addresses},
        )
    return None


def no_network(facts: Facts) -> Finding | None:
    """Does Padlock's own network work?"""
    resolution = facts.resolution
    silent = resolution is not None and resolution.status is DnsStatus.NO_NETWORK
    statuses = {address.connect.status for address in facts.addresses}
    cut_off = bool(statuses) and (
        statuses == {ConnectStatus.NO_ROUTE}
        or (not facts.has_route and statuses <= {ConnectStatus.NO_ROUTE, ConnectStatus.UNREACHABLE})
    )
    if not silent and not cut_off:
        return None
    servers = listing(facts.vantage.nameservers)
    if silent:
        known = (
            f"None of the DNS servers Padlock is set up to ask ({servers}) answers, not even a control question."
            if servers
            else "Padlock has no DNS server to ask."
        )
    else:
        known = "Padlock's machine has no route to any of the host's addresses."
    return finding(
        "probe.no_network",
        summary=f"Padlock could not look at {facts.host}, because its own network does not work.",
        explanation=f"{known} This says nothing about {facts.host}.",
        fix=(
            "Tell Padlock's operator, or try again in a few minutes.",
            "Operators: check the machine's network, and the DNS servers in PADLOCK_NAMESERVERS.",
        ),
        evidence={"nameservers": list(facts.vantage.nameservers), "routes": list(facts.vantage.families)},
    )


def clock_wrong(facts: Facts) -> Finding | None:
    """Is Padlock's own clock plausible?"""
    if facts.refusal is not None or max(_EARLIEST, _made(facts.vantage.roots)) <= facts.started_at <= _LATEST:
        return None
    return finding(
        "probe.clock_wrong",
        summary=f"Padlock's own clock shows {day(facts.started_at)}, so dates of certificates cannot be judged.",
        explanation=(
            "This date lies before Padlock or its list of roots was made, or implausibly far ahead. What is said about "
            "expired or not yet valid certificates may be wrong."
        ),
        fix=("Padlock's operator: set the machine's clock, best by NTP, then check again.",),
        evidence={"clock": facts.started_at.strftime("%Y-%m-%dT%H:%M:%SZ")},
    )


def _made(roots: str | None) -> datetime:
    """The day on which the public roots were put together, which is their version."""
    found = _ROOTS_DATE.search(roots or "")
    if found is None:
        return _EARLIEST
    year, month, day = map(int, found.groups())
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return _EARLIEST


def intercepted(facts: Facts) -> Finding | None:
    """Does something between Padlock and the host re-sign the traffic?"""
    for address in facts.shook_hands:
        certificate = address.certificate
        if certificate is None or any(fault.code in _OTHER_NAME for fault in address.faults):
            continue  # a box that shows its own certificate is what answers at this address, not what is in between
        issuers = " ".join((certificate.issuer, *certificate.chain[1:])).lower()
        known = next((name for name in _INTERCEPTORS if name in issuers), None)
        if known is not None:
            return finding(
                "probe.intercepted",
                confidence=Confidence.LIKELY,
                summary=f"Something between Padlock and {facts.host} re-signs the traffic, so its own certificate "
                "could not be seen.",
                explanation=(
                    f"The certificate that arrived was issued by {certificate.issuer}, which is known from security "
                    "products that open encrypted traffic on its way. What the host itself serves is unknown. Visitors "
                    "in other networks are not affected."
                ),
                fix=(
                    "Look from another network, or ask Padlock's operator to let it out without inspection.",
                    "If you are on the same network as Padlock, ask your IT department: the product's own root must be "
                    "installed on your device.",
                ),
                evidence={"addresses": [address.ip], "issuer": certificate.issuer, "known": known},
            )
    return None


CAUSES = {
    "target.invalid": invalid,
    "target.forbidden": forbidden,
    "probe.no_network": no_network,
    "probe.clock_wrong": clock_wrong,
    "probe.intercepted": intercepted,
}
