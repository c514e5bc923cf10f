"""Faults of the handshake."""

import ssl

from tests.lab import programs, tcp, tls
from tests.lab.ca import rsa_key
from tests.lab.faults.fault import Fault, Need, Start, good, host
from tests.lab.hosts import Check, Lab, Node
from tests.lab.http import http
from tests.lab.renegotiating import asks_after_the_request
from tests.lab.tcp import Handler
from tests.lab.tls import ClientCertificate, context_of

_V1_0, _V1_1, _V1_2, _V1_3 = (
    ssl.TLSVersion.TLSv1,
    ssl.TLSVersion.TLSv1_1,
    ssl.TLSVersion.TLSv1_2,
    ssl.TLSVersion.TLSv1_3,
)


def _plain(handler: Handler) -> Start:
    """A host whose HTTPS port does this, whatever its name."""
    return host(lambda lab, name: handler)


def _versions(oldest: ssl.TLSVersion, newest: ssl.TLSVersion) -> Start:
    return host(lambda lab, name: tls.tls(context_of(lab.ca.leaf(name), oldest=oldest, newest=newest)))


def _suites(ciphers: str, *, rsa: bool = False) -> Start:
    """TLS 1.2 with these cipher suites and an ECDSA or RSA key."""

    def serve(lab: Lab, name: str) -> Handler:
        identity = lab.ca.issue(name, own_key=rsa_key()).healthy if rsa else lab.ca.leaf(name)
        return tls.tls(context_of(identity, oldest=_V1_2, newest=_V1_2, ciphers=f"{ciphers}:@SECLEVEL=0"))

    return host(serve)


def _openssl(*arguments: str) -> Start:
    """`openssl s_server` with an RSA key and these arguments."""
    return host(lambda lab, name: programs.OpensslServer(lab.ca.issue(name, own_key=rsa_key()).healthy, *arguments))


def _nginx(server: str) -> Start:
    return host(
        lambda lab, name: programs.Nginx(server, lab.ca.leaf(name), files={"client-ca.pem": lab.ca.root.made.pem})
    )


def _knows_only(known: str) -> Start:
    """A server that rejects every name but this, in which NAME stands for the host's."""
    return host(lambda lab, name: tls.tls(tls.by_name({known.replace("NAME", name): lab.ca.leaf(name)}, default=None)))


def _client_certificate(wish: ClientCertificate, newest: ssl.TLSVersion = _V1_3) -> Start:
    return host(
        lambda lab, name: tls.tls(
            context_of(lab.ca.leaf(name), newest=newest, client_certificate=wish, client_ca=lab.ca.root.made.pem)
        )
    )


def _second_node(handler: Handler) -> Start:
    """Two addresses, one of them good."""

    def start(lab: Lab, name: str) -> Check:
        return lab.check(lab.site(name, nodes=[Node(lab.ca.leaf(name)), Node(handler)]))

    return start


def _two_good_nodes(lab: Lab, name: str) -> Check:
    identity = lab.ca.leaf(name)
    return lab.check(lab.site(name, nodes=[Node(identity), Node(identity)]))


def _middlebox(limit: int, otherwise: Handler = tcp.hang) -> Start:
    return host(lambda lab, name: tls.drops_large_hello(limit, tls.tls(lab.ca.leaf(name)), otherwise=otherwise))


# With TLS 1.2 settings of the good kind, as the twins of those with bad suites.
_GOOD_SUITES = _suites("ECDHE+AESGCM")
_BRIEF_HELLO = 1000  # bytes: between the small hello (about 500) and the one with a post-quantum key share (over 1,500)
_NEEDS_NGINX = frozenset({Need.NGINX})
_NEEDS_OPENSSL = frozenset({Need.OPENSSL})

TLS = (
    Fault(code="tls.plaintext_http", name="http-waits", broken=_plain(http()), healthy=good),
    Fault(code="tls.plaintext_http", name="http-400", broken=_plain(tcp.answer(tcp.HTTP_400)), healthy=good),
    Fault(code="tls.plaintext_http", name="bare-html", broken=_plain(tcp.answer(tcp.BARE_HTML)), healthy=good),
    Fault(
        code="tls.plaintext_http",
        name="nginx-plain",
        broken=_nginx(programs.WITHOUT_TLS),
        healthy=_nginx(programs.HEALTHY),
        needs=_NEEDS_NGINX,
    ),
    Fault(code="tls.not_tls", name="ssh", broken=_plain(tcp.say(tcp.SSH_BANNER)), healthy=good),
    Fault(code="tls.not_tls", name="smtp", broken=_plain(tcp.say(tcp.SMTP_BANNER)), healthy=good),
    Fault(code="tls.protocol_too_old", name="tls-1-1", broken=_versions(_V1_1, _V1_1), healthy=_versions(_V1_1, _V1_2)),
    Fault(code="tls.protocol_too_old", name="tls-1-0", broken=_versions(_V1_0, _V1_0), healthy=_versions(_V1_2, _V1_2)),
    Fault(
        code="tls.no_shared_cipher",
        name="camellia",
        broken=_suites("ECDHE-ECDSA-CAMELLIA256-SHA384"),
        healthy=_GOOD_SUITES,
    ),
    Fault(code="tls.no_shared_cipher", name="ccm", broken=_suites("ECDHE-ECDSA-AES128-CCM"), healthy=_GOOD_SUITES),
    Fault(
        code="tls.no_shared_cipher",
        name="aria",
        broken=_suites("ECDHE-ARIA128-GCM-SHA256", rsa=True),
        healthy=_GOOD_SUITES,
    ),
    Fault(code="tls.no_shared_cipher", name="anonymous", broken=_suites("AECDH-AES128-SHA"), healthy=_GOOD_SUITES),
    Fault(
        code="tls.no_shared_cipher", name="null-cipher", broken=_suites("ECDHE-ECDSA-NULL-SHA"), healthy=_GOOD_SUITES
    ),
    Fault(
        code="tls.no_shared_cipher",
        name="dhe-only",
        broken=_openssl("-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256"),
        healthy=_openssl("-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"),
        needs=_NEEDS_OPENSSL,
    ),
    Fault(code="tls.unrecognized_name", name="alert-112", broken=_plain(tls.alert(112)), healthy=good),
    Fault(
        code="tls.unrecognized_name",
        name="alert-112-warning",
        broken=_plain(tls.alert(112, level=tls.WARNING)),
        # The same warning, after which the handshake goes on.
        healthy=_openssl("-tls1_2", "-servername", "another.example", "-cert2", "own.pem", "-key2", "key.pem"),
        needs=_NEEDS_OPENSSL,
    ),
    Fault(
        code="tls.unrecognized_name",
        name="other-names-only",
        broken=_knows_only("another.example"),
        healthy=_knows_only("NAME"),
    ),
    Fault(
        code="tls.unrecognized_name",
        name="nginx-rejects",
        broken=_nginx(programs.REJECTS_NAMES),
        healthy=_nginx(programs.HEALTHY),
        needs=_NEEDS_NGINX,
    ),
    Fault(code="tls.handshake_failure", name="alert-40", broken=_plain(tls.alert(40)), healthy=good),
    Fault(code="tls.handshake_failure", name="alert-49", broken=_plain(tls.alert(49)), healthy=good),
    Fault(code="tls.handshake_failure", name="alert-71", broken=_plain(tls.alert(71)), healthy=good),
    Fault(code="tls.internal_error", name="alert-80", broken=_plain(tls.alert(80)), healthy=good),
    # The alert comes in the handshake with TLS 1.2, and after it with 1.3.
    Fault(
        code="tls.client_certificate_required",
        name="client-certificate-1-2",
        broken=_client_certificate(ClientCertificate.REQUIRED, _V1_2),
        healthy=_client_certificate(ClientCertificate.OPTIONAL, _V1_2),
    ),
    Fault(
        code="tls.client_certificate_required",
        name="client-certificate-1-3",
        broken=_client_certificate(ClientCertificate.REQUIRED),
        healthy=_client_certificate(ClientCertificate.OPTIONAL),
    ),
    # Only once the request has come.
    Fault(
        code="tls.client_certificate_required",
        name="client-certificate-later",
        broken=host(lambda lab, name: asks_after_the_request(lab.ca.leaf(name), required=True)),
        healthy=host(lambda lab, name: asks_after_the_request(lab.ca.leaf(name), required=False)),
    ),
    # nginx goes on with the handshake and answers 400.
    Fault(
        code="tls.client_certificate_required",
        name="client-certificate-nginx",
        broken=_nginx(programs.WANTS_CLIENT_CERTIFICATE),
        healthy=_nginx(programs.HEALTHY),
        needs=_NEEDS_NGINX,
    ),
    Fault(code="tls.closed", name="fin", broken=_plain(tcp.hang_up), healthy=good),
    Fault(code="tls.closed", name="fin-at-once", broken=_plain(tcp.hang_up_at_once), healthy=good),
    Fault(code="tls.closed", name="rst", broken=_plain(tcp.reset), healthy=good),
    Fault(code="tls.closed", name="rst-at-once", broken=_plain(tcp.reset_at_once), healthy=good),
    Fault(code="tls.closed", name="fin-after-hello", broken=_plain(tls.closes_after_server_hello), healthy=good),
    Fault(code="tls.closed", name="rst-after-hello", broken=_plain(tls.resets_after_server_hello), healthy=good),
    Fault(
        code="tls.timeout",
        name="stalls",
        broken=_plain(tcp.hang),
        healthy=host(lambda lab, name: tls.slow_handshake(tls.tls(lab.ca.leaf(name)), seconds=0.5)),
    ),
    Fault(code="tls.timeout", name="stalls-after-hello", broken=_plain(tls.hangs_after_server_hello), healthy=good),
    Fault(code="tls.timeout", name="drips-hello", broken=_plain(tls.drips_server_hello), healthy=good),
    Fault(code="tls.nodes_differ", name="node-alert", broken=_second_node(tls.alert(40)), healthy=_two_good_nodes),
    Fault(code="tls.nodes_differ", name="node-hangs-up", broken=_second_node(tcp.hang_up), healthy=_two_good_nodes),
    Fault(
        code="tls.nodes_differ",
        name="node-plain",
        broken=_second_node(tcp.answer(tcp.HTTP_400)),
        healthy=_two_good_nodes,
    ),
    Fault(
        code="tls.large_hello_rejected",
        name="large-hello-lost",
        broken=_middlebox(_BRIEF_HELLO),
        healthy=_middlebox(16384),
    ),
    Fault(
        code="tls.large_hello_rejected",
        name="large-hello-reset",
        broken=_middlebox(_BRIEF_HELLO, tcp.reset_at_once),
        healthy=_middlebox(16384),
    ),
    Fault(
        code="tls.weak_cipher",
        name="static-rsa",
        broken=_suites("AES128-GCM-SHA256", rsa=True),
        healthy=_suites("ECDHE-RSA-AES128-GCM-SHA256", rsa=True),
    ),
    Fault(
        code="tls.weak_cipher",
        name="cbc-sha1",
        broken=_suites("ECDHE-RSA-AES128-SHA", rsa=True),
        healthy=_suites("ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA", rsa=True),
    ),
    Fault(
        code="tls.client_certificate_optional",
        name="client-certificate-optional",
        broken=_client_certificate(ClientCertificate.OPTIONAL),
        healthy=_client_certificate(ClientCertificate.NOT_ASKED),
    ),
)
