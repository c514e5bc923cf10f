"""Does the name lead to an address?"""

from collections.abc import Sequence

from diagnostics.catalogue import finding
from diagnostics.facts import DnsSilence, DnsStatus, Facts, Resolution
from diagnostics.finding import Confidence, Evidence, Finding
from diagnostics.words import listing, seconds


def _at(facts: Facts, status: DnsStatus) -> Resolution | None:
    """The resolution, where it ended so."""
    resolution = facts.resolution
    return resolution if resolution is not None and resolution.status is status else None


def _evidence(facts: Facts, resolution: Resolution) -> Evidence:
    return {
        "name": facts.host,
        "aliases": list(resolution.aliases),
        "answers": [
            {"nameserver": answer.nameserver, "type": answer.rdtype, "answer": answer.rcode}
            for answer in resolution.answers
        ],
    }


def _servers(facts: Facts) -> str:
    return listing(facts.vantage.nameservers) or "the system's DNS servers"


def nxdomain(facts: Facts) -> Finding | None:
    """Does the name exist at all (RFC 1035 §4.1.1, NXDOMAIN)?"""
    resolution = _at(facts, DnsStatus.NXDOMAIN)
    if resolution is None:
        return None
    return finding(
        "dns.nxdomain",
        summary=f"The name {facts.host} does not exist in DNS, so nobody can reach it.",
        explanation=(
            f"The DNS servers ({_servers(facts)}) say that there is no such name (NXDOMAIN). It is broken for everyone."
        ),
        fix=(
            f"Check the spelling of {facts.host}.",
            "If it is right, add the missing record (A, AAAA or CNAME) where the domain's DNS is managed.",
            "If the domain is new or was not renewed, look at its state at the registrar.",
        ),
        evidence=_evidence(facts, resolution),
    )


def no_address(facts: Facts) -> Finding | None:
    """Does the name have an address (RFC 2308 §2.2, no data)?"""
    resolution = _at(facts, DnsStatus.NO_ADDRESS)
    if resolution is None:
        return None
    end = resolution.aliases[-1] if resolution.aliases else facts.host
    through = f" It is an alias that ends at {end}." if resolution.aliases else ""
    return finding(
        "dns.no_address",
        summary=f"The name {facts.host} exists in DNS but has no address, so nobody can connect to it.",
        explanation=(
            f"The DNS servers ({_servers(facts)}) know the name and give neither an IPv4 (A) nor an IPv6 (AAAA) "
            f"address for it.{through} It is broken for everyone."
        ),
        fix=(
            f"Add an A record (or AAAA, or the CNAME your CDN gave you) for {end} where the domain's DNS is managed.",
            "Wait for the old answer to expire (usually minutes, at most a day), then check again.",
        ),
        evidence=_evidence(facts, resolution),
    )


def dangling_alias(facts: Facts) -> Finding | None:
    """Does the alias lead to a name that exists?"""
    resolution = _at(facts, DnsStatus.DANGLING_ALIAS)
    if resolution is None:
        return None
    target = resolution.aliases[-1] if resolution.aliases else "another name"
    return finding(
        "dns.dangling_alias",
        summary=f"{facts.host} is an alias of {target}, and that name does not exist.",
        explanation=(
            f"The DNS record of {facts.host} is an alias (CNAME) that ends at {target}. The DNS servers "
            f"({_servers(facts)}) say that there is no such name (NXDOMAIN). Usually the service behind it, "
            "such as a CDN domain or a hosted site, was deleted or renamed. It is broken for everyone."
        ),
        fix=(
            f"Look up the name your CDN or hosting provider shows for {facts.host} now, and set the CNAME to it.",
            f"If the service is no longer used, delete the CNAME: whoever can register {target} could take over "
            "your name.",
        ),
        evidence={**_evidence(facts, resolution), "missing": target},
    )


def alias_loop(facts: Facts) -> Finding | None:
    """Do the aliases come to an end (RFC 1034 §3.6.2)?"""
    resolution = _at(facts, DnsStatus.ALIAS_LOOP)
    if resolution is None:
        return None
    way = " → ".join((facts.host or "", *resolution.aliases[:6]))
    return finding(
        "dns.alias_loop",
        summary=f"The DNS aliases of {facts.host} lead in a circle, so it has no address.",
        explanation=(
            f"Following the aliases (CNAME) leads back to where they began, or never ends: {way}. "
            "It is broken for everyone."
        ),
        fix=(
            "Decide which of these names has the real address, and replace its CNAME by an A record "
            "or by the CNAME your provider gave you.",
            "If a CDN is in front, its origin must not be the name that points to the CDN.",
        ),
        evidence=_evidence(facts, resolution),
    )


def server_failure(facts: Facts) -> Finding | None:
    """Do the DNS servers answer with an error of their own (SERVFAIL, REFUSED)?"""
    resolution = _at(facts, DnsStatus.SERVER_FAILURE)
    if resolution is None:
        return None
    codes = sorted({answer.rcode for answer in resolution.answers})
    return finding(
        "dns.server_failure",
        summary=f"The DNS servers cannot answer for {facts.host}: {listing(codes)}.",
        explanation=(
            f"The DNS servers ({_servers(facts)}) answered {listing(codes)}. "
            + _rcode_meaning(codes)
            + " It is broken for everyone who uses such DNS servers."
        ),
        fix=(
            "Check at the registrar that the domain's name servers are the ones that really serve it.",
            "If DNSSEC is on, check that the DS record at the registrar matches the zone's keys, or remove it.",
            "Ask the DNS provider whether its servers work.",
        ),
        evidence={**_evidence(facts, resolution), "codes": codes},
        confidence=Confidence.PROVEN,
    )


def _rcode_meaning(codes: Sequence[str]) -> str:
    """What the gravest response code means (RFC 1035 §4.1.1)."""
    if "SERVFAIL" in codes:
        return (
            "SERVFAIL means that they could not get a valid answer from the domain's own DNS servers: these are down, "
            "do not know the domain, or its DNSSEC signatures do not fit."
        )
    if "REFUSED" in codes:
        return "REFUSED means that they do not want to answer for this name."
    return "That is an error of the DNS servers themselves; it says nothing about the name."


def timeout(facts: Facts) -> Finding | None:
    """Do the DNS servers answer at all for this name?"""
    if facts.resolution is None and facts.refusal is None:
        return _out_of_time(facts)
    resolution = _at(facts, DnsStatus.TIMEOUT)
    if resolution is None:
        return None
    if any(answer.rcode == DnsSilence.NO_TCP_ANSWER for answer in resolution.answers):
        return _no_tcp(facts, resolution)
    return finding(
        "dns.timeout",
        summary=f"The DNS servers give no answer for {facts.host}.",
        explanation=(
            f"The DNS servers ({_servers(facts)}) work, as a control question showed, and give no answer for this "
            "name in time. Usually the domain's own DNS servers are down or cannot be reached; then it is broken for "
            "everyone."
        ),
        fix=(
            "Check that the domain's own DNS servers are up and answer on port 53, over UDP and TCP.",
            "Check at the registrar that the domain's name servers are the right ones.",
        ),
        evidence=_evidence(facts, resolution),
    )


def _no_tcp(facts: Facts, resolution: Resolution) -> Finding:
    """The answer does not fit into a datagram, and TCP, which it would fit into, is closed (RFC 7766 §5)."""
    return finding(
        "dns.timeout",
        summary=f"The DNS servers give no whole answer for {facts.host}: it is too long for UDP, and TCP is closed.",
        explanation=(
            f"The DNS servers ({_servers(facts)}) answered over UDP that the answer for {facts.host} is too long "
            "(truncated), and gave none over TCP. Usually a firewall lets UDP port 53 through and not TCP port 53. "
            "It is broken for everyone who uses these DNS servers."
        ),
        fix=(
            "Let TCP port 53 through to the DNS servers, as well as UDP.",
            f"Or make the answer shorter: fewer addresses, or a shorter chain of aliases, for {facts.host}.",
        ),
        evidence=_evidence(facts, resolution),
    )


def _out_of_time(facts: Facts) -> Finding:
    """The time allowed for the whole look ended before DNS did."""
    return finding(
        "dns.timeout",
        confidence=Confidence.POSSIBLE,
        summary=f"The DNS servers gave no answer for {facts.host} in the time that was allowed.",
        explanation=(
            f"The look at {facts.host} was cut off after {seconds(facts.seconds)}, before DNS had answered. With more "
            "time it may work."
        ),
        fix=("Look again with more time, such as --timeout 15.",),
        evidence={"name": facts.host},
    )


CAUSES = {
    "dns.nxdomain": nxdomain,
    "dns.no_address": no_address,
    "dns.dangling_alias": dangling_alias,
    "dns.alias_loop": alias_loop,
    "dns.server_failure": server_failure,
    "dns.timeout": timeout,
}
