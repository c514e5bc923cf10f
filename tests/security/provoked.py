"""For every cause facts that provoke it, and the same with a stranger's words in every field a stranger fills."""

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from diagnostics.catalogue import CATALOGUE
from diagnostics.facts import (
    AddressFacts,
    Alert,
    Caa,
    CertificateSummary,
    Connect,
    ConnectStatus,
    DnsStatus,
    Facts,
    Handshake,
    HandshakeStatus,
    Hello,
    HttpAnswer,
    HttpOutcome,
    PlainAnswer,
    Refusal,
    Resolution,
    Revocation,
    RevocationStatus,
    ServerAnswer,
    TraceEnd,
    Vantage,
)
from diagnostics.finding import Finding
from tests.diagnostics.hand_made import (
    CONNECTED,
    HOST,
    IP,
    NOW,
    SHAKEN,
    address,
    answer,
    certificate,
    facts,
    fault,
    refusing,
    trace,
)

HTTPS, HTTP = f"https://{HOST}/", f"http://{HOST}/"
OTHER_IP, IPV6 = "203.0.113.8", "2001:db8::7"
WITHOUT_HSTS: tuple[tuple[str, str], ...] = (("server", "nginx"), ("x-powered-by", "PHP"))
PLACE = "hostile-text-goes-here"  # within the address that a page loads a script from

# What a stranger decides: these fields of the facts are filled with hostile texts.
OUTSIDE = frozenset(
    {
        "Resolution.aliases",
        "ServerAnswer.rcode",
        "Handshake.cipher",
        "Handshake.alpn",
        "Handshake.client_ca_names",
        "Handshake.first_bytes",
        "Handshake.error",
        "HttpAnswer.headers",
        "HttpAnswer.body",
        "HttpAnswer.error",
        "Caa.name",
        "Caa.issue",
        "Caa.issue_wild",
        "CertificateSummary.subject",
        "CertificateSummary.key",  # our own words, or an object identifier's numbers, as is the next
        "CertificateSummary.signature",
        "CertificateSummary.issuer",
        "CertificateSummary.dns_names",
        "CertificateSummary.ip_addresses",
        "CertificateSummary.issuer_urls",
        "CertificateSummary.ocsp_urls",
        "CertificateSummary.crl_urls",
        "CertificateSummary.chain",
        "Hop.location",
        "Trace.other_host",
        "Revocation.reason",
        "Revocation.detail",
        "Facts.text",
        "Facts.refusal_reason",
        "Finding.summary",
        "Finding.explanation",
        "Finding.fix",
        "Finding.evidence",
    }
)
# What Padlock makes itself, or has brought into a normal form before it becomes a fact.
OURS = frozenset(
    {
        "Resolution.addresses",
        "Resolution.silent_families",
        "ServerAnswer.nameserver",
        "ServerAnswer.rdtype",
        "Connect.error",
        "Handshake.chain",
        "Handshake.tls_version",
        "Handshake.staple",
        "HttpAnswer.url",
        "CertificateSummary.sha256",
        "CertificateSummary.serial",
        "AddressFacts.ip",
        "AddressFacts.old_suite",
        "Trace.start",
        "Trace.ip",
        "Trace.last_url",
        "Trace.loop_start",
        "Trace.other_cause",
        "Hop.url",
        "Revocation.certificate_sha256",
        "Revocation.source",
        "Vantage.nameservers",
        "Vantage.families",
        "Vantage.roots",
        "IssuerFetch.url",
        "IssuerFetch.certificates",
        "IssuerFetch.issuer_urls",
        "Facts.host",
        "Finding.code",
        "Finding.title",
    }
)


# Lists from which Padlock reads what kind of host it is: they keep what they have, and get one more.
_APPENDED = frozenset({"CertificateSummary.dns_names", "Resolution.aliases"})


def poisoned(value: object, text: str, *, place: str = "") -> object:
    """The same value with this text behind every outside string, and before every outside run of bytes."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        name = type(value).__name__
        changed = {
            field.name: poisoned(getattr(value, field.name), text, place=f"{name}.{field.name}")
            for field in dataclasses.fields(value)
        }
        return dataclasses.replace(value, **changed)
    if place == "HttpAnswer.headers" and isinstance(value, tuple):
        return (*((name, f"{header} {text}") for name, header in value), ("x-more", text))
    if place in _APPENDED and isinstance(value, tuple):
        return (*value, text)
    if isinstance(value, tuple):
        return tuple(poisoned(each, text, place=place) for each in value)
    if isinstance(value, dict) and place in OUTSIDE:
        return {**{key: poisoned(each, text, place=place) for key, each in value.items()}, text: [text, {text: text}]}
    if type(value) is str and place in OUTSIDE:
        return f"{value} {text}"
    if type(value) is bytes and place in OUTSIDE:
        hostile = text.encode("utf-8", "surrogatepass")
        return value.replace(PLACE.encode(), hostile.replace(b'"', b"")) + hostile
    return value


def provoked() -> dict[str, Facts]:
    """Facts that provoke each registered cause, by its code."""
    made = {code: _made(code, make) for code, make in _MAKERS.items()}
    return made | {code: _faulty(code) for code in _certificate_codes() if code not in made}


def _made(code: str, make: Callable[[], Facts]) -> Facts:
    return dataclasses.replace(make(), vantage=Vantage(nameservers=("192.0.2.53",), families=("IPv4",), roots="roots"))


def _certificate_codes() -> Iterator[str]:
    yield from (c.code for c in CATALOGUE if c.code.startswith("certificate.") and c.code != "certificate.key_mismatch")


def _faulty(code: str) -> Facts:
    """A host whose certificate has one fault; the values in its words come from the certificate."""
    caa = Caa(name=HOST, issue=("ca.example",), issue_wild=("wild.example",))  # told of where it was not renewed
    return dataclasses.replace(_shown(facts(address(answer(), faults=(code,)))), caa=caa)


def _shown(found: Facts) -> Facts:
    """With the certificate of the first address as that of the report."""
    return dataclasses.replace(found, certificate=found.addresses[0].certificate)


def _dns(status: DnsStatus) -> Callable[[], Facts]:
    return lambda: dataclasses.replace(
        facts(aliases=("a.example", "b.example")),
        resolution=Resolution(
            status=status,
            aliases=("a.example", "b.example"),
            answers=(ServerAnswer(nameserver="192.0.2.53", rdtype="A", rcode="SERVFAIL"),),
        ),
    )


def _unconnected(status: ConnectStatus, *, ip: str = IP) -> AddressFacts:
    return AddressFacts(ip=ip, connect=Connect(status=status))


def _shaking(handshake: Handshake, **more: object) -> Callable[[], Facts]:
    one = AddressFacts(ip=IP, connect=CONNECTED, handshake=handshake, **more)  # type: ignore[arg-type]
    return lambda: facts(one)


def _failed(status: HandshakeStatus, *, first: bytes = b"", error: str | None = None) -> Handshake:
    return Handshake(status=status, first_bytes=first, error=error)


def _alert(number: int, *, looks: tuple[Handshake, ...] = (), **more: object) -> Callable[[], Facts]:
    handshake = Handshake(status=HandshakeStatus.ALERT, alerts=(Alert(2, number),))
    return _shaking(handshake, second_looks=looks, **more)


def _look(hello: Hello, version: str = "TLSv1.2") -> Handshake:
    return Handshake(status=HandshakeStatus.COMPLETED, hello=hello, tls_version=version, cipher="RC4-SHA")


def _cloudflare(status: int) -> Callable[[], Facts]:
    return lambda: facts(address(answer(status, headers=(("Server", "cloudflare"), ("CF-RAY", "1")))))


def _refused(refusal: Refusal) -> Callable[[], Facts]:
    return lambda: Facts(
        text=HOST,
        host=None if refusal is Refusal.INVALID else HOST,
        port=None if refusal is Refusal.INVALID else 443,
        started_at=NOW,
        refusal=refusal,
        refusal_reason="It is not public:",
    )


def _traced(*urls: str, end: TraceEnd = TraceEnd.ANSWER, first: HttpAnswer | None = None, **more: object) -> Facts:
    return facts(address(first or answer(301)), traces=[trace(*urls, end=end, **more)])  # type: ignore[arg-type]


def _issued_by(name: str) -> CertificateSummary:
    return dataclasses.replace(certificate(HOST), issuer=f"CN={name}")


def _revocation(status: RevocationStatus) -> Facts:
    proof = Revocation(
        certificate_sha256="00", status=status, source="ocsp", revoked_at=NOW, reason="key compromise", detail="it is"
    )
    return dataclasses.replace(_shown(facts(address(answer()))), revocations=(proof,))


def _two(first: CertificateSummary, second: CertificateSummary, *, faults: tuple[Finding, ...] = ()) -> Facts:
    return facts(
        AddressFacts(ip=IP, connect=CONNECTED, handshake=SHAKEN, certificate=first, http=answer()),
        AddressFacts(
            ip=OTHER_IP, connect=CONNECTED, handshake=SHAKEN, certificate=second, faults=faults, http=answer()
        ),
    )


def _wildcard() -> Facts:
    host = f"a.b.{HOST.partition('.')[2]}"
    one = address(
        answer(headers=(("Server", "cloudflare"), ("CF-RAY", "1"))),
        names=("example.com", "*.example.com"),
        faults=("certificate.wildcard_depth",),
    )
    return facts(one, host=host, aliases=(f"{host}.cdn.cloudflare.net",))


def _not_deployed() -> Facts:
    return facts(refusing(alert=112), aliases=(f"{HOST}.cdn.dnsv1.com",))


def _clock() -> Facts:
    return dataclasses.replace(facts(address(answer())), started_at=datetime(1970, 1, 2, tzinfo=UTC))


_PAGE = f'<html><script src="http://{HOST}/{PLACE}"></script>'
_ASKING = dataclasses.replace(SHAKEN, client_certificate_requested=True, client_ca_names=("CN=Members",))
_MAKERS: dict[str, Callable[[], Facts]] = {
    "target.invalid": _refused(Refusal.INVALID),
    "target.forbidden": _refused(Refusal.NAME),
    "probe.no_network": _dns(DnsStatus.NO_NETWORK),
    "probe.clock_wrong": _clock,
    "probe.intercepted": lambda: facts(
        AddressFacts(ip=IP, connect=CONNECTED, handshake=SHAKEN, certificate=_issued_by("Zscaler Root"))
    ),
    "dns.nxdomain": _dns(DnsStatus.NXDOMAIN),
    "dns.no_address": _dns(DnsStatus.NO_ADDRESS),
    "dns.dangling_alias": _dns(DnsStatus.DANGLING_ALIAS),
    "dns.alias_loop": _dns(DnsStatus.ALIAS_LOOP),
    "dns.server_failure": _dns(DnsStatus.SERVER_FAILURE),
    "dns.timeout": _dns(DnsStatus.TIMEOUT),
    "tcp.refused": lambda: facts(_unconnected(ConnectStatus.REFUSED)),
    "tcp.timeout": lambda: facts(_unconnected(ConnectStatus.TIMEOUT)),
    "tcp.unreachable": lambda: facts(_unconnected(ConnectStatus.UNREACHABLE)),
    "tcp.some_addresses_fail": lambda: facts(
        address(answer()), _unconnected(ConnectStatus.REFUSED, ip=OTHER_IP)
    ),
    "tcp.ipv6_broken": lambda: facts(address(answer()), _unconnected(ConnectStatus.TIMEOUT, ip=IPV6)),
    "tls.plaintext_http": _shaking(_failed(HandshakeStatus.PLAINTEXT_HTTP, first=b"HTTP/1.1 400 ")),
    "tls.not_tls": _shaking(_failed(HandshakeStatus.NOT_TLS, first=b"220 ")),
    "tls.protocol_too_old": _alert(70, looks=(_look(Hello.EVERY_SUITE, "TLSv1"),)),
    "tls.no_shared_cipher": _alert(40, looks=(_look(Hello.EVERY_SUITE),)),
    "tls.unrecognized_name": _alert(112),
    "tls.handshake_failure": _alert(40),
    "tls.internal_error": _alert(80),
    "tls.client_certificate_required": lambda: facts(
        AddressFacts(ip=IP, connect=CONNECTED, handshake=_ASKING, http=answer(496))
    ),
    "tls.closed": lambda: facts(refusing(alert=None)),
    "tls.timeout": _shaking(_failed(HandshakeStatus.TIMEOUT)),
    "tls.nodes_differ": lambda: facts(address(answer()), refusing(ip=OTHER_IP)),
    "tls.large_hello_rejected": _shaking(dataclasses.replace(SHAKEN, hello=Hello.SMALL)),
    "tls.weak_cipher": lambda: facts(
        AddressFacts(ip=IP, connect=CONNECTED, handshake=dataclasses.replace(SHAKEN, cipher="AES128-SHA"))
    ),
    "tls.client_certificate_optional": lambda: facts(
        AddressFacts(ip=IP, connect=CONNECTED, handshake=_ASKING, http=answer())
    ),
    "cdn.certificate_not_deployed": _not_deployed,
    "cdn.subdomain_not_covered": _wildcard,
    "cdn.stale_node": lambda: _two(certificate(HOST), certificate(HOST), faults=(fault("certificate.expired"),)),
    "cdn.nodes_differ": lambda: _two(certificate(HOST), certificate(HOST, "other.example")),
    "cdn.redirect_loop": lambda: facts(
        address(answer(301, headers=(("Server", "cloudflare"), ("CF-RAY", "1"), ("Location", HTTPS)))),
        traces=[trace(HTTPS, HTTPS, end=TraceEnd.LOOP)],
    ),
    "cdn.loop_detected": _cloudflare(508),
    "cdn.origin_certificate_invalid": _cloudflare(526),
    "cdn.origin_unreachable": _cloudflare(522),
    "http.origin_tls_error": _cloudflare(525),
    "certificate.malformed": _shaking(
        _failed(HandshakeStatus.MALFORMED, error="asn1 encoding routines: header too long")
    ),
    "certificate.revoked": lambda: _revocation(RevocationStatus.REVOKED),
    "certificate.revocation_unknown": lambda: _revocation(RevocationStatus.UNKNOWN),
    "certificate.must_staple_unmet": lambda: facts(
        AddressFacts(
            ip=IP,
            connect=CONNECTED,
            handshake=SHAKEN,
            certificate=dataclasses.replace(certificate(HOST), must_staple=True),
        )
    ),
    "redirect.missing": lambda: _traced(HTTP, first=answer()),
    "redirect.loop": lambda: _traced(HTTPS, f"{HTTPS}a", HTTPS, end=TraceEnd.LOOP),
    "redirect.too_many": lambda: _traced(HTTPS, *(f"{HTTPS}{n}" for n in range(20)), end=TraceEnd.TOO_MANY),
    "redirect.downgrade": lambda: _traced(HTTPS, HTTP),
    "redirect.broken_target": lambda: _traced(
        HTTPS,
        "https://other.example/",
        end=TraceEnd.BROKEN_TARGET,
        other_host="other.example",
        other_cause="tcp.refused",
    ),
    "redirect.invalid_location": lambda: _traced(HTTPS, end=TraceEnd.INVALID_LOCATION, last=answer(301)),
    "redirect.forbidden_target": lambda: _traced(
        HTTPS,
        "https://wiki.internal/",
        end=TraceEnd.FORBIDDEN_TARGET,
        other_host="wiki.internal",
        refusal=Refusal.NAME,
    ),
    "redirect.temporary": lambda: _traced(HTTP, HTTPS, statuses=(302, 200)),
    "http.port_closed": lambda: facts(
        dataclasses.replace(
            address(answer()), plain=PlainAnswer(connect=Connect(status=ConnectStatus.REFUSED))
        )
    ),
    "http.server_error": lambda: facts(address(answer(500, headers=WITHOUT_HSTS))),
    "http.misdirected": lambda: facts(address(answer(421))),
    "http.timeout": lambda: facts(address(answer(None, outcome=HttpOutcome.TIMEOUT))),
    "http.invalid_response": lambda: facts(
        address(dataclasses.replace(answer(None, outcome=HttpOutcome.INVALID), error="illegal status line"))
    ),
    "http.hsts_missing": lambda: facts(address(answer(headers=WITHOUT_HSTS))),
    "http.hsts_invalid": lambda: facts(address(answer(headers=(("Strict-Transport-Security", "max-age=x"),)))),
    "http.mixed_content": lambda: facts(
        address(answer(body=_PAGE))
    ),
}  # fmt: skip
