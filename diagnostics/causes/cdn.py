"""Is a CDN in front, and does it do its part?"""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from diagnostics.catalogue import BY_CODE, finding
from diagnostics.causes import origin, tls
from diagnostics.facts import AddressFacts, CertificateSummary, Facts, RevocationStatus, ips
from diagnostics.finding import Confidence, Finding
from diagnostics.providers import (
    Provider,
    console_of,
    provider_by_alias,
    provider_of,
    providers,
    served_by,
    set_up_steps,
    spread_steps,
)
from diagnostics.words import count, inside, listing

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

# How CDNs turn away a name they have no certificate for, where they do not answer with their own.
_ALERTS = ("tls.unrecognized_name", "tls.handshake_failure", "tls.internal_error")
_REJECTIONS = (*_ALERTS, "tls.closed")
_SOON_DAYS = 14


def _names_mismatch(address: AddressFacts) -> bool:
    mismatches = ("certificate.name_mismatch", "certificate.wildcard_depth", "certificate.www_mismatch")
    return any(fault.code in mismatches for fault in address.faults)


def _aliases(facts: Facts) -> tuple[str, ...]:
    return facts.resolution.aliases if facts.resolution is not None else ()


def _names_the_alias(facts: Facts, address: AddressFacts) -> bool:
    """Whether a certificate is for what the host is an alias of: then it is the provider's, and not the host's."""
    names = address.certificate.dns_names if address.certificate is not None else ()
    bases = [name.lower().removeprefix("*.") for name in names]
    return any(alias == base or alias.endswith(f".{base}") for base in bases for alias in _aliases(facts))


def certificate_not_deployed(facts: Facts) -> Finding | None:
    """Is the host on a CDN that has no certificate for it?"""
    shook = facts.shook_hands
    if shook and all(_names_mismatch(address) for address in shook):
        by_default = [p for p in providers() if all(p.is_default(address.certificate) for address in shook)]
        behind = provider_by_alias(_aliases(facts))
        if behind is not None and all(_names_the_alias(facts, address) for address in shook):
            by_default.append(behind)
        # A host of the provider's own has that certificate by right: another fault explains why it does not fit.
        if not by_default or by_default[0].has_default_host(facts.host):
            return None
        names = shook[0].certificate.dns_names if shook[0].certificate is not None else ()
        whose = "the CDN's own certificate" if by_default[0].is_cdn else f"{by_default[0].name}'s own certificate"
        return _not_deployed(
            facts,
            by_default[0],
            shook,
            seen=f"answered with {whose} (for {listing(names, most=2)}) and not with this host's",
            confidence=Confidence.PROVEN if provider_by_alias(_aliases(facts)) == by_default[0] else Confidence.LIKELY,
        )
    provider, tried = _rejecting(facts)
    if provider is None or not provider.is_cdn:
        return None
    handshake = tried[0].handshake
    alert = handshake.fatal_alert if handshake is not None else None
    how = f"with the alert {tls.alert_name(alert)}" if alert is not None else "by closing the connection"
    return _not_deployed(
        facts,
        provider,
        tried,
        seen=f"rejected the name {facts.host} during the handshake, {how}",
        confidence=Confidence.LIKELY,
    )


def _rejecting(facts: Facts) -> tuple[Provider | None, tuple[AddressFacts, ...]]:
    """The provider whose nodes all turn the name away, and those nodes.

    A closed connection is enough only where the aliases say whose node it is; an alert also where port 80 says it.
    """
    tried = tuple(address for address in facts.reached if address.handshake is not None)
    failures = {tls.failure(address) for address in tried}
    if not tried or not failures <= set(_REJECTIONS):
        return None, ()
    provider = provider_by_alias(_aliases(facts))
    if provider is None and failures <= set(_ALERTS):
        provider = provider_of(facts)
    return provider, tried


def _not_deployed(
    facts: Facts, provider: Provider, addresses: tuple[AddressFacts, ...], *, seen: str, confidence: Confidence
) -> Finding:
    certificate = addresses[0].certificate
    where = f"on its CDN ({provider.name})" if provider.is_cdn else f"on {provider.name}"
    nodes = f"Its nodes ({listing(ips(addresses))})" if provider.is_cdn else f"It ({listing(ips(addresses))})"
    origin = (
        " Visitors meet the CDN's nodes and not your origin server, so a certificate on the origin does not help."
        if provider.is_cdn
        else ""
    )
    return finding(
        "cdn.certificate_not_deployed",
        summary=f"HTTPS is not set up for {facts.host} {where}.",
        explanation=(
            f"{served_by(facts, provider)} {nodes} {seen}.{origin} It is broken for everyone who opens https://."
        ),
        fix=set_up_steps(provider, facts.host),
        evidence={
            "provider": provider.name,
            "aliases": list(_aliases(facts)),
            "addresses": ips(addresses),
            "dns_names": list(certificate.dns_names[:10]) if certificate is not None else [],
        },
        confidence=confidence,
    )


@cache
def _public_suffixes() -> "PublicSuffixList":
    from publicsuffixlist import PublicSuffixList  # 70 ms to import and read, and rarely needed

    return PublicSuffixList()


def _depth(host: str) -> tuple[str, int] | None:
    """The domain that a name is registered under, and how many labels below it the name is."""
    domain = _public_suffixes().privatesuffix(host)
    return (domain, host.count(".") - domain.count(".")) if domain is not None else None


def subdomain_not_covered(facts: Facts) -> Finding | None:
    """Does the CDN's automatic certificate stop above this name?"""
    if facts.host is None:
        return None
    shook = facts.shook_hands
    if shook:
        if not all(any(fault.code == "certificate.wildcard_depth" for fault in a.faults) for a in shook):
            return None
        provider, addresses = provider_of(facts), shook
    else:
        provider, addresses = _rejecting(facts)
    if provider is None or provider.automatic_depth is None:
        return None
    place = _depth(facts.host)
    if place is None or place[1] <= provider.automatic_depth:
        return None
    domain, depth = place
    if shook and not all(_covers_only_above(a.certificate, domain) for a in shook):
        return None
    certificate = shook[0].certificate if shook else None
    seen = (
        f"answered with a certificate for {listing(certificate.dns_names, most=3)}"
        if certificate is not None
        else "refused the handshake for this name"
    )
    example = f"one.{domain}"
    return finding(
        "cdn.subdomain_not_covered",
        summary=f"The automatic certificate of {provider.name} does not reach as deep as {facts.host}.",
        explanation=(
            f"{served_by(facts, provider)} {listing(ips(addresses))} {seen}. {provider.name}'s automatic certificate "
            f"covers {domain} and names up to {count(provider.automatic_depth, 'level')} below it, such as {example}; "
            f"{facts.host} is {count(depth, 'level')} below. It is likely and not proven that nothing else is wrong. "
            "It is broken for everyone who opens this name; the names above work."
        ),
        fix=(
            *(
                (f"Get a certificate that covers it: log in to {console_of(provider)}, {provider.deeper_steps}.",)
                if provider.deeper_steps is not None
                else set_up_steps(provider, facts.host)[:1]
            ),
            f"Or use a name with one label less, such as {facts.host.replace('.', '-', depth - 1)}.",
            *spread_steps(provider),
        ),
        evidence={
            "provider": provider.name,
            "domain": domain,
            "levels": depth,
            "covered_levels": provider.automatic_depth,
            "addresses": ips(addresses),
            "dns_names": list(certificate.dns_names[:10]) if certificate is not None else [],
        },
        confidence=Confidence.LIKELY,
    )


def _covers_only_above(certificate: CertificateSummary | None, domain: str) -> bool:
    """Whether a certificate has the shape of an automatic one: a wildcard right below the domain."""
    return certificate is not None and f"*.{domain}" in {name.lower() for name in certificate.dns_names}


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
    "cdn.subdomain_not_covered": subdomain_not_covered,
    "cdn.stale_node": stale_node,
    "cdn.nodes_differ": nodes_differ,
    **origin.CAUSES,
}
