"""Does the server shake hands, as browsers do?"""

from collections.abc import Callable, Sequence

from diagnostics.catalogue import BY_CODE, CheckName, finding
from diagnostics.causes.tcp import plain_works
from diagnostics.facts import AddressFacts, Facts, Handshake, HandshakeStatus, Hello, HttpOutcome, ips
from diagnostics.finding import Confidence, Evidence, Finding
from diagnostics.limits import FAIR_SECONDS
from diagnostics.suites import BROWSER_SUITES, BROWSER_TLS13_SUITES
from diagnostics.words import count, inside, listing, seconds

# RFC 8446 §6.2, with the words of RFC 5246 §7.2 for those that are gone.
_ALERTS = {
    10: "unexpected message",
    20: "bad record",
    40: "handshake failure",
    42: "bad certificate",
    43: "unsupported certificate",
    47: "illegal parameter",
    49: "access denied",
    50: "decode error",
    51: "decrypt error",
    70: "protocol version",
    71: "insufficient security",
    80: "internal error",
    86: "inappropriate fallback",
    90: "user cancelled",
    109: "missing extension",
    110: "unsupported extension",
    112: "unrecognized name",
    113: "bad certificate status response",
    116: "certificate required",
    120: "no application protocol",
}
_PROTOCOL_VERSION, _UNRECOGNIZED_NAME, _INTERNAL_ERROR, _CERTIFICATE_REQUIRED = 70, 112, 80, 116
# What servers usually mean by an alert; by the others, that no certificate is set up for the name.
_MEANINGS = {
    10: "It could not read the greeting, as some old servers and firewalls cannot.",
    47: "It did not like something in the greeting, as some old servers and firewalls do not.",
    48: "It speaks of an authority it does not know, which is about a certificate of the visitor's.",
    49: "A rule of the server or of a firewall keeps this visitor out, for its address perhaps.",
    50: "It could not read the greeting, as some old servers and firewalls cannot.",
    71: "It asks for stronger encryption than browsers offer.",
    86: "It takes the greeting for a second try with an older version, as faulty firewalls do.",
    109: "It misses something in the greeting that browsers do not send.",
    120: "It speaks neither HTTP/1.1 nor HTTP/2 on this port, so it serves something other than websites.",
}
# RFC 8446 §5.1 and §4: the first byte of a record, and of the handshake message in it.
_HANDSHAKE_RECORD, _HANDSHAKE_TYPE, _SERVER_HELLO = 22, 5, 2
_BROWSER_SUITES = frozenset((*BROWSER_SUITES, *BROWSER_TLS13_SUITES))
_OLD_VERSIONS = ("SSLv3", "TLSv1", "TLSv1.1")
_SILENT = (HandshakeStatus.CLOSED, HandshakeStatus.RESET)
_REFUSALS = (HandshakeStatus.ALERT, *_SILENT)
# nginx says so in a 400 of its own (ngx_http_special_response.c); 495 and 496 are its numbers for it.
_CERTIFICATE_WANTED_STATUSES = (495, 496)
_TLS_CERTIFICATE_WORDS = (b"ssl certificate", b"client certificate")
_TLS_PORT_WORDS = (b"https port", b"speaking plain http to an ssl-enabled")


def alert_name(number: int | None) -> str:
    """An alert in words, with its number: `handshake failure (40)`."""
    return "an alert" if number is None else f"{_ALERTS.get(number, 'alert')} ({number})"


def failure(address: AddressFacts) -> str | None:
    """The code that says why encryption fails on one address; None where it works or was not tried."""
    handshake = address.handshake
    if handshake is None or handshake.status is HandshakeStatus.NOT_TRIED:
        return None
    if handshake.completed:
        return "tls.client_certificate_required" if _turned_away(address, handshake) else None
    if handshake.status is HandshakeStatus.PLAINTEXT_HTTP or _answers_clear_text(address):
        return "tls.plaintext_http"
    if handshake.status is HandshakeStatus.NOT_TLS:
        return "tls.not_tls"
    if handshake.client_certificate_requested and handshake.status in _REFUSALS:
        return "tls.client_certificate_required"
    return _refusal(address, handshake)


def _refusal(address: AddressFacts, handshake: Handshake) -> str:
    """Why a server that speaks TLS does not finish the handshake."""
    if handshake.status is HandshakeStatus.MALFORMED and not _answers_in_ssl3(handshake):
        return malformed(handshake)
    every = address.second_look(Hello.EVERY_SUITE)
    alert = handshake.fatal_alert
    if every is not None and every.completed and every.tls_version in _OLD_VERSIONS:
        return "tls.protocol_too_old"
    if address.old_suite is not None:
        return "tls.no_shared_cipher"
    if every is not None and every.cipher is not None and every.cipher not in _BROWSER_SUITES:
        return "tls.no_shared_cipher"  # it chose one that browsers do not offer, whatever came later
    if alert == _PROTOCOL_VERSION or _answers_in_ssl3(handshake):
        return "tls.protocol_too_old"
    by_alert = {
        _UNRECOGNIZED_NAME: "tls.unrecognized_name",
        _INTERNAL_ERROR: "tls.internal_error",
        _CERTIFICATE_REQUIRED: "tls.client_certificate_required",
    }
    if handshake.status is HandshakeStatus.ALERT:
        return by_alert.get(alert or 0, "tls.handshake_failure")
    if handshake.status is HandshakeStatus.TIMEOUT:
        return "tls.timeout"
    return "tls.closed"


def _answers_in_ssl3(handshake: Handshake) -> bool:
    """Whether the answer came in a record of SSL 3.0 (RFC 6101 §5.2.1): newer servers write 3.1 to 3.3."""
    first = handshake.first_bytes
    if first[:3] == b"\x16\x03\x00" and first[_HANDSHAKE_TYPE : _HANDSHAKE_TYPE + 1] == bytes((_SERVER_HELLO,)):
        return True  # it chose that version, however the connection ended then
    spoken = handshake.status in (HandshakeStatus.ALERT, HandshakeStatus.MALFORMED)
    return spoken and first[:3] in (b"\x15\x03\x00", b"\x16\x03\x00")


def malformed(handshake: Handshake) -> str:
    """What it is that OpenSSL could not read: the certificate, or all of it."""
    error = (handshake.error or "").lower()
    if "excessive message size" in error or "too many bytes" in error:
        return "certificate.malformed"
    if "asn1" in error or "x509" in error:  # only the certificate is written in ASN.1
        return "certificate.malformed"
    first = handshake.first_bytes
    spoke_tls = (
        len(first) > _HANDSHAKE_TYPE and first[0] == _HANDSHAKE_RECORD and first[_HANDSHAKE_TYPE] == _SERVER_HELLO
    )
    return "tls.handshake_failure" if spoke_tls else "tls.not_tls"


def _turned_away(address: AddressFacts, handshake: Handshake) -> bool:
    """Whether a server that asked for a client certificate goes no further without one."""
    answer = address.http
    if not handshake.client_certificate_requested or answer is None:
        return False
    if answer.outcome in (HttpOutcome.ALERT, HttpOutcome.CLOSED):
        return True
    body = answer.body.lower()
    says_so = any(words in body for words in _TLS_CERTIFICATE_WORDS)
    return answer.status in _CERTIFICATE_WANTED_STATUSES or (answer.status in (400, 403) and says_so)


def _answers_clear_text(address: AddressFacts) -> bool:
    """Whether the HTTPS port answers plain HTTP as a plain HTTP server does."""
    answer = address.clear_text
    if answer is None or answer.outcome is not HttpOutcome.ANSWERED:
        return False
    return not any(words in answer.body.lower() for words in _TLS_PORT_WORDS)


def _failing(facts: Facts, code: str) -> tuple[AddressFacts, ...]:
    """The addresses that fail for this reason, where no address works."""
    tried = [address for address in facts.reached if address.handshake is not None]
    if any(failure(address) is None for address in tried):
        return ()
    return tuple(address for address in tried if failure(address) == code)


def _handshake(address: AddressFacts) -> Handshake:
    if address.handshake is None:
        raise ValueError("only asked of addresses with a handshake")
    return address.handshake


def _evidence(facts: Facts, addresses: Sequence[AddressFacts]) -> Evidence:
    handshakes = [_handshake(address) for address in addresses]
    alerts = sorted({f"{alert.level}/{alert.number}" for one in handshakes for alert in one.alerts if alert.number})
    return {
        "port": facts.port,
        "addresses": ips(addresses),
        "status": str(handshakes[0].status),
        "alerts": alerts,
        "error": handshakes[0].error,
        "first_bytes": handshakes[0].first_bytes[:32].hex(),
        "port_80_answers": plain_works(facts),
        "second_looks": {str(look.hello): str(look.status) for look in addresses[0].second_looks},
    }


def _beside(facts: Facts) -> str:
    return " Plain HTTP on port 80 works." if plain_works(facts) else ""


def plaintext_http(facts: Facts) -> Finding | None:
    """Does the HTTPS port speak HTTP without TLS?"""
    failing = _failing(facts, "tls.plaintext_http")
    if not failing:
        return None
    port_80 = facts.port == 80
    return finding(
        "tls.plaintext_http",
        summary=f"Port {facts.port} of {facts.host} speaks plain HTTP where browsers expect HTTPS.",
        explanation=(
            f"{listing(ips(failing))} answered the encrypted greeting with an ordinary web page or error page, "
            f"unencrypted.{'' if port_80 else _beside(facts)} It is broken for everyone who opens https://."
        ),
        fix=(
            "Port 80 is for plain HTTP; check the HTTPS port, usually 443, instead."
            if port_80
            else "Switch TLS on for this port in the web server, with a certificate "
            "(nginx: listen 443 ssl; Apache: SSLEngine on).",
            "Behind a load balancer or CDN, check that its listener on this port is set to HTTPS and not to HTTP.",
        ),
        evidence=_evidence(facts, failing),
    )


def not_tls(facts: Facts) -> Finding | None:
    """Does the HTTPS port speak something that is no TLS?"""
    failing = _failing(facts, "tls.not_tls")
    if not failing:
        return None
    first = _handshake(failing[0]).first_bytes[:40]
    text = first.decode("ascii", "replace").strip()
    seen = f"“{text}”" if text.isprintable() and "\ufffd" not in text else f"{first[:16].hex(' ')} in hexadecimal"
    protocol = "SSH" if first.startswith(b"SSH-") else "a mail or file server" if first[:3] == b"220" else ""
    return finding(
        "tls.not_tls",
        summary=f"Port {facts.port} of {facts.host} speaks {protocol or 'something'} that is not HTTPS."
        if not protocol
        else f"Port {facts.port} of {facts.host} speaks {protocol}, not HTTPS.",
        explanation=(
            f"{listing(ips(failing))} answered the encrypted greeting with bytes that are no TLS ({seen}). "
            f"Another service uses this port.{_beside(facts)} It is broken for everyone."
        ),
        fix=(
            f"Find out which program listens on port {facts.port} (ss -ltnp) and give the port to the web server.",
            "Check that DNS and port forwarding lead to the right machine.",
        ),
        evidence=_evidence(facts, failing),
    )


def protocol_too_old(facts: Facts) -> Finding | None:
    """Does the server offer TLS 1.2 or newer (RFC 8996)?"""
    failing = _failing(facts, "tls.protocol_too_old")
    if not failing:
        return None
    looks = [look for address in failing if (look := address.second_look(Hello.EVERY_SUITE)) and look.completed]
    versions = sorted({look.tls_version or "" for look in looks} - {""})
    seen = bool(versions)
    by_alert = _handshake(failing[0]).fatal_alert == _PROTOCOL_VERSION
    answered = " (alert protocol version)." if by_alert else " and answered in SSL 3.0."
    return finding(
        "tls.protocol_too_old",
        summary=f"{facts.host} offers only outdated encryption ({listing(versions) or 'older than TLS 1.2'}), "
        "which browsers refuse.",
        explanation=(
            f"{listing(ips(failing))} refused TLS 1.2 and 1.3"
            + (f" and accepted {listing(versions)}." if seen else answered)
            + f"{_beside(facts)} All current browsers need TLS 1.2 or newer. It is broken for everyone but very old "
            "clients."
        ),
        fix=(
            "Switch TLS 1.2 and TLS 1.3 on in the server or the CDN (nginx: ssl_protocols TLSv1.2 TLSv1.3).",
            "If the server software is too old for that, update it, or put a proxy or CDN in front.",
        ),
        evidence={**_evidence(facts, failing), "versions": versions},
        confidence=Confidence.PROVEN if seen else Confidence.LIKELY,
    )


def no_shared_cipher(facts: Facts) -> Finding | None:
    """Does the server offer a cipher suite that browsers accept?"""
    failing = _failing(facts, "tls.no_shared_cipher")
    if not failing:
        return None
    looks = [look for address in failing if (look := address.second_look(Hello.EVERY_SUITE))]
    seen = [look.cipher for look in looks] + [address.old_suite for address in failing]
    ciphers = sorted({cipher for cipher in seen if cipher is not None})
    return finding(
        "tls.no_shared_cipher",
        summary=f"{facts.host} offers no cipher that browsers accept"
        + (f" (only such as {listing(ciphers)})." if ciphers else "."),
        explanation=(
            f"{listing(ips(failing))} refused every cipher suite of current browsers"
            + (f", and accepted {listing(ciphers)} when everything was offered." if ciphers else ".")
            + f"{_beside(facts)} It is broken for everyone who uses a browser."
        ),
        fix=(
            "Allow ECDHE suites with AES-GCM or ChaCha20 in the server's cipher list "
            "(nginx: ssl_ciphers HIGH:!aNULL:!MD5; or simply its default).",
            "Check that the certificate's key type (RSA or ECDSA) fits the allowed suites.",
        ),
        evidence={**_evidence(facts, failing), "ciphers": ciphers},
        confidence=Confidence.PROVEN if ciphers else Confidence.LIKELY,
    )


def unrecognized_name(facts: Facts) -> Finding | None:
    """Does the server know this name (RFC 6066 §3, alert 112)?"""
    failing = _failing(facts, "tls.unrecognized_name")
    if not failing:
        return None
    unnamed = [address for address in failing if (look := address.second_look(Hello.NO_NAME)) and look.completed]
    return finding(
        "tls.unrecognized_name",
        summary=f"The server is not set up for the name {facts.host} and refuses it.",
        explanation=(
            f"{listing(ips(failing))} ended the handshake with the alert unrecognized name (112): no site with HTTPS "
            "is configured there under this name."
            + (" Without a name it does shake hands, so the server itself works." if unnamed else "")
            + f"{_beside(facts)} It is broken for everyone."
        ),
        fix=(
            f"Add {facts.host} with its certificate to the server, load balancer or CDN that DNS points to "
            "(nginx: server_name).",
            f"If the site moved, point the DNS of {facts.host} to the new place.",
        ),
        evidence=_evidence(facts, failing),
    )


def handshake_failure(facts: Facts) -> Finding | None:
    """Does the server refuse the handshake for a reason it does not give?"""
    failing = _failing(facts, "tls.handshake_failure")
    if not failing:
        return None
    handshake = _handshake(failing[0])
    unnamed = any((look := address.second_look(Hello.NO_NAME)) and look.completed for address in failing)
    meaning = _MEANINGS.get(handshake.fatal_alert or 0)
    if handshake.status is HandshakeStatus.ALERT:
        seen = f"ended the handshake with the alert {alert_name(handshake.fatal_alert)}"
    else:
        seen = "sent TLS messages that make no sense"
    return finding(
        "tls.handshake_failure",
        summary=f"The server of {facts.host} refuses the encrypted connection.",
        explanation=(
            f"{listing(ips(failing))} {seen}, with today's greeting of browsers, with every cipher suite, and with a "
            "small greeting."
            + (
                " Without the host's name it works, so the server most likely has no certificate for this name."
                if unnamed
                else f" {meaning or 'Often no certificate is set up for this name.'}"
            )
            + f"{_beside(facts)} It is broken for everyone."
        ),
        fix=(
            "Check that server, firewall and load balancer are up to date, and what they let through."
            if meaning is not None and not unnamed
            else f"Check that a certificate for {facts.host} is set up on the server, load balancer or CDN that DNS "
            "points to.",
            "Read the server's error log at the time of this check: it names the reason.",
        ),
        evidence=_evidence(facts, failing),
        confidence=Confidence.PROVEN,
    )


def internal_error(facts: Facts) -> Finding | None:
    """Does the server report a failure of its own (alert 80)?"""
    failing = _failing(facts, "tls.internal_error")
    if not failing:
        return None
    return finding(
        "tls.internal_error",
        summary=f"The server of {facts.host} reports a failure of its own during the handshake.",
        explanation=(
            f"{listing(ips(failing))} ended the handshake with the alert internal error (80). Usually its certificate "
            f"or key could not be loaded, or none is set up for this name.{_beside(facts)} It is broken for everyone."
        ),
        fix=(
            "Read the server's error log: it names what failed.",
            "Check that the certificate and key files exist, belong together and can be read by the server, "
            "then reload it.",
        ),
        evidence=_evidence(facts, failing),
    )


def client_certificate_required(facts: Facts) -> Finding | None:
    """Does the server let only visitors with a certificate of their own in?"""
    failing = _failing(facts, "tls.client_certificate_required")
    if not failing:
        return None
    handshake = _handshake(failing[0])
    names = handshake.client_ca_names
    asked = (
        "asked for a client certificate"
        if handshake.client_certificate_requested
        else f"said that it wants a client certificate (alert {alert_name(handshake.fatal_alert)})"
    )
    return finding(
        "tls.client_certificate_required",
        summary=f"{facts.host} lets in only visitors who present a certificate of their own.",
        explanation=(
            f"{listing(ips(failing))} {asked} and went no further without one"
            + (f"; it accepts those issued by {listing(names, most=2)}" if names else "")
            + ". Ordinary browsers have none, so everyone without one is turned away."
        ),
        fix=(
            "If the site is meant for everyone, switch client certificates off (nginx: ssl_verify_client off; "
            "Apache: SSLVerifyClient none; a CDN: authenticated origin pulls or mutual TLS).",
            "If it is meant for members, install the certificate they were given in the browser.",
        ),
        evidence={**_evidence(facts, failing), "accepted_issuers": list(names)},
    )


def closed(facts: Facts) -> Finding | None:
    """Does the server hang up during the handshake?"""
    failing = _failing(facts, "tls.closed")
    if not failing:
        return None
    reset = _handshake(failing[0]).status is HandshakeStatus.RESET
    unnamed = any((look := address.second_look(Hello.NO_NAME)) and look.completed for address in failing)
    return finding(
        "tls.closed",
        summary=f"The server of {facts.host} hangs up as soon as encryption starts.",
        explanation=(
            f"{listing(ips(failing))} opened the connection and {'cut it off (RST)' if reset else 'closed it (FIN)'} "
            "during the handshake, without saying why."
            + (" Without the host's name it works, so no certificate is set up for this name." if unnamed else "")
            + f"{_beside(facts)} It is broken for everyone."
        ),
        fix=(
            f"Check that HTTPS with a certificate is set up for {facts.host} on the server, load balancer or CDN that "
            "DNS points to.",
            "Look for a firewall or proxy in between that blocks the connection, and at the server's error log.",
        ),
        evidence=_evidence(facts, failing),
    )


def timeout(facts: Facts) -> Finding | None:
    """Does the handshake ever finish?"""
    failing = _failing(facts, "tls.timeout")
    if not failing:
        return _out_of_time(facts)
    waited = max(1, round(_handshake(failing[0]).seconds))
    small = failing[0].second_look(Hello.SMALL)
    tried_small = small is not None and small.status is HandshakeStatus.TIMEOUT and small.seconds >= FAIR_SECONDS
    return finding(
        "tls.timeout",
        summary=f"{facts.host} accepts connections on port {facts.port}, but the encryption never gets started.",
        explanation=(
            f"{listing(ips(failing))} opened the connection and did not finish the handshake within "
            f"{count(waited, 'second')}{', nor with a smaller greeting' if tried_small else ''}.{_beside(facts)} "
            "It is broken for everyone."
        ),
        fix=(
            "Check whether the server is overloaded or stuck, and restart it.",
            "Check that the port leads to a server that speaks TLS, and that nothing in between drops large packets "
            "(MTU).",
        ),
        evidence=_evidence(facts, failing),
    )


def _out_of_time(facts: Facts) -> Finding | None:
    """The time allowed for the whole look ended before any handshake did."""
    if CheckName.HANDSHAKE not in facts.wanted or not facts.reached:
        return None
    ended = (a for a in facts.reached if a.handshake and a.handshake.status is not HandshakeStatus.NOT_TRIED)
    if any(ended):
        return None
    return finding(
        "tls.timeout",
        confidence=Confidence.POSSIBLE,
        summary=f"The encrypted connection to {facts.host} could not be tried in the time that was allowed.",
        explanation=(
            f"The look at {facts.host} was cut off after {seconds(facts.seconds)}, before the handshake was over. With "
            "more time it may work."
        ),
        fix=("Look again with more time, such as --timeout 15.",),
        evidence={"port": facts.port, "addresses": ips(facts.reached)},
    )


def nodes_differ(facts: Facts) -> Finding | None:
    """Does encryption work on all of the host's addresses?"""
    tried = [address for address in facts.reached if address.handshake is not None]
    failing = [address for address in tried if failure(address) is not None]
    if not failing or len(failing) == len(tried):
        return None
    working = [address for address in tried if failure(address) is None]
    did = [f"{address.ip} ({inside(BY_CODE[failure(address) or ''].title)})" for address in failing]
    return finding(
        "tls.nodes_differ",
        summary=f"The encrypted connection to {facts.host} fails on {listing(ips(failing))} and works on others.",
        explanation=(
            f"The handshake fails on {listing(did)}. It works on {listing(ips(working))}. Visitors get one or the "
            "other by chance, so some of them see an error."
        ),
        fix=(
            f"Give {listing(ips(failing), most=8)} the same HTTPS configuration and certificate as the others.",
            f"Until then, take {'this address' if len(failing) == 1 else 'these addresses'} out of DNS or of the load "
            "balancer.",
        ),
        evidence={
            "addresses": ips(failing),
            "working": ips(working),
            "causes": {address.ip: failure(address) for address in failing},
        },
    )


def large_hello_rejected(facts: Facts) -> Finding | None:
    """Does the greeting of modern browsers get through?"""
    failing = tuple(address for address in facts.shook_hands if _handshake(address).hello is Hello.SMALL)
    if not failing:
        return None
    return finding(
        "tls.large_hello_rejected",
        summary=f"{facts.host} works with a small greeting and fails with the larger one of modern browsers.",
        explanation=(
            f"{listing(ips(failing))} did not get through the handshake when the greeting (ClientHello) was as large "
            "as that of current browsers, over 1,400 bytes because of its post-quantum key, and did with a small one. "
            "An old firewall, load balancer or server cannot read a greeting that comes in two packets. Visitors with "
            "current browsers are affected."
        ),
        fix=(
            "Update the firewall, load balancer or server in front of this host: it must accept a ClientHello that "
            "spans several packets.",
        ),
        evidence=_evidence(facts, failing),
    )


def weak_cipher(facts: Facts) -> Finding | None:
    """Is what was negotiated up to date, though browsers accept it?"""
    weak = [address for address in facts.shook_hands if _is_weak(_handshake(address).cipher)]
    if not weak:
        return None
    ciphers = sorted({_handshake(address).cipher or "" for address in weak})
    return finding(
        "tls.weak_cipher",
        summary=f"{facts.host} negotiates an outdated cipher ({listing(ciphers)}).",
        explanation=(
            f"{listing(ips(weak))} chose {listing(ciphers)} though better ones were offered. Browsers still accept it; "
            "it works for everyone."
        ),
        fix=("Prefer ECDHE suites with AES-GCM or ChaCha20, and allow TLS 1.3.",),
        evidence={"addresses": ips(weak), "ciphers": ciphers},
    )


def _is_weak(cipher: str | None) -> bool:
    """Static RSA key exchange, or CBC with SHA-1 (OpenSSL's names: `AES128-GCM-SHA256`, `ECDHE-RSA-AES128-SHA`)."""
    if cipher is None or cipher.startswith("TLS_"):
        return False
    return cipher.endswith("-SHA") or not cipher.startswith(("ECDHE-", "DHE-"))


def client_certificate_optional(facts: Facts) -> Finding | None:
    """Does the server ask for a client certificate and work without one?"""
    asking = [
        address
        for address in facts.shook_hands
        if _handshake(address).client_certificate_requested and failure(address) is None
    ]
    if not asking:
        return None
    return finding(
        "tls.client_certificate_optional",
        summary=f"{facts.host} asks visitors for a certificate of their own, and works without one.",
        explanation=(
            f"{listing(ips(asking))} asked for a client certificate during the handshake and answered without one. "
            "Some browsers show visitors a dialog for it."
        ),
        fix=("Ask for client certificates only where they are needed, on a host or path of their own.",),
        evidence={"addresses": ips(asking)},
    )


CAUSES: dict[str, Callable[[Facts], Finding | None]] = {
    "tls.plaintext_http": plaintext_http,
    "tls.not_tls": not_tls,
    "tls.protocol_too_old": protocol_too_old,
    "tls.no_shared_cipher": no_shared_cipher,
    "tls.unrecognized_name": unrecognized_name,
    "tls.handshake_failure": handshake_failure,
    "tls.internal_error": internal_error,
    "tls.client_certificate_required": client_certificate_required,
    "tls.closed": closed,
    "tls.timeout": timeout,
    "tls.nodes_differ": nodes_differ,
    "tls.large_hello_rejected": large_hello_rejected,
    "tls.weak_cipher": weak_cipher,
    "tls.client_certificate_optional": client_certificate_optional,
}
