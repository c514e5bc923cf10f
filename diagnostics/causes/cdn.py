"""Is a CDN in front, and does it do its part?"""

from collections.abc import Callable

from diagnostics.catalogue import BY_CODE, finding
from diagnostics.causes import tls
from diagnostics.facts import AddressFacts, CertificateSummary, Facts, ips
from diagnostics.finding import Confidence, Finding
from diagnostics.providers import Provider, provider_by_alias, provider_of, providers
from diagnostics.words import listing

# How CDNs turn away a name they have no certificate for, where they do not answer with their own.
_REJECTIONS = ("tls.unrecognized_name", "tls.handshake_failure", "tls.internal_error", "tls.closed")
_SOON_DAYS = 14


def set_up_steps(provider: Provider, host: str | None) -> tuple[str, ...]:
    """How to give the CDN a certificate, in the words of the provider's console."""
    console = f"the {provider.console_name} ({provider.console})" if provider.console else "the provider's console"
    steps = [f"Log in to {console}, and give {host} a certificate there: {provider.certificate_steps}."]
    if provider.certificate_steps is None:
        steps = [f"Log in to {console}, and give {host} a certificate there."]
    if provider.minutes_to_spread is not None:
        steps.append(f"Wait up to {provider.minutes_to_spread} minutes until all nodes have it, then check again.")
    if provider.guide is not None:
        steps.append(f"The provider's guide: {provider.guide}")
    steps.append("Do not look for the fault at the origin server: visitors meet the CDN's nodes, not the origin.")
    return tuple(steps)


def _is_default(provider: Provider, certificate: CertificateSummary | None) -> bool:
    """Whether a certificate is the one a provider answers with where none is set up."""
    if certificate is None or not provider.default_names:
        return False
    names = {name.lower() for name in certificate.dns_names}
    return bool(names & set(provider.default_names))


def _names_mismatch(address: AddressFacts) -> bool:
    mismatches = ("certificate.name_mismatch", "certificate.wildcard_depth", "certificate.www_mismatch")
    return any(fault.code in mismatches for fault in address.faults)


def certificate_not_deployed(facts: Facts) -> Finding | None:
    """Is the host on a CDN that has no certificate for it?"""
    aliases = facts.resolution.aliases if facts.resolution is not None else ()
    provider = provider_by_alias(aliases)
    shook = facts.shook_hands
    if shook and all(_names_mismatch(address) for address in shook):
        by_default = [p for p in providers() if all(_is_default(p, address.certificate) for address in shook)]
        if not by_default:
            return None
        names = shook[0].certificate.dns_names if shook[0].certificate is not None else ()
        return _not_deployed(
            facts,
            by_default[0],
            shook,
            seen=f"answered with the CDN's own certificate (for {listing(names, most=2)}) and not with this host's",
            confidence=Confidence.PROVEN if provider == by_default[0] else Confidence.LIKELY,
        )
    tried = [address for address in facts.reached if address.handshake is not None]
    if provider is None or not provider.is_cdn or not tried:
        return None
    if not all(tls.failure(address) in _REJECTIONS for address in tried):
        return None
    alert = tried[0].handshake.fatal_alert if tried[0].handshake is not None else None
    how = f"with the alert {tls.alert_name(alert)}" if alert is not None else "by closing the connection"
    return _not_deployed(
        facts,
        provider,
        tuple(tried),
        seen=f"rejected the name {facts.host} during the handshake, {how}",
        confidence=Confidence.LIKELY,
    )


def _not_deployed(
    facts: Facts, provider: Provider, addresses: tuple[AddressFacts, ...], *, seen: str, confidence: Confidence
) -> Finding:
    aliases = facts.resolution.aliases if facts.resolution is not None else ()
    through = f"{facts.host} is an alias of {aliases[0]}, which belongs to {provider.name}. " if aliases else ""
    certificate = addresses[0].certificate
    return finding(
        "cdn.certificate_not_deployed",
        summary=f"HTTPS is not set up for {facts.host} on its CDN ({provider.name}).",
        explanation=(
            f"{through}Its nodes ({listing(ips(addresses))}) {seen}. Visitors meet the CDN's nodes and not your origin "
            "server, so a certificate on the origin does not help. It is broken for everyone who opens https://."
        ),
        fix=set_up_steps(provider, facts.host),
        evidence={
            "provider": provider.name,
            "aliases": list(aliases),
            "addresses": ips(addresses),
            "dns_names": list(certificate.dns_names[:10]) if certificate is not None else [],
        },
        confidence=confidence,
    )


def stale_node(facts: Facts) -> Finding | None:
    """Do some of the host's addresses serve a bad certificate and others a good one?"""
    bad = [address for address in facts.shook_hands if not address.certificate_accepted]
    good = [address for address in facts.shook_hands if address.certificate_accepted]
    if not bad or not good:
        return None
    causes = {address.ip: [fault.code for fault in address.faults if fault.severity == "error"] for address in bad}
    did = [f"{ip} ({BY_CODE[codes[0]].title.lower()})" for ip, codes in causes.items()]
    provider = provider_of(facts)
    where = f"node of the CDN ({provider.name})" if provider is not None and provider.is_cdn else "server or node"
    return finding(
        "cdn.stale_node",
        summary=f"Some addresses of {facts.host} serve a bad certificate: {listing(ips(bad))}.",
        explanation=(
            f"The certificate is bad on {listing(did)} and good on {listing(ips(good))}. Usually a renewed certificate "
            f"did not reach every {where}. Visitors get one or the other by chance, so some of them see a warning."
        ),
        fix=(
            f"Bring the good certificate to {listing(ips(bad), most=8)}"
            + (
                f": deploy it again in {provider.name}'s console, and wait until all nodes have it."
                if provider is not None and provider.is_cdn
                else ", and reload the server there."
            ),
            "Until then, take these addresses out of DNS or of the load balancer.",
        ),
        evidence={"addresses": ips(bad), "working": ips(good), "causes": causes},
    )


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
    shown = [f"{ip}: until {certificate.not_after:%d %B %Y}, by {certificate.issuer}" for ip, certificate in good]
    return finding(
        "cdn.nodes_differ",
        summary=f"The addresses of {facts.host} serve certificates that differ in their {difference}.",
        explanation=(
            f"All of them are valid today. {listing(shown, most=3)}. Usually a new certificate has not reached every "
            "node yet. Nobody is affected until the older one ends."
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
    "cdn.certificate_not_deployed": certificate_not_deployed,
    "cdn.stale_node": stale_node,
    "cdn.nodes_differ": nodes_differ,
}
