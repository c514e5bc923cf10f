"""Why encryption fails on an address, told from what was seen of it."""

from dataclasses import replace

import pytest

from diagnostics.causes.tls import failure, handshake_failure
from diagnostics.facts import AddressFacts, Alert, Connect, ConnectStatus, Facts, Handshake, HandshakeStatus, Hello
from tests.diagnostics.hand_made import HOST, NOW

FACTS = Facts(text=HOST, host=HOST, port=443, started_at=NOW)

BROWSERS = "ECDHE-RSA-AES128-GCM-SHA256"
_ALERT_RECORD, _SSL3_ALERT_RECORD = b"\x15\x03\x03\x00\x02\x02\x28", b"\x15\x03\x00\x00\x02\x02\x28"

_SSL3_HELLO, _TLS_HELLO = (
    b"\x16\x03" + minor + b"\x00\x30\x02\x00\x00\x2c\x03" + minor for minor in (b"\x00", b"\x03")
)


def _refused(number: int, *, first: bytes = _ALERT_RECORD) -> Handshake:
    return Handshake(status=HandshakeStatus.ALERT, alerts=(Alert(2, number),), first_bytes=first)


def _look(hello: Hello, status: HandshakeStatus, *, version: str | None = None, cipher: str | None = None) -> Handshake:
    return Handshake(status=status, hello=hello, tls_version=version, cipher=cipher)


def _every(status: HandshakeStatus, *, version: str | None = None, cipher: str | None = None) -> Handshake:
    return _look(Hello.EVERY_SUITE, status, version=version, cipher=cipher)


@pytest.mark.parametrize(
    ("first", "looks", "old_suite", "code"),
    [
        (_refused(40), (), None, "tls.handshake_failure"),
        (_refused(40, first=_SSL3_ALERT_RECORD), (), None, "tls.protocol_too_old"),  # an SSL 3.0 server
        (_refused(70), (), None, "tls.protocol_too_old"),
        (Handshake(status=HandshakeStatus.CLOSED, first_bytes=_SSL3_HELLO), (), None, "tls.protocol_too_old"),
        (Handshake(status=HandshakeStatus.CLOSED, first_bytes=_TLS_HELLO), (), None, "tls.closed"),
        (_refused(71), (), None, "tls.handshake_failure"),  # it wants more than we offer, not less
        (_refused(80), (), None, "tls.internal_error"),
        (_refused(112), (), None, "tls.unrecognized_name"),
        (_refused(116), (), None, "tls.client_certificate_required"),  # "certificate required"
        (_refused(42), (), None, "tls.handshake_failure"),  # "bad certificate", and none was asked for
        (_refused(40), (), "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "tls.no_shared_cipher"),
        # Everything offered: only what browsers lack counts against the server's ciphers.
        (
            _refused(40),
            (_every(HandshakeStatus.COMPLETED, version="TLSv1", cipher="ECDHE-RSA-AES128-SHA"),),
            None,
            "tls.protocol_too_old",
        ),
        (
            _refused(40),
            (_every(HandshakeStatus.COMPLETED, version="TLSv1.2", cipher="DHE-RSA-AES128-GCM-SHA256"),),
            None,
            "tls.no_shared_cipher",
        ),
        (
            _refused(40),
            (_every(HandshakeStatus.COMPLETED, version="TLSv1.3", cipher="TLS_AES_128_CCM_SHA256"),),
            None,
            "tls.no_shared_cipher",
        ),
        (_refused(40), (_every(HandshakeStatus.MALFORMED, cipher="DHE-RSA-AES128-SHA"),), None, "tls.no_shared_cipher"),
        (_refused(80), (_every(HandshakeStatus.CLOSED, cipher=BROWSERS),), None, "tls.internal_error"),
        (
            Handshake(status=HandshakeStatus.CLOSED, cipher=BROWSERS),
            (_every(HandshakeStatus.CLOSED, cipher=BROWSERS),),
            None,
            "tls.closed",
        ),
        (Handshake(status=HandshakeStatus.RESET), (), None, "tls.closed"),
        (Handshake(status=HandshakeStatus.TIMEOUT), (), None, "tls.timeout"),
        (Handshake(status=HandshakeStatus.PLAINTEXT_HTTP), (), None, "tls.plaintext_http"),
        (Handshake(status=HandshakeStatus.NOT_TLS), (), None, "tls.not_tls"),
        (Handshake(status=HandshakeStatus.COMPLETED, tls_version="TLSv1.3"), (), None, None),
    ],
)
def test_the_reason_follows_from_what_was_seen(
    first: Handshake, looks: tuple[Handshake, ...], old_suite: str | None, code: str | None
) -> None:
    address = AddressFacts(
        ip="203.0.113.7",
        connect=Connect(status=ConnectStatus.CONNECTED),
        handshake=first,
        second_looks=looks,
        old_suite=old_suite,
    )
    assert failure(address) == code


def _told(number: int, *looks: Handshake) -> str:
    address = AddressFacts(
        ip="203.0.113.7",
        connect=Connect(status=ConnectStatus.CONNECTED),
        handshake=_refused(number),
        second_looks=looks,
    )
    found = handshake_failure(replace(FACTS, addresses=(address,)))
    assert found is not None
    return " ".join((found.explanation, *found.fix))


# What an alert says beside its number, and whether it is about the certificate.
MEANINGS = [
    (40, "no certificate is set up for this name", True),
    (120, "neither HTTP/1.1 nor HTTP/2", False),
    (71, "stronger encryption than browsers offer", False),
    (49, "keeps this visitor out", False),
    (255, "no certificate is set up for this name", True),
]


@pytest.mark.parametrize(("number", "says", "about_certificate"), MEANINGS)
def test_an_alert_is_told_with_what_servers_mean_by_it(number: int, says: str, about_certificate: bool) -> None:
    told = _told(number)
    assert says in told
    assert (f"Check that a certificate for {HOST} is set up" in told) is about_certificate


def test_what_works_without_the_name_is_about_the_certificate_whatever_the_alert() -> None:
    told = _told(49, _look(Hello.NO_NAME, HandshakeStatus.COMPLETED))
    assert "Without the host's name it works" in told
    assert "keeps this visitor out" not in told
