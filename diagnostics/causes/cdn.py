"""Is a CDN in front, and does it do its part?"""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from diagnostics.catalogue import finding
from diagnostics.causes import nodes, origin, tls
from diagnostics.facts import AddressFacts, CertificateSummary, Facts, ips
from diagnostics.finding import Confidence, Finding
from diagnostics.providers import (
    Provider,
    certificate_names,
    console_of,
    provider_by_alias,
    provider_of,
    providers,
    served_by,
    set_up_steps,
    spread_steps,
)
from diagnostics.words import count, listing

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

# How CDNs turn away a name they have no certificate for, where they do not answer with their own.
_ALERTS = ("tls.unrecognized_name", "tls.handshake_failure", "tls.internal_error")
_REJECTIONS = (*_ALERTS, "tls.closed")


def _names_mismatch(address: AddressFacts) -> bool:
    mismatches = ("certificate.name_mismatch", "certificate.wildcard_depth", "certificate.www_mismatch")
    return any(fault.code in mismatches for fault in address.faults)


def _aliases(facts: Facts) -> tuple[str, ...]:
    return facts.resolution.aliases if facts.resolution is not None else ()


def _names_the_alias(facts: Facts, address: AddressFacts) -> bool:
    """Whether a certificate is for what the host is an alias of: then it is the provider's, and not the host's."""
    names = certificate_names(address.certificate)
    bases = [name.removeprefix("*.") for name in names]
    return any(alias == base or alias.endswith(f".{base}") for base in bases for alias in _aliases(facts))


def certificate_not_deployed(facts: Facts) -> Finding | None:
    """Is the host on a CDN that has no certificate for it?"""
    shook = facts.shook_hands
    if shook and all(_names_mismatch(address) for address in shook):
        behind = provider_by_alias(_aliases(facts))
        provider = _answering_by_default(facts, shook, behind)
        # A host of the provider's own has that certificate by right: another fault explains why it does not fit.
        if provider is None or provider.has_default_host(facts.host):
            return None
        names = certificate_names(shook[0].certificate)
        whose = "the CDN's own certificate" if provider.is_cdn else f"{provider.name}'s own certificate"
        return _not_deployed(
            facts,
            provider,
            shook,
            seen=f"answered with {whose} (for {listing(names, most=2)}) and not with this host's",
            confidence=Confidence.PROVEN if provider is behind else Confidence.LIKELY,
        )
    provider, tried = _rejecting(facts)
    if provider is None:
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


def _answering_by_default(facts: Facts, shook: tuple[AddressFacts, ...], behind: Provider | None) -> Provider | None:
    """Whose default certificate every address answers with; providers that share one are told apart by the alias."""
    for provider in (behind, *providers()):
        if provider is not None and all(provider.is_default(address.certificate) for address in shook):
            return provider
    return behind if all(_names_the_alias(facts, address) for address in shook) else None


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
            f"{facts.host} is {count(depth, 'level')} below. This is the usual reason, and likely and not proven. It "
            "is broken for everyone who opens this name; the names above are covered."
        ),
        fix=(
            *(
                (f"Get a certificate that covers it: log in to {console_of(provider)}, {provider.deeper_steps}.",)
                if provider.deeper_steps is not None
                else set_up_steps(provider, facts.host)[:1]
            ),
            f"Or use a name that is not as deep, such as {_raised(facts.host, depth - provider.automatic_depth)}.",
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


def _raised(host: str, levels: int) -> str:
    """The same name so many levels higher."""
    return host.replace(".", "-", levels)


def _covers_only_above(certificate: CertificateSummary | None, domain: str) -> bool:
    """Whether a certificate has the shape of an automatic one: a wildcard right below the domain."""
    return certificate is not None and f"*.{domain}" in {name.lower() for name in certificate.dns_names}


CAUSES: dict[str, Callable[[Facts], Finding | None]] = {
    "cdn.certificate_not_deployed": certificate_not_deployed,
    "cdn.subdomain_not_covered": subdomain_not_covered,
    **nodes.CAUSES,
    **origin.CAUSES,
}
