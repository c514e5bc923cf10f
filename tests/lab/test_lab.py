"""The lab's servers do what their names say, as other clients than Padlock see it."""

import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator

import httpx
import pytest
from OpenSSL import SSL

from diagnostics.catalogue import BY_CODE
from tests.lab import http, tcp, tls
from tests.lab.faults import FAULTS, Fault, unmet
from tests.lab.hosts import OPEN_HTTPS_PORT, Lab, Node, has_ipv6, serves
from tests.lab.look import connect, look
from tests.lab.programs import find_openssl

PATIENCE = 10.0  # seconds, for what comes at once on an idle machine
IMPATIENCE = 0.8  # seconds, for what never comes

OK = "answer: HTTP/1.1 200 OK"
MOVED = "answer: HTTP/1.1 301 Moved Permanently"
REFUSED = "connect: ConnectionRefusedError 111"
NO_CIPHER = "SSLV3_ALERT_HANDSHAKE_FAILURE"

# What Python's ssl, with the lab's root and the ciphers of browsers, meets at each broken host.
SEEN = {
    # Of these the target is what is wrong, and the server is good where there is one.
    "other-scheme": OK,
    "no-port": REFUSED,
    "not-public": OK,
    "other-port": REFUSED,
    "partly-public": f"{OK} | {REFUSED}",
    "no-dns": "LifetimeTimeout",
    "intercepted": "verify 20",
    "unknown": "NXDOMAIN",
    "no-address": "NoAnswer",
    "alias-no-address": "NoAnswer",
    "dangling": "NXDOMAIN",
    "circle": "NoNameservers",
    "circle-servfail": "NoNameservers",
    "servfail": "NoNameservers",
    "dns-refused": "NoNameservers",
    "dns-silent": "LifetimeTimeout",
    "dns-other-id": "LifetimeTimeout",
    "dns-other-name": "LifetimeTimeout",
    "dns-no-tcp": "NoNameservers",
    "dns-garbage": "LifetimeTimeout",
    "refused": REFUSED,
    "filtered": "connect: timeout",
    "unreachable": "connect: OSError 101",
    "one-refuses": f"{OK} | {REFUSED}",
    "one-filtered": f"{OK} | connect: timeout",
    "ipv6-refuses": OK,  # over IPv4; the other family has a test of its own
    "http-waits": "timeout",
    "http-400": "WRONG_VERSION_NUMBER",
    "bare-html": "WRONG_VERSION_NUMBER",
    "nginx-plain": "WRONG_VERSION_NUMBER",
    "ssh": "WRONG_VERSION_NUMBER",
    "smtp": "WRONG_VERSION_NUMBER",
    "tls-1-1": "TLSV1_ALERT_PROTOCOL_VERSION",
    "tls-1-0": "TLSV1_ALERT_PROTOCOL_VERSION",
    "camellia": NO_CIPHER,
    "ccm": NO_CIPHER,
    "aria": NO_CIPHER,
    "anonymous": NO_CIPHER,
    "null-cipher": NO_CIPHER,
    "dhe-only": NO_CIPHER,
    "alert-112": "TLSV1_UNRECOGNIZED_NAME",
    "alert-112-warning": "FIN",  # a warning, then nothing: the bytes have a test of their own
    "other-names-only": "TLSV1_UNRECOGNIZED_NAME",
    "nginx-rejects": "TLSV1_UNRECOGNIZED_NAME",
    "alert-40": "SSLV3_ALERT_HANDSHAKE_FAILURE",
    "alert-49": "TLSV1_ALERT_ACCESS_DENIED",
    "alert-71": "TLSV1_ALERT_INSUFFICIENT_SECURITY",
    "alert-80": "TLSV1_ALERT_INTERNAL_ERROR",
    "client-certificate-1-2": "SSLV3_ALERT_HANDSHAKE_FAILURE",
    "client-certificate-1-3": "answer: TLSV13_ALERT_CERTIFICATE_REQUIRED",
    "client-certificate-later": "answer: SSLV3_ALERT_HANDSHAKE_FAILURE",
    "client-certificate-nginx": "answer: HTTP/1.1 400 Bad Request",
    "fin": "FIN",
    "fin-at-once": "FIN",
    "rst": "RST",
    "rst-at-once": "RST",
    "fin-after-hello": "FIN",
    "rst-after-hello": "RST",
    "stalls": "timeout",
    "stalls-after-hello": "timeout",
    "drips-hello": "timeout",
    "node-alert": f"SSLV3_ALERT_HANDSHAKE_FAILURE | {OK}",
    "node-hangs-up": f"FIN | {OK}",
    "node-plain": f"WRONG_VERSION_NUMBER | {OK}",
    "large-hello-lost": OK,  # to a small hello; the large one has a test of its own
    "large-hello-reset": OK,
    "static-rsa": OK,
    "cbc-sha1": OK,
    "client-certificate-optional": OK,
    "cdn-default": "verify 62",
    "cdn-rejects": "TLSV1_UNRECOGNIZED_NAME",
    "cdn-two-levels": "verify 62",
    "cdn-deep-refused": "SSLV3_ALERT_HANDSHAKE_FAILURE",
    "cdn-stale": f"{OK} | verify 10",
    "no-san": OK,  # OpenSSL still looks at the common name; browsers do not
    "wildcard-too-short": "verify 62",
    "wildcard-without-apex": "verify 62",
    "only-www": "verify 62",
    "other-name": "verify 62",
    "default-certificate": "verify 18",
    "expired": "verify 10",
    "expired-caa": "verify 10",
    "not-yet-valid": "verify 9",
    "malformed-names": "verify 20",
    "malformed-der": "[SSL] ASN1 lib",
    "cut-off-der": "[SSL] ASN1 lib",
    "self-signed": "verify 18",
    "incomplete": "verify 20",
    "incomplete-unproven": "verify 20",
    "other-root": "verify 20",
    "own-root-unsent": "verify 20",
    "intermediate-expired": "verify 10",
    "not-a-ca": "verify 79",
    "path-too-long": "verify 25",
    "name-constraint": "verify 47",
    "bad-signature": "verify 7",
    "for-clients": "verify 26",
    "rsa-1024": "verify 66",
    "rsa-1536": "verify 66",
    "sha-1": "verify 68",
    "revoked": OK,  # nobody asks the issuer here; the answers have tests of their own
    "revoked-delegated": OK,
    "revoked-crl": OK,
    "revoked-staple": "answer: HTTP/1.0 200 ok",
    "no-staple": OK,
    "ocsp-unknown": OK,
    "ocsp-stale": OK,
    "ocsp-try-later": OK,
    "ocsp-rubbish": OK,
    "ocsp-wrong-signer": OK,
    "ocsp-wrong-usage": OK,
    "reversed": OK,
    "stranger": OK,
    "with-root": OK,
    "expires-soon": OK,
    "cdn-names-differ": OK,
    "cdn-one-expiring": OK,
    "cdn-loop": MOVED,
    "tencent-423": "answer: HTTP/1.1 423 Locked",
    "tencent-539": "answer: HTTP/1.1 539 Unnamed",
    "tencent-540": "answer: HTTP/1.1 540 Unnamed",
    "tencent-532": "answer: HTTP/1.1 532 Unnamed",
    "tencent-538": "answer: HTTP/1.1 538 Unnamed",
    "tencent-562": "answer: HTTP/1.1 562 Unnamed",
    "cloudflare-526": "answer: HTTP/1.1 526 Unnamed",
    "cloudflare-522": "answer: HTTP/1.1 522 Unnamed",
    "cloudflare-530": "answer: HTTP/1.1 530 Unnamed",
    "cloudflare-525": "answer: HTTP/1.1 525 Unnamed",
    "cloudfront-502": "answer: HTTP/1.1 502 Bad Gateway",
    "no-redirect": OK,
    "pages-circle": MOVED,
    "www-circle": MOVED,
    "schemes-circle": MOVED,
    "too-many": MOVED,
    "ever-new": MOVED,
    "downgrade": MOVED,
    "leads-to-expired": MOVED,
    "no-location": MOVED,
    "empty-host": MOVED,
    "leads-inside": MOVED,
    "leads-to-other-port": MOVED,
    "leads-to-name-inside": MOVED,
    "temporary": OK,
    "port-80-closed": OK,
    "error-500": "answer: HTTP/1.1 500 Internal Server Error",
    "wants-http-1": "answer: HTTP/1.1 500 Internal Server Error",
    "wants-http-1-and-ends": "answer: HTTP/1.1 500 Internal Server Error",
    "error-503": "answer: HTTP/1.1 503 Service Unavailable",
    "error-421": "answer: HTTP/1.1 421 Misdirected Request",
    "plain-to-https-port": "answer: HTTP/1.1 400 Bad Request",
    "port-80-expects-tls": OK,
    "no-answer": "answer: timeout",
    "header-drip": "answer: timeout",
    "not-http": "answer: 220 mail.example ESMTP Postfix",
    "bad-status": "answer: HTTP/1.1 abc what",
    "http-0-9": "answer: <!DOCTYPE HTML>",
    "no-hsts": OK,
    "bad-hsts": OK,
    "mixed": OK,
}

# A healthy twin answers, be it with an error page, a redirect or a refusal to serve this client.
HEALTHY = re.compile(r"answer: HTTP/1\.[01] (200|301|400|401|403|404) [^|]*")


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as lab:
        yield lab


def _skip_unless_possible(fault: Fault, lab: Lab) -> None:
    if missing := unmet(fault, lab=lab):
        pytest.skip("needs " + " and ".join(missing))


def _raw(address: str, port: int, data: bytes) -> bytes:
    """Everything a port says to these bytes until it hangs up."""
    said = b""
    with socket.create_connection((address, port), timeout=PATIENCE) as connection:
        connection.sendall(data)
        while more := connection.recv(65536):
            said += more
    return said


def _small_hello() -> bytes:
    """The ClientHello of Python's ssl."""
    outgoing = ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="a.example")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


def _large_hello() -> bytes:
    """The ClientHello of pyOpenSSL's OpenSSL, which has a post-quantum key share."""
    client = SSL.Connection(SSL.Context(SSL.TLS_CLIENT_METHOD), None)
    client.set_connect_state()
    client.set_tlsext_host_name(b"a.example")
    with pytest.raises(SSL.WantReadError):
        client.do_handshake()
    return client.bio_read(65536)


# The ready-made faults.


def test_every_fault_has_a_name_of_its_own_and_a_code_of_the_catalogue() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert {fault.code for fault in FAULTS} <= set(BY_CODE)


def test_every_fault_is_looked_at() -> None:
    assert {fault.name for fault in FAULTS} == set(SEEN)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_broken_host_is_broken_as_its_name_says(fault: Fault, lab: Lab) -> None:
    _skip_unless_possible(fault, lab)
    expected = SEEN[fault.name]
    seconds = IMPATIENCE if "timeout" in expected else PATIENCE
    dns_seconds = IMPATIENCE if "LifetimeTimeout" in expected else PATIENCE
    assert look(fault.start(lab), seconds=seconds, dns_seconds=dns_seconds).startswith(expected)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_healthy_twin_answers(fault: Fault, lab: Lab) -> None:
    _skip_unless_possible(fault, lab)
    assert HEALTHY.fullmatch(look(fault.twin(lab), seconds=PATIENCE))


# TCP.


def test_a_silent_port_answers_no_connection(lab: Lab) -> None:
    assert connect(lab.put(tcp.Silent(), port=OPEN_HTTPS_PORT), OPEN_HTTPS_PORT, seconds=IMPATIENCE) == (
        "connect: timeout"
    )


@pytest.mark.skipif(not has_ipv6(), reason="needs an IPv6 loopback address")
def test_each_family_of_a_dual_stack_host_has_a_server_of_its_own(lab: Lab) -> None:
    site = lab.dual_stack_site("dual.example", ipv4=tcp.say(b"four"), ipv6=tcp.say(b"six"))
    assert {address: _raw(address, site.port, b"x") for address in site.addresses} == {
        site.addresses[0]: b"four",
        "::1": b"six",
    }


@pytest.mark.skipif(not has_ipv6(), reason="needs an IPv6 loopback address")
@pytest.mark.parametrize(
    ("listener", "seen"), [(tcp.Silent(), "connect: timeout"), (tcp.Refused(), REFUSED)], ids=["silent", "refused"]
)
def test_ipv6_can_fail_where_ipv4_works(listener: tcp.Listener, seen: str, lab: Lab) -> None:
    site = lab.dual_stack_site(f"{type(listener).__name__}.example", ipv4=tcp.say(b"four"), ipv6=listener)
    assert connect("::1", site.port, seconds=IMPATIENCE) == seen
    assert _raw(site.addresses[0], site.port, b"x") == b"four"


def test_a_flood_ends_when_the_client_leaves(lab: Lab) -> None:
    server = tcp.Server(tcp.flood(b"more"))
    address = lab.put(server, port=OPEN_HTTPS_PORT)
    with socket.create_connection((address, OPEN_HTTPS_PORT), timeout=PATIENCE) as connection:
        connection.sendall(b"x")
        assert len(connection.recv(1 << 20)) > 0
    assert server.connections == 1


def test_connections_are_counted(lab: Lab) -> None:
    site = lab.site("counted.example")
    before = [server.connections for server in site.servers]
    look(lab.check(site), seconds=PATIENCE)
    assert [server.connections for server in site.servers] == [before[0] + 1, *before[1:]]


# TLS.


@pytest.mark.skipif(find_openssl() is None, reason="needs the openssl command")
@pytest.mark.parametrize("number", [40, 49, 70, 71, 80, 112, 116])
def test_openssl_sees_the_alert_that_is_sent(number: int, lab: Lab) -> None:
    address = lab.put(tls.alert(number), port=OPEN_HTTPS_PORT)
    command = ["openssl", "s_client", "-connect", f"{address}:{OPEN_HTTPS_PORT}"]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
    assert f"SSL alert number {number}\n" in result.stderr


@pytest.mark.parametrize(
    ("level", "sent"), [(tls.FATAL, "15030300020270"), (tls.WARNING, "15030300020170")], ids=["fatal", "warning"]
)
def test_an_alert_has_its_level(level: int, sent: str, lab: Lab) -> None:
    address = lab.put(tls.alert(112, level=level), port=OPEN_HTTPS_PORT)
    assert _raw(address, OPEN_HTTPS_PORT, _small_hello()).hex() == sent


def test_python_s_server_sends_its_own_alerts(lab: Lab) -> None:
    context = tls.by_name({"known.example": lab.ca.leaf("known.example")}, default=None)
    address = lab.put(tls.tls(context), port=OPEN_HTTPS_PORT)
    assert _raw(address, OPEN_HTTPS_PORT, _small_hello()).hex() == "15030300020270"


def test_the_certificate_is_chosen_by_name(lab: Lab) -> None:
    names = ("one.example", "two.example")
    context = tls.by_name({name: lab.ca.leaf(name) for name in names}, default=lab.ca.leaf("other.example"))
    address = lab.put(tls.tls(context), port=OPEN_HTTPS_PORT)
    for name in names:
        lab.dns.add(name, f"A {address}")
        assert look(lab.check(f"{name}:{OPEN_HTTPS_PORT}"), seconds=PATIENCE) == OK
    lab.dns.add("three.example", f"A {address}")
    assert look(lab.check(f"three.example:{OPEN_HTTPS_PORT}"), seconds=PATIENCE) == "verify 62"


def test_a_middlebox_drops_large_hellos_only(lab: Lab) -> None:
    good = tls.tls(lab.ca.leaf("a.example"))
    address = lab.put(tls.drops_large_hello(1000, good, otherwise=tcp.hang_up_at_once), port=OPEN_HTTPS_PORT)
    assert len(_small_hello()) < 1000 < len(_large_hello())
    assert _raw(address, OPEN_HTTPS_PORT, _large_hello()) == b""
    with socket.create_connection((address, OPEN_HTTPS_PORT), timeout=PATIENCE) as connection:
        connection.sendall(_small_hello())
        assert connection.recv(1) == b"\x16"


def test_a_server_can_speak_http_2_alone(lab: Lab) -> None:
    settings = tls.context_of(lab.ca.leaf("h2.example"), alpn=("h2",))
    site = lab.site("h2.example", https=tls.tls(settings, http.http2()))
    trust = ssl.create_default_context(cafile=lab.ca_file)
    url = f"https://{site.addresses[0]}:{site.port}/"
    with httpx.Client(verify=trust, http1=False, http2=True, trust_env=False) as client:
        answer = client.get(url, headers={"Host": "h2.example"}, extensions={"sni_hostname": "h2.example"})
    assert (answer.http_version, answer.status_code) == ("HTTP/2", 200)


@pytest.mark.skipif(find_openssl() is None, reason="needs the openssl command")
@pytest.mark.parametrize(
    ("name", "healthy", "says"),
    [
        ("revoked-staple", False, "Cert Status: revoked"),
        ("revoked-staple", True, "Cert Status: good"),
        ("no-staple", False, "OCSP response: no response sent"),
        ("no-staple", True, "Cert Status: good"),
    ],
)
def test_openssl_sees_the_staple(name: str, healthy: bool, says: str, lab: Lab) -> None:
    fault = next(fault for fault in FAULTS if fault.name == name)
    check = fault.twin(lab) if healthy else fault.start(lab)
    host, _, port = check.target.partition(":")
    address = lab.addresses(host)[0]
    command = ["openssl", "s_client", "-status", "-connect", f"{address}:{port or 443}"]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
    assert says in result.stdout


# HTTP.


def _get(lab: Lab, script: http.Script, path: str = "/", **headers: str) -> httpx.Response:
    address = lab.put(http.http(script), port=OPEN_HTTPS_PORT)
    with httpx.Client(trust_env=False) as client:
        return client.get(f"http://{address}:{OPEN_HTTPS_PORT}{path}", headers=headers)


def test_answers_go_by_path(lab: Lab) -> None:
    script = {"/": http.redirect("/home", status=302), "/home": http.page()}
    assert [_get(lab, script, path).status_code for path in ("/", "/home", "/else")] == [302, 200, 404]


def test_plain_http_leads_to_the_same_page_over_https(lab: Lab) -> None:
    answer = _get(lab, http.to_https, "/cart?x=1", host="shop.example")
    assert answer.headers["location"] == "https://shop.example/cart?x=1"


def test_a_redirect_ends_once_its_cookie_comes_back(lab: Lab) -> None:
    assert _get(lab, http.until_cookie).status_code == 301
    assert _get(lab, http.until_cookie, cookie="seen=1").status_code == 200


@pytest.mark.parametrize(("count", "status"), [(3, 200), (4, 301)])
def test_a_chain_of_redirects_has_its_length(count: int, status: int, lab: Lab) -> None:
    assert _get(lab, http.chain_of_redirects(count, base=""), "/3").status_code == status


def test_a_web_server_waits_for_a_whole_request(lab: Lab) -> None:
    address = lab.put(http.http(), port=OPEN_HTTPS_PORT)
    with socket.create_connection((address, OPEN_HTTPS_PORT), timeout=IMPATIENCE) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.sendall(b"\r\n")
        assert connection.recv(15) == b"HTTP/1.1 200 OK"


# The lab as a whole.


def test_a_lab_ends_everything_it_has_started() -> None:
    with Lab() as lab:
        site = lab.site("gone.example")
        assert look(lab.check(site), seconds=PATIENCE) == OK
    assert connect(site.addresses[0], site.port, seconds=PATIENCE) == REFUSED


def test_a_lab_ends_quickly_though_connections_are_open() -> None:
    with Lab() as lab:
        address = lab.put(tcp.hang, port=OPEN_HTTPS_PORT)
        connection = connect(address, OPEN_HTTPS_PORT, seconds=PATIENCE)
        assert isinstance(connection, socket.socket)
        began = time.monotonic()
    with connection:
        assert time.monotonic() - began < PATIENCE / 2


def test_two_labs_do_not_meet() -> None:
    with Lab() as one, Lab() as other:
        one.site("shared.example", https=one.ca.leaf("shared.example"))
        other.site("shared.example", https=tcp.Refused())
        assert look(one.check(one.target("shared.example")), seconds=PATIENCE) == OK
        assert look(other.check(other.target("shared.example")), seconds=PATIENCE) == REFUSED


def test_a_mistake_in_a_lab_server_is_told() -> None:
    def mistaken(request: http.Request) -> http.Response:
        raise LookupError(request.path)

    def use() -> None:
        with Lab() as lab:
            address = lab.put(http.http(mistaken), port=OPEN_HTTPS_PORT)
            assert _raw(address, OPEN_HTTPS_PORT, b"GET / HTTP/1.1\r\n\r\n") == b""

    with pytest.raises(ExceptionGroup) as caught:
        use()
    assert caught.group_contains(LookupError)


def test_a_host_has_as_many_addresses_as_nodes(lab: Lab) -> None:
    identity = lab.ca.leaf("many.example")
    site = lab.site("many.example", nodes=[Node(identity), Node(serves(identity, http.page(status=404)))])
    assert look(lab.check(site), seconds=PATIENCE) == f"{OK} | answer: HTTP/1.1 404 Not Found"


def test_a_check_names_everything_that_the_command_needs(lab: Lab) -> None:
    check = lab.check("shop.example")
    networks = ["--allow-network", "127.64.0.0/10", "--allow-network", "::1/128"]
    assert check.arguments == [
        "shop.example", "--nameserver", lab.dns.address, "--ca-file", lab.ca_file, *networks,
    ]  # fmt: skip
    assert check.options(timeout=3.0).nameservers == (lab.dns.address,)
