"""Every cause Padlock knows, in the order in which a person would ask for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from diagnostics.finding import Confidence, Evidence, Finding, Severity


class CheckName(StrEnum):
    """The five looks at a host, each depending on those before it."""

    DNS = "dns"
    TCP = "tcp"
    HANDSHAKE = "handshake"
    CERTIFICATE = "certificate"
    REDIRECT = "redirect"


@dataclass(frozen=True, slots=True)
class Cause:
    """One row of the catalogue: what it is called, how bad it is, which check sees it, which symptoms it explains.

    `hides` names codes, or whole layers by a trailing `.*`: where this cause is found, they are its symptoms and
    never the root cause.
    """

    code: str
    severity: Severity
    check: CheckName | None
    title: str
    hides: tuple[str, ...] = ()


_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
_DNS, _TCP, _HANDSHAKE = CheckName.DNS, CheckName.TCP, CheckName.HANDSHAKE
_CERTIFICATE, _REDIRECT = CheckName.CERTIFICATE, CheckName.REDIRECT

# Every certificate a stale node or a default certificate shows is a symptom of that node, not a fault of its own.
_CERTIFICATE_SYMPTOMS = ("certificate.*",)

CATALOGUE: tuple[Cause, ...] = (
    Cause("target.invalid", _ERROR, None, "This is no host name, address or web address"),
    Cause("target.forbidden", _ERROR, None, "Padlock may not contact this address"),
    Cause("probe.no_network", _ERROR, None, "Padlock's own network does not work", ("dns.*", "tcp.*")),
    Cause(
        "probe.clock_wrong",
        _WARNING,
        None,
        "Padlock's own clock is wrong",
        ("certificate.expired", "certificate.not_yet_valid", "certificate.chain_expired", "certificate.expires_soon"),
    ),
    Cause(
        "probe.intercepted",
        _WARNING,
        None,
        "Something between Padlock and the host re-signs the traffic",
        ("certificate.untrusted_root", "certificate.self_signed", "certificate.incomplete_chain"),
    ),
    Cause("dns.nxdomain", _ERROR, _DNS, "The name does not exist"),
    Cause("dns.no_address", _ERROR, _DNS, "The name has no address"),
    Cause("dns.dangling_alias", _ERROR, _DNS, "The name is an alias of a name that does not exist"),
    Cause("dns.alias_loop", _ERROR, _DNS, "The name's aliases lead in a circle"),
    Cause("dns.server_failure", _ERROR, _DNS, "The DNS servers answer with an error"),
    Cause("dns.timeout", _ERROR, _DNS, "The DNS servers do not answer"),
    Cause("tcp.refused", _ERROR, _TCP, "Nothing listens on the HTTPS port"),
    Cause("tcp.timeout", _ERROR, _TCP, "Connections to the HTTPS port get no answer"),
    Cause("tcp.unreachable", _ERROR, _TCP, "There is no route to the host"),
    Cause("tcp.some_addresses_fail", _WARNING, _TCP, "Some of the host's addresses cannot be reached"),
    Cause(
        "tcp.ipv6_broken", _WARNING, _TCP, "The host's IPv6 addresses cannot be reached", ("tcp.some_addresses_fail",)
    ),
    Cause("tls.plaintext_http", _ERROR, _HANDSHAKE, "The HTTPS port speaks plain HTTP"),
    Cause("tls.not_tls", _ERROR, _HANDSHAKE, "The HTTPS port speaks another protocol"),
    Cause(
        "tls.protocol_too_old",
        _ERROR,
        _HANDSHAKE,
        "The server offers only outdated TLS versions",
        ("tls.weak_cipher", "tls.no_shared_cipher"),
    ),
    Cause(
        "tls.no_shared_cipher",
        _ERROR,
        _HANDSHAKE,
        "The server offers no cipher that browsers accept",
        ("tls.weak_cipher",),
    ),
    Cause("tls.unrecognized_name", _ERROR, _HANDSHAKE, "The server does not know this name"),
    Cause("tls.handshake_failure", _ERROR, _HANDSHAKE, "The server refuses the encrypted connection"),
    Cause("tls.internal_error", _ERROR, _HANDSHAKE, "The server reports a failure of its own"),
    Cause(
        "tls.client_certificate_required",
        _ERROR,
        _HANDSHAKE,
        "The server asks visitors for a certificate",
        ("http.*", "redirect.*"),
    ),
    Cause("tls.closed", _ERROR, _HANDSHAKE, "The server hangs up during the handshake"),
    Cause("tls.timeout", _ERROR, _HANDSHAKE, "The encrypted connection never gets started"),
    Cause("tls.nodes_differ", _WARNING, _HANDSHAKE, "Encryption fails on some of the host's addresses"),
    Cause(
        "tls.large_hello_rejected",
        _WARNING,
        _HANDSHAKE,
        "Something drops the greeting of modern browsers",
        ("tls.closed", "tls.timeout", "tls.handshake_failure"),
    ),
    Cause("tls.weak_cipher", _INFO, _HANDSHAKE, "The connection uses an outdated cipher"),
    Cause("tls.client_certificate_optional", _INFO, _HANDSHAKE, "The server asks for a client certificate"),
    Cause(
        "cdn.certificate_not_deployed",
        _ERROR,
        _CERTIFICATE,
        "HTTPS is not set up for this domain on the CDN",
        (
            *_CERTIFICATE_SYMPTOMS,
            "tls.unrecognized_name",
            "tls.handshake_failure",
            "tls.internal_error",
            "tls.closed",
            "redirect.missing",
        ),
    ),
    Cause(
        "cdn.subdomain_not_covered",
        _ERROR,
        _CERTIFICATE,
        "The CDN's automatic certificate does not reach this subdomain",
        (
            *_CERTIFICATE_SYMPTOMS,
            "tls.unrecognized_name",
            "tls.handshake_failure",
            "tls.internal_error",
            "cdn.certificate_not_deployed",
            "redirect.missing",
        ),
    ),
    Cause(
        "cdn.stale_node",
        _ERROR,
        _CERTIFICATE,
        "Some of the host's addresses serve a bad certificate",
        (*_CERTIFICATE_SYMPTOMS, "cdn.nodes_differ"),
    ),
    Cause("certificate.no_san", _ERROR, _CERTIFICATE, "The certificate names the host only in an outdated field"),
    Cause("certificate.wildcard_depth", _ERROR, _CERTIFICATE, "The wildcard certificate does not reach this name"),
    Cause(
        "certificate.www_mismatch",
        _ERROR,
        _CERTIFICATE,
        "The certificate covers the name with or without www, not both",
    ),
    Cause("certificate.name_mismatch", _ERROR, _CERTIFICATE, "The certificate is for another name"),
    Cause("certificate.expired", _ERROR, _CERTIFICATE, "The certificate has expired"),
    Cause("certificate.not_yet_valid", _ERROR, _CERTIFICATE, "The certificate is not valid yet"),
    Cause("certificate.malformed", _ERROR, _CERTIFICATE, "The certificate cannot be read"),
    Cause("certificate.self_signed", _ERROR, _CERTIFICATE, "The certificate is signed by itself"),
    Cause("certificate.incomplete_chain", _ERROR, _CERTIFICATE, "An intermediate certificate is missing"),
    Cause("certificate.untrusted_root", _ERROR, _CERTIFICATE, "The certificate comes from an issuer nobody trusts"),
    Cause("certificate.chain_expired", _ERROR, _CERTIFICATE, "An intermediate certificate has expired"),
    Cause("certificate.invalid_chain", _ERROR, _CERTIFICATE, "The certificate's issuer may not issue it"),
    Cause("certificate.wrong_usage", _ERROR, _CERTIFICATE, "The certificate is not meant for websites"),
    Cause("certificate.weak_key", _ERROR, _CERTIFICATE, "The certificate's key is too weak"),
    Cause("certificate.weak_signature", _ERROR, _CERTIFICATE, "The certificate is signed with a broken method"),
    Cause("certificate.revoked", _ERROR, _CERTIFICATE, "The certificate has been revoked"),
    Cause("certificate.key_mismatch", _ERROR, _CERTIFICATE, "The key does not belong to the certificate"),
    Cause("certificate.must_staple_unmet", _WARNING, _CERTIFICATE, "The certificate demands a proof that is not sent"),
    Cause("certificate.revocation_unknown", _INFO, _CERTIFICATE, "Whether it is revoked could not be found out"),
    Cause("certificate.chain_order", _WARNING, _CERTIFICATE, "The certificate chain is out of order"),
    Cause("certificate.root_included", _INFO, _CERTIFICATE, "The chain includes the root, which is needless"),
    Cause("certificate.expires_soon", _WARNING, _CERTIFICATE, "The certificate expires soon"),
    Cause(
        "cdn.nodes_differ",
        _WARNING,
        _CERTIFICATE,
        "The host's addresses serve different certificates",
        ("certificate.expires_soon",),
    ),
    Cause(
        "cdn.redirect_loop",
        _ERROR,
        _REDIRECT,
        "The CDN and the origin redirect in a circle",
        ("redirect.loop", "redirect.too_many"),
    ),
    Cause("cdn.loop_detected", _ERROR, _REDIRECT, "The CDN calls itself", ("http.server_error",)),
    Cause(
        "cdn.origin_certificate_invalid",
        _ERROR,
        _REDIRECT,
        "The CDN rejects the origin's certificate",
        ("http.origin_tls_error", "http.server_error"),
    ),
    Cause("cdn.origin_unreachable", _ERROR, _REDIRECT, "The CDN cannot reach the origin", ("http.server_error",)),
    Cause("redirect.missing", _WARNING, _REDIRECT, "Plain HTTP does not lead to HTTPS"),
    Cause("redirect.loop", _ERROR, _REDIRECT, "The redirects lead in a circle"),
    Cause("redirect.too_many", _ERROR, _REDIRECT, "There are too many redirects"),
    Cause("redirect.downgrade", _ERROR, _REDIRECT, "HTTPS sends visitors back to plain HTTP"),
    Cause("redirect.broken_target", _ERROR, _REDIRECT, "The redirect leads to a host whose HTTPS is broken"),
    Cause("redirect.invalid_location", _ERROR, _REDIRECT, "A redirect does not say where to go"),
    Cause("redirect.forbidden_target", _ERROR, _REDIRECT, "A redirect leads to an address that is not public"),
    Cause("redirect.temporary", _INFO, _REDIRECT, "The redirect to HTTPS is temporary"),
    Cause("http.port_closed", _INFO, _REDIRECT, "Plain HTTP is closed"),
    Cause("http.server_error", _ERROR, _REDIRECT, "HTTPS works and the server answers with an error"),
    Cause(
        "http.origin_tls_error",
        _ERROR,
        _REDIRECT,
        "The CDN cannot connect securely to the origin",
        ("http.server_error",),
    ),
    Cause("http.misdirected", _ERROR, _REDIRECT, "The request reached the wrong server"),
    Cause("http.timeout", _ERROR, _REDIRECT, "The server never answers the request"),
    Cause("http.invalid_response", _ERROR, _REDIRECT, "What the server sends back is not HTTP"),
    Cause("http.hsts_missing", _INFO, _REDIRECT, "Browsers are not told to always use HTTPS"),
    Cause("http.hsts_invalid", _WARNING, _REDIRECT, "Browsers ignore the host's always-HTTPS header"),
    Cause("http.mixed_content", _WARNING, _REDIRECT, "The page loads parts over plain HTTP"),
    Cause("internal.error", _ERROR, None, "Padlock itself failed"),
)

BY_CODE: Mapping[str, Cause] = MappingProxyType({cause.code: cause for cause in CATALOGUE})
ORDER: Mapping[str, int] = MappingProxyType({cause.code: place for place, cause in enumerate(CATALOGUE)})


def finding(
    code: str,
    *,
    summary: str,
    explanation: str,
    fix: tuple[str, ...],
    evidence: Evidence | None = None,
    confidence: Confidence = Confidence.PROVEN,
    severity: Severity | None = None,
    title: str | None = None,
) -> Finding:
    """A finding with, unless given, its title and severity from the catalogue; KeyError for an unknown code."""
    cause = BY_CODE[code]
    return Finding(
        code=code,
        severity=severity or cause.severity,
        confidence=confidence,
        title=title or cause.title,
        summary=summary,
        explanation=explanation,
        fix=fix,
        evidence=evidence or {},
    )


def hidden_by(code: str) -> frozenset[str]:
    """The codes that are symptoms of this cause, wildcards spelled out."""
    hidden: set[str] = set()
    for pattern in BY_CODE[code].hides:
        if pattern.endswith(".*"):
            hidden.update(other for other in BY_CODE if other.startswith(pattern[:-1]))
        else:
            hidden.add(pattern)
    return frozenset(hidden - {code})
