"""Can a connection to the HTTPS port be opened?"""

from collections.abc import Sequence

from diagnostics.catalogue import finding
from diagnostics.facts import AddressFacts, ConnectStatus, Facts, HttpOutcome, ips
from diagnostics.finding import Confidence, Evidence, Finding
from diagnostics.words import count, listing, seconds


def _all_failed(facts: Facts, status: ConnectStatus) -> tuple[AddressFacts, ...]:
    """The addresses that failed so, where no address could be reached."""
    if facts.reached:
        return ()
    return tuple(address for address in facts.tried if address.connect.status is status)


def _evidence(facts: Facts, addresses: Sequence[AddressFacts]) -> Evidence:
    return {
        "port": facts.port,
        "addresses": ips(addresses),
        "errors": sorted({address.connect.error or "" for address in addresses} - {""}),
        "port_80_answers": plain_works(facts),
    }


def plain_works(facts: Facts) -> bool:
    """Whether plain HTTP on port 80 answers on any address."""
    return any(
        address.plain is not None
        and address.plain.http is not None
        and address.plain.http.outcome is HttpOutcome.ANSWERED
        for address in facts.addresses
    )


def _beside(facts: Facts) -> str:
    return " Plain HTTP on port 80 works, so the machine is up." if plain_works(facts) else ""


def refused(facts: Facts) -> Finding | None:
    """Does anything listen on the HTTPS port?"""
    failed = _all_failed(facts, ConnectStatus.REFUSED)
    if not failed:
        return None
    return finding(
        "tcp.refused",
        summary=f"Nothing listens on port {facts.port} of {facts.host}: the connection is refused.",
        explanation=(
            f"{listing(ips(failed))} answered at once that port {facts.port} is closed."
            f"{_beside(facts)} It is broken for everyone."
        ),
        fix=(
            f"Start the web server, and check that it is set up to listen on port {facts.port} with HTTPS "
            "(nginx: listen 443 ssl; Apache: Listen 443).",
            f"If it runs, check that a firewall or load balancer in front passes port {facts.port} on to it.",
            "On a CDN, switch HTTPS on for this domain and give it a certificate.",
        ),
        evidence=_evidence(facts, failed),
    )


def timeout(facts: Facts) -> Finding | None:
    """Do packets to the HTTPS port get an answer?"""
    failed = _all_failed(facts, ConnectStatus.TIMEOUT)
    if not failed:
        return _out_of_time(facts)
    up = plain_works(facts)
    return finding(
        "tcp.timeout",
        summary=f"Connections to port {facts.port} of {facts.host} get no answer.",
        explanation=(
            f"{listing(ips(failed))} neither accepted nor refused a connection to port {facts.port}. "
            + (
                f"Plain HTTP on port 80 works, so the machine is up; usually a firewall drops the packets to port "
                f"{facts.port}."
                if up
                else "Usually a firewall drops the packets, or the machine is down."
            )
            + " It is broken for everyone, unless a firewall turns away only some, Padlock among them."
        ),
        fix=(
            f"Open port {facts.port} (TCP, incoming) in the firewall or the cloud provider's security group.",
            *(() if up else ("Check that the machine is up and that DNS points to its current address.",)),
        ),
        evidence=_evidence(facts, failed),
    )


def _out_of_time(facts: Facts) -> Finding | None:
    """The time allowed for the whole look ended before any connection was tried to its end."""
    untried = [address for address in facts.addresses if address.connect.status is ConnectStatus.NOT_TRIED]
    if facts.tried or not untried:
        return None
    return finding(
        "tcp.timeout",
        confidence=Confidence.POSSIBLE,
        summary=f"No connection to {facts.host} could be opened in the time that was allowed.",
        explanation=(
            f"The look at {facts.host} was cut off after {seconds(facts.seconds)}, before a connection was open. With "
            "more time it may work."
        ),
        fix=("Look again with more time, such as --timeout 15.",),
        evidence={"port": facts.port, "addresses": ips(untried)},
    )


def unreachable(facts: Facts) -> Finding | None:
    """Is there a way to the host's network?"""
    failed = _all_failed(facts, ConnectStatus.UNREACHABLE)
    if not failed or not facts.has_route:
        return None
    return finding(
        "tcp.unreachable",
        summary=f"There is no route to {facts.host}: its network cannot be reached.",
        explanation=(
            f"The network answered that {listing(ips(failed))} cannot be reached. Padlock's own network has a route "
            "to the outside, so the fault lies on the way to the host or at the host. Most likely it is broken for "
            "everyone."
        ),
        fix=(
            "Check that DNS points to the address the server has today.",
            "Ask the hosting provider whether this address is announced and routed.",
        ),
        evidence=_evidence(facts, failed),
    )


def _failing(facts: Facts) -> tuple[AddressFacts, ...]:
    """The addresses that could not be reached, where others could."""
    if not facts.reached:
        return ()
    return tuple(address for address in facts.tried if address.connect.status is not ConnectStatus.CONNECTED)


def _only_ipv6_fails(facts: Facts) -> bool:
    failing = _failing(facts)
    every_ipv6_fails = not any(":" in address.ip for address in facts.reached)
    return bool(failing) and all(":" in address.ip for address in failing) and every_ipv6_fails


def some_addresses_fail(facts: Facts) -> Finding | None:
    """Can all of the host's addresses be reached?"""
    failing = _failing(facts)
    if not failing or _only_ipv6_fails(facts):
        return None
    did = [f"{address.ip} ({_did(address)})" for address in failing]
    return finding(
        "tcp.some_addresses_fail",
        summary=f"{count(len(failing), 'address', 'addresses')} of {facts.host} cannot be reached; others work.",
        explanation=(
            f"Port {facts.port} does not open on {listing(did)}, and it opens on {listing(ips(facts.reached))}. "
            "Visitors get one or the other by chance: some see an error or a long wait."
        ),
        fix=(
            f"Mend or remove from DNS: {listing(ips(failing), most=8)}.",
            f"Check again that every address opens port {facts.port}.",
        ),
        evidence={
            "port": facts.port,
            "addresses": ips(failing),
            "working": ips(facts.reached),
            "statuses": {address.ip: str(address.connect.status) for address in failing},
        },
    )


def ipv6_broken(facts: Facts) -> Finding | None:
    """Do the IPv6 addresses work where the IPv4 ones do?"""
    failing = _failing(facts)
    if not _only_ipv6_fails(facts):
        return None
    did = [f"{address.ip} ({_did(address)})" for address in failing]
    return finding(
        "tcp.ipv6_broken",
        summary=f"The IPv6 addresses of {facts.host} cannot be reached; the IPv4 ones work.",
        explanation=(
            f"Port {facts.port} does not open on {listing(did)}, and it opens on {listing(ips(facts.reached))}. "
            "Browsers fall back to IPv4 after a moment; programs without that fallback fail. Only visitors with "
            "IPv6 are affected."
        ),
        fix=(
            "Remove the AAAA records, or make the server listen and the firewall open on IPv6 "
            "(nginx: listen [::]:443 ssl).",
        ),
        evidence={
            "port": facts.port,
            "addresses": ips(failing),
            "working": ips(facts.reached),
            "statuses": {address.ip: str(address.connect.status) for address in failing},
        },
        confidence=Confidence.PROVEN,
    )


def _did(address: AddressFacts) -> str:
    words = {
        ConnectStatus.REFUSED: "refused",
        ConnectStatus.TIMEOUT: "no answer",
        ConnectStatus.UNREACHABLE: "no route",
    }
    return words.get(address.connect.status, str(address.connect.status))


CAUSES = {
    "tcp.refused": refused,
    "tcp.timeout": timeout,
    "tcp.unreachable": unreachable,
    "tcp.some_addresses_fail": some_addresses_fail,
    "tcp.ipv6_broken": ipv6_broken,
}
