"""What each check saw, in a few words."""

from diagnostics.catalogue import BY_CODE, ORDER, CheckName
from diagnostics.causes.tls import failure
from diagnostics.facts import ConnectStatus, DnsStatus, Facts, TraceEnd
from diagnostics.words import count, inside, listing


def detail(facts: Facts, name: CheckName, *, skipped: bool) -> str:
    """One short line about a check."""
    if name is CheckName.REDIRECT:
        return _redirect(facts, skipped=skipped)
    if skipped:
        return "not done, because an earlier check failed"
    return {
        CheckName.DNS: _dns,
        CheckName.TCP: _tcp,
        CheckName.HANDSHAKE: _handshake,
        CheckName.CERTIFICATE: _certificate,
    }[name](facts)


_DNS_ENDS = {
    DnsStatus.NXDOMAIN: "no such name (NXDOMAIN)",
    DnsStatus.NO_ADDRESS: "the name has no address",
    DnsStatus.DANGLING_ALIAS: "an alias of a name that does not exist (NXDOMAIN)",
    DnsStatus.ALIAS_LOOP: "the aliases lead in a circle",
    DnsStatus.TIMEOUT: "no answer for this name",
    DnsStatus.NO_NETWORK: "no DNS server answers",
}


def _dns(facts: Facts) -> str:
    resolution = facts.resolution
    if resolution is None:
        return ""
    if resolution.status is DnsStatus.LITERAL:
        return "an address, so nothing was looked up"
    if resolution.status is DnsStatus.SERVER_FAILURE:
        return listing(sorted({answer.rcode for answer in resolution.answers}))
    if resolution.status is not DnsStatus.ANSWERED:
        return _DNS_ENDS[resolution.status]
    text = count(len(resolution.addresses) + facts.omitted_addresses, "address", "addresses")
    if resolution.aliases:
        text += f" through {count(len(resolution.aliases), 'alias', 'aliases')}"
    if facts.omitted_addresses:
        text += f", of which {len(resolution.addresses)} were tried"
    if resolution.silent_families:
        text += f"; no answer for {listing(resolution.silent_families)} records"
    return text


def _tcp(facts: Facts) -> str:
    text = f"port {facts.port} open on {len(facts.reached)} of {count(len(facts.tried), 'address', 'addresses')}"
    without_route = [a.ip for a in facts.addresses if a.connect.status is ConnectStatus.NO_ROUTE]
    if without_route:
        kind = "IPv6" if ":" in without_route[0] else "IPv4"
        text += f"; {kind} not tried, because Padlock has no {kind} route"
    return text


def _handshake(facts: Facts) -> str:
    seen = {
        f"{address.handshake.tls_version}, {address.handshake.cipher}"
        for address in facts.shook_hands
        if address.handshake is not None
    }
    if not seen:
        codes = {code for address in facts.reached if (code := failure(address)) is not None}
        return listing([inside(BY_CODE[code].title) for code in sorted(codes, key=ORDER.__getitem__)])
    return listing(sorted(seen), most=2)


def _certificate(facts: Facts) -> str:
    certificate = facts.certificate
    if certificate is None:
        return "no certificate could be read"
    return f"for {listing(certificate.dns_names, most=3) or 'no name'}, until {certificate.not_after:%Y-%m-%d}"


def _redirect(facts: Facts, *, skipped: bool) -> str:
    plain = next((trace for trace in facts.traces if trace.start.startswith("http://")), None)
    if plain is not None:
        first = plain.hops[0]
        seen = f"http:// answers {first.status}" + (f" to {first.location}" if first.location else "")
    else:
        statuses = {a.plain.connect.status for a in facts.addresses if a.plain is not None}
        seen = "http:// is closed" if statuses == {ConnectStatus.REFUSED} else ""
    if skipped:
        stopped = next((trace for trace in facts.traces if trace.end is TraceEnd.STOPPED), None)
        # Where nothing was wrong with the host so far, only the time can have kept it from being followed.
        fine = any(address.shook_hands for address in facts.addresses) and not any(a.faults for a in facts.addresses)
        if stopped is not None and fine:
            why = f"not followed to {stopped.last_url}, because the time was up"
        else:
            why = "https:// not followed, because an earlier check failed"
        return "; ".join(filter(None, (why, seen)))
    secure = next((trace for trace in facts.traces if trace.start.startswith("https://")), None)
    answered = f"https:// answers {secure.hops[0].status}" if secure is not None else ""
    return "; ".join(filter(None, (answered, seen)))
