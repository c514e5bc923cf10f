"""Servers that flood, drip or lie: whatever they do, a diagnosis ends in time, within its memory, and in some code."""

from collections.abc import Callable
from dataclasses import replace

from tests.lab import dns, http, raw_tls, tcp, tls
from tests.lab.ca import LabCa, rsa_key
from tests.lab.faults.fault import Case, Need, Start, good, host
from tests.lab.hosts import NOT_ALLOWED, Check, Lab
from tests.lab.tcp import Handler
from tests.lab.tls import Identity


def _on_https(handler: Handler) -> Start:
    return host(lambda lab, name: handler)


def _inside_tls(handler: Handler) -> Start:
    return host(lambda lab, name: tls.tls(lab.ca.leaf(name), handler))


def _on_port_80(handler: Handler) -> Start:
    return host(lambda lab, name: lab.ca.leaf(name), http=handler)


def _inside_http2(handler: Handler) -> Start:
    return host(lambda lab, name: tls.tls(tls.context_of(lab.ca.leaf(name), alpn=("h2",)), handler))


def _presents(make: Callable[[LabCa, str], Identity]) -> Start:
    return host(lambda lab, name: make(lab.ca, name))


def _long_chain(ca: LabCa, name: str) -> Identity:
    issuer = ca.intermediate
    for number in range(100):
        issuer = ca.authority(f"Lab {number}", issuer=issuer)
    return ca.issue(name, issuer=issuer).healthy


def _many_names(count: int) -> Callable[[LabCa, str], Identity]:
    return lambda ca, name: ca.issue(name, *(f"n{number}.example" for number in range(count))).healthy


def _nasty_names(ca: LabCa, name: str) -> Identity:
    """What would be markup, a command or an ambush in Slack and in a terminal."""
    names = ("*.xn--\x1b[31m.example", "<!channel>.example", "`whoami`.example")
    return ca.issue(*names, common_name="<!here>\x1b[2J\r\n").healthy


def _damaged(old: bytes, new: bytes) -> Start:
    """A certificate in which some bytes of its DER are replaced, in a handshake that goes on."""

    def serve(lab: Lab, name: str) -> Handler:
        issued = lab.ca.issue(name, own_key=rsa_key())
        assert old in issued.made.der
        damaged = issued.made.der.replace(old, new, 1)
        return raw_tls.presents(damaged, lab.ca.intermediate.made.der, key=rsa_key(), then=http.http())

    return host(serve)


def _records(*records: str) -> Start:
    def start(lab: Lab, name: str) -> Check:
        lab.dns.add(name, *records)
        return lab.check(lab.target(name))

    return start


def _troubled(trouble: dns.Trouble) -> Start:
    def start(lab: Lab, name: str) -> Check:
        lab.dns.trouble(name, trouble)
        return good(lab, name)

    return start


def _rebinds(lab: Lab, name: str) -> Check:
    """Another answer to each query: first the host's address, from then on one that is not allowed."""
    site = lab.site(f"real.{name}", https=lab.ca.leaf(name))
    lab.dns.rotate(name, "A", site.addresses, (NOT_ALLOWED,))
    return replace(lab.check(site), target=site.target.replace(f"real.{name}", name))


def _mixes(lab: Lab, name: str) -> Check:
    """A name with addresses of every kind, most of which must not be contacted."""
    site = lab.site(name)
    lab.dns.add(name, f"A {NOT_ALLOWED}", "A 127.0.0.2", f"AAAA ::ffff:{NOT_ALLOWED}", "AAAA 64:ff9b::7f00:1")
    return lab.check(site)


def _endless_aliases(lab: Lab, name: str) -> Check:
    for number in range(100):
        lab.dns.add(f"a{number}.{name}" if number else name, f"CNAME a{number + 1}.{name}.")
    return lab.check(name)


_ON_HTTPS = {
    "rubbish-records": tls.record_rubbish,
    "cut-record": tls.cut_record,
    "alert-flood": tls.alert_flood,
    "empty-record-flood": tls.empty_record_flood,
    "change-cipher-spec-flood": tls.change_cipher_spec_flood,
    "certificate-flood": tls.certificate_flood,
    "megabyte-certificate": tls.presents(b"\x30\x83\x0f\xff\xfb" + b"\x00" * 0x0FFFFB),
    "no-certificate": tls.presents(),
    "empty-certificate": tls.presents(b""),
    "byte-flood": tcp.flood(bytes(range(256))),
    "byte-drip": tcp.drip(b"\x16\x03\x03\x40\x00" + b"\x02" * 1000),
    "http-flood": tcp.flood(b"HTTP/1.1 200 OK\r\n"),
}
_BEHIND_TLS = {
    "header-drip": http.header_drip,
    "body-drip": http.body_drip,
    "never-closes": http.never_closes,
    "endless-body": http.endless_body,
    "endless-chunks": http.endless_chunks,
    "endless-header-lines": http.endless_header_lines,
    "endless-header-value": http.endless_header_value,
    "five-megabyte-header": http.five_megabyte_header,
    "interim-flood": http.interim_flood,
    "gzip-bomb": http.gzip_bomb,
    "thousand-cookies": http.http(http.many_cookies()),
    "http-0-9": http.http_0_9,
    "bad-status-line": http.bad_status_line,
    "status-out-of-range": http.status_out_of_range,
    "conflicting-lengths": http.conflicting_lengths,
    "short-body": http.short_body,
    "closes": http.closes_without_answer,
    "resets": http.resets_without_answer,
    "nasty-location": http.http(http.redirect("https://x\x1b[31m\u202e<!channel>.example/`id`")),
    "long-location": http.http(http.redirect("https://a.example/" + "a" * 100_000)),
    "credentials-in-location": http.http(http.redirect("https://user:secret@a.example/")),
}
_BEHIND_HTTP2 = {
    "h2-hangs": tcp.hang,
    "h2-rubbish": tcp.answer(b"\xff" * 500),
    "h2-ping-flood": tcp.flood(http.HTTP2_PING, first=http.HTTP2_SETTINGS),
    "h2-settings-flood": tcp.flood(http.HTTP2_SETTINGS),
}
_ON_PORT_80 = {
    "plain-header-drip": http.header_drip,
    "plain-endless-body": http.endless_body,
    "plain-interim-flood": http.interim_flood,
    "plain-hangs": tcp.hang,
    "plain-resets": tcp.reset,
    "plain-rubbish": tcp.answer(b"\x00\xff" * 500),
}

_REAL_PORTS = frozenset({Need.REAL_PORTS})

HOSTILE: tuple[Case, ...] = (
    *(Case(name=name, begin=_on_https(handler)) for name, handler in _ON_HTTPS.items()),
    *(Case(name=name, begin=_inside_tls(handler)) for name, handler in _BEHIND_TLS.items()),
    *(Case(name=name, begin=_inside_http2(handler)) for name, handler in _BEHIND_HTTP2.items()),
    *(Case(name=name, begin=_on_port_80(handler), needs=_REAL_PORTS) for name, handler in _ON_PORT_80.items()),
    Case(name="chain-of-100", begin=_presents(_long_chain)),
    Case(name="names-4000", begin=_presents(_many_names(4_000))),
    Case(name="names-10000", begin=_presents(_many_names(10_000))),  # over 100 kB, which OpenSSL refuses to read
    Case(name="nasty-names", begin=_presents(_nasty_names)),
    Case(name="damaged-date", begin=_damaged(b"\x17\x0d2", b"\x17\x0dx")),  # a UTCTime that begins with an x
    Case(
        name="damaged-key-usage", begin=_damaged(bytes.fromhex("0603551d0f"), bytes.fromhex("0603551d11"))
    ),  # a second SAN
    Case(name="damaged-version", begin=_damaged(bytes.fromhex("a003020102"), bytes.fromhex("a00302017f"))),
    Case(name="answer-of-4000-records", begin=_records(*dns.many_addresses(4_000))),
    Case(name="truncated-without-tcp", begin=_troubled(dns.TRUNCATED_NO_TCP)),
    Case(name="dns-short-garbage", begin=_troubled(dns.GARBAGE_SHORT)),
    Case(name="rebinding", begin=_rebinds),
    Case(name="mixed-addresses", begin=_mixes),
    Case(name="hundred-aliases", begin=_endless_aliases),
)
