"""Do all nodes of a host serve the same good certificate?"""

from collections.abc import Callable

from diagnostics.catalogue import BY_CODE, finding
from diagnostics.facts import AddressFacts, CertificateSummary, Facts, RevocationStatus, ips
from diagnostics.finding import Finding
from diagnostics.providers import Provider, console_of, provider_of, spread_steps
from diagnostics.words import day, inside, listing

_SOON_DAYS = 14


def stale_node(facts: Facts) -> Finding | None:
    """Do some of the host's addresses serve a bad certificate and others a good one?"""
    faults = {address.ip: _certificate_errors(facts, address) for address in facts.shook_hands}
    bad = [address for address in facts.shook_hands if faults[address.ip]]
    good = [address for address in facts.shook_hands if not faults[address.ip]]
    if not bad or not good:
        return None
    causes = {address.ip: faults[address.ip] for address in bad}
    did = [f"{ip} ({inside(BY_CODE[codes[0]].title)})" for ip, codes in causes.items()]
    provider = provider_of(facts)
    where = f"node of the CDN ({provider.name})" if provider is not None and provider.is_cdn else "server or node"
    return finding(
        "cdn.stale_node",
        summary=f"Some addresses of {facts.host} serve a bad certificate: {listing(ips(bad))}.",
        explanation=(
            f"The certificate is bad on {listing(did)} and good on {listing(ips(good))}. Usually a renewed certificate "
            f"did not reach every {where}. Visitors get one or the other by chance, so some of them see a warning."
        ),
        fix=_stale_steps(provider, listing(ips(bad), most=8)),
        evidence={"addresses": ips(bad), "working": ips(good), "causes": causes},
    )


def _stale_steps(provider: Provider | None, bad: str) -> tuple[str, ...]:
    """How the good certificate gets to the rest; a CDN's addresses are not its customers' to take out of DNS."""
    if provider is not None and provider.is_cdn:
        return (
            f"Deploy the good certificate again, so that it gets to {bad} too: log in to {console_of(provider)}"
            + (f", {provider.certificate_steps}." if provider.certificate_steps is not None else "."),
            *spread_steps(provider),
            f"If it stays so, tell {provider.name}'s support, and name {bad}.",
        )
    return (
        f"Bring the good certificate to {bad}, and reload the server there.",
        f"Until then, take {bad} out of DNS or of the load balancer.",
    )


def _certificate_errors(facts: Facts, address: AddressFacts) -> list[str]:
    """The codes for which a browser would refuse what one address serves, its revocation among them."""
    codes = [fault.code for fault in address.faults if fault.severity == "error"]
    revoked = {proof.certificate_sha256 for proof in facts.revocations if proof.status is RevocationStatus.REVOKED}
    if address.certificate is not None and address.certificate.sha256 in revoked:
        codes.append("certificate.revoked")
    return codes


def nodes_differ(facts: Facts) -> Finding | None:
    """Do the host's addresses serve valid certificates that differ in a way that matters?"""
    good = [
        (address.ip, address.certificate)
        for address in facts.shook_hands
        if address.certificate_accepted and address.certificate is not None
    ]
    if len(good) < 2 or len(good) < len(facts.shook_hands):
        return None
    difference = _difference(facts, [certificate for _, certificate in good])
    if difference is None:
        return None
    shown = [f"{ip} has one {_shown(certificate, difference)}" for ip, certificate in good]
    first = min(certificate.not_after for _, certificate in good)
    later = {
        "names": " The names that only some of them have work by chance.",
        "end date": f" From {day(first)} on, some visitors will see a warning.",
    }.get(difference, "")
    return finding(
        "cdn.nodes_differ",
        summary=f"The addresses of {facts.host} serve certificates that differ in their {difference}.",
        explanation=(
            f"All of them are valid today, so nobody who opens {facts.host} is affected. {listing(shown, most=3)}. "
            f"Usually a new certificate has not reached every node yet.{later}"
        ),
        fix=(
            "Wait until the new certificate has reached every node, then check again.",
            "If it stays so, deploy the newest certificate again on every server or CDN that serves this host.",
        ),
        evidence={
            "addresses": [ip for ip, _ in good],
            "certificates": {ip: certificate.sha256 for ip, certificate in good},
            "differ_in": difference,
        },
    )


def _shown(certificate: CertificateSummary, difference: str) -> str:
    """What a certificate has of that in which it differs from others."""
    if difference == "names":
        return f"for {listing(certificate.dns_names, most=3)}"
    if difference == "issuer":
        return f"by {certificate.issuer}"
    return f"until {day(certificate.not_after)}"


def _difference(facts: Facts, certificates: list[CertificateSummary]) -> str | None:
    """What differs: names, issuer or end date; RSA and ECDSA certificates of the same names are a pair, not a fault."""
    if len({frozenset(name.lower() for name in certificate.dns_names) for certificate in certificates}) > 1:
        return "names"
    kinds: dict[str, set[str]] = {}
    for certificate in certificates:
        kinds.setdefault(certificate.key.split()[0], set()).add(certificate.issuer)
    if any(len(issuers) > 1 for issuers in kinds.values()):
        return "issuer"
    ending = {(certificate.not_after - facts.started_at).days < _SOON_DAYS for certificate in certificates}
    return "end date" if len(ending) > 1 else None


CAUSES: dict[str, Callable[[Facts], Finding | None]] = {
    "cdn.stale_node": stale_node,
    "cdn.nodes_differ": nodes_differ,
}
