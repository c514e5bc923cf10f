"""An issuer's word on revocation counts where it is signed, timely and about this certificate; else it is unknown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from diagnostics.certificate_facts import Certificate
from diagnostics.certificate_reader import read
from diagnostics.facts import RevocationStatus
from diagnostics.revocation import Statement, crl_urls, ocsp_request, read_crl, read_ocsp
from tests.lab.certificates import DAY, NOW, Key, Made, intermediate, key, leaf, make, root

GOOD, REVOKED, UNKNOWN = RevocationStatus.GOOD, RevocationStatus.REVOKED, RevocationStatus.UNKNOWN
URL = "http://ca.example/list.crl"

ROOT = root()
ISSUER = intermediate(ROOT)
LEAF = leaf(ISSUER, crl_urls=(URL,))
OTHER_LEAF = leaf(ISSUER, "other.example")
# The same name and another key, as an impostor would have.
IMPOSTOR = intermediate(root("Stranger"), own_key=key("P-256", 7))


def facts(made: Made) -> Certificate:
    certificate = read(made.der)
    assert isinstance(certificate, Certificate)
    return certificate


@dataclass(frozen=True)
class Response:
    """An OCSP response, good unless a field says otherwise."""

    about: Made = LEAF
    under: Made = ISSUER
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD
    begins: datetime = NOW - timedelta(hours=1)
    ends: datetime | None = NOW + 7 * DAY
    reason: x509.ReasonFlags | None = None
    naming: hashes.HashAlgorithm = field(default_factory=hashes.SHA1)
    signer: Made = ISSUER
    algorithm: hashes.HashAlgorithm | None = field(default_factory=hashes.SHA256)
    by: ocsp.OCSPResponderEncoding = ocsp.OCSPResponderEncoding.HASH
    certificates: Sequence[Made] = ()
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = ()

    @property
    def der(self) -> bytes:
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=self.about.certificate,
            issuer=self.under.certificate,
            algorithm=self.naming,
            cert_status=self.status,
            this_update=self.begins,
            next_update=self.ends,
            revocation_time=NOW - 2 * DAY if self.status is ocsp.OCSPCertStatus.REVOKED else None,
            revocation_reason=self.reason,
        )
        builder = builder.responder_id(self.by, self.signer.certificate)
        if self.certificates:
            builder = builder.certificates([each.certificate for each in self.certificates])
        for extension, critical in self.extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(self.signer.key, self.algorithm).public_bytes(Encoding.DER)


SAYS_GOOD = Response()
SAYS_REVOKED = Response(status=ocsp.OCSPCertStatus.REVOKED, reason=x509.ReasonFlags.key_compromise)


def responder(*, issuer: Made = ISSUER, **options: object) -> Made:
    """A responder's own certificate, an appointed one's unless an option says otherwise."""
    settings: dict[str, object] = {"usages": (ExtendedKeyUsageOID.OCSP_SIGNING,), "own_key": key("P-256", 8)} | options
    return make("Lab OCSP", issuer=issuer, **settings)  # type: ignore[arg-type]


def delegated(signer: Made, *, like: Response = SAYS_REVOKED) -> Response:
    return replace(like, signer=signer, certificates=(signer,))


def ask(response: Response | bytes, *, about: Made = LEAF, issuer: Made = ISSUER, now: datetime = NOW) -> Statement:
    data = response if isinstance(response, bytes) else response.der
    return read_ocsp(data, leaf=facts(about), issuer=facts(issuer), now=now)


def rsa_authority() -> tuple[Made, Made]:
    issuer = intermediate(ROOT, own_key=key("RSA-2048"))
    return issuer, leaf(issuer)


def test_a_good_response_is_good() -> None:
    assert ask(SAYS_GOOD) == Statement(status=GOOD)


def test_a_revoked_one_says_when_and_why() -> None:
    said = ask(SAYS_REVOKED)
    assert said == Statement(status=REVOKED, revoked_at=NOW - 2 * DAY, reason="key compromise")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (None, None),
        (x509.ReasonFlags.unspecified, None),
        (x509.ReasonFlags.superseded, "superseded"),
        (x509.ReasonFlags.certificate_hold, "certificate on hold"),
    ],
)
def test_the_reason_is_told_where_there_is_one(reason: x509.ReasonFlags | None, words: str | None) -> None:
    assert ask(replace(SAYS_REVOKED, reason=reason)).reason == words


COUNTS = {
    "signed by the issuer, who gives its name": replace(SAYS_REVOKED, by=ocsp.OCSPResponderEncoding.NAME),
    "signed by the issuer, whose certificate comes with it": replace(SAYS_REVOKED, certificates=(ISSUER,)),
    "named with SHA-256": replace(SAYS_REVOKED, naming=hashes.SHA256()),
    "signed with SHA-384": replace(SAYS_REVOKED, algorithm=hashes.SHA384()),
    "by an appointed responder": delegated(responder()),
    "by an appointed responder that gives its name": replace(
        delegated(responder()), by=ocsp.OCSPResponderEncoding.NAME
    ),
    "by an appointed responder with an RSA key": delegated(responder(own_key=key("RSA-2048"))),
    "by an appointed responder with an Ed25519 key": replace(
        delegated(responder(own_key=key("Ed25519"))), algorithm=None
    ),
    "by an appointed responder whose certificate is the second": replace(
        delegated(responder()), certificates=(OTHER_LEAF, responder())
    ),
    "with a clock that is two minutes ahead": replace(SAYS_REVOKED, begins=NOW + timedelta(minutes=2)),
    "two minutes after its end": replace(SAYS_REVOKED, ends=NOW - timedelta(minutes=2), begins=NOW - DAY),
    "of today, without an end": replace(SAYS_REVOKED, begins=NOW - timedelta(hours=20), ends=None),
    "with an extension that may be passed over": replace(
        SAYS_REVOKED, extensions=((x509.OCSPNonce(b"0123456789abcdef"), False),)
    ),
}
PROVES_NOTHING = {
    # How it is signed.
    "by an impostor of the issuer's name": replace(SAYS_REVOKED, signer=IMPOSTOR, by=ocsp.OCSPResponderEncoding.NAME),
    "by an impostor who shows a certificate": replace(
        SAYS_REVOKED, signer=IMPOSTOR, certificates=(IMPOSTOR,), by=ocsp.OCSPResponderEncoding.NAME
    ),
    "by another key, by its hash": replace(SAYS_REVOKED, signer=IMPOSTOR),
    "by the root, which is not the issuer": replace(SAYS_REVOKED, signer=ROOT, certificates=(ROOT,)),
    "by a server's certificate of the issuer's": delegated(responder(usages=(ExtendedKeyUsageOID.SERVER_AUTH,))),
    "by a certificate of the issuer's for any use": delegated(
        responder(usages=(ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,))
    ),
    "by a certificate without a use": delegated(responder(usages=None)),
    "by another issuer's responder": delegated(responder(issuer=ROOT)),
    "by an impostor's responder": delegated(responder(issuer=IMPOSTOR)),
    "by a responder that was appointed with a false signature": delegated(responder(signing_key=key("P-256", 7))),
    "by a responder whose time is over": delegated(responder(ends=NOW - DAY)),
    "by a responder whose time is to come": delegated(responder(begins=NOW + DAY)),
    "by an appointed responder that does not show its certificate": replace(SAYS_REVOKED, signer=responder()),
    "by the certificate itself": replace(SAYS_REVOKED, signer=LEAF, certificates=(LEAF,)),
    # When.
    "dated in the future": replace(SAYS_REVOKED, begins=NOW + timedelta(minutes=10)),
    "out of date": replace(SAYS_REVOKED, begins=NOW - 8 * DAY, ends=NOW - timedelta(minutes=10)),
    "of yesterday, without an end": replace(SAYS_REVOKED, begins=NOW - 2 * DAY, ends=None),
    # About what.
    "about another certificate of the issuer's": replace(SAYS_REVOKED, about=OTHER_LEAF),
    "about the same number of another issuer's": replace(SAYS_REVOKED, under=IMPOSTOR),
    "of a condition that is not known": replace(
        SAYS_REVOKED,
        extensions=((x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True),),
    ),
    "not known there": replace(SAYS_GOOD, status=ocsp.OCSPCertStatus.UNKNOWN),
}


@pytest.mark.parametrize("case", COUNTS)
def test_a_response_counts(case: str) -> None:
    assert ask(COUNTS[case]).status is REVOKED


@pytest.mark.parametrize("case", PROVES_NOTHING)
def test_a_response_that_proves_nothing_is_unknown_and_says_why(case: str) -> None:
    said = ask(PROVES_NOTHING[case])
    assert said.status is UNKNOWN
    assert said.detail
    assert said.revoked_at is None


def test_a_response_whose_signature_is_damaged_proves_nothing() -> None:
    damaged = SAYS_REVOKED.der[:-1] + bytes([SAYS_REVOKED.der[-1] ^ 1])
    assert ask(damaged) == Statement(status=UNKNOWN, detail="has a signature that does not fit")


def test_a_response_signed_by_an_rsa_issuer_counts() -> None:
    issuer, about = rsa_authority()
    said = ask(replace(SAYS_REVOKED, about=about, under=issuer, signer=issuer), about=about, issuer=issuer)
    assert said.status is REVOKED


def test_a_response_signed_with_sha1_proves_nothing() -> None:
    issuer, about = rsa_authority()
    weak = replace(SAYS_REVOKED, about=about, under=issuer, signer=issuer)
    said = ask(with_sha1(weak.der), about=about, issuer=issuer)
    assert said.status is UNKNOWN
    assert said.detail == "is signed with an algorithm that can be forged"


def with_sha1(response: bytes) -> bytes:
    """The response with the identifier of sha1WithRSAEncryption; the signature is not even looked at."""
    sha256 = bytes.fromhex("06092a864886f70d01010b")
    assert response.count(sha256) == 1
    return response.replace(sha256, sha256[:-1] + b"\x05")


@pytest.mark.parametrize("status", [each for each in ocsp.OCSPResponseStatus if each.name != "SUCCESSFUL"])
def test_a_refusal_is_unknown(status: ocsp.OCSPResponseStatus) -> None:
    refused = ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)
    assert ask(refused).status is UNKNOWN


@pytest.mark.parametrize("data", [b"", b"rubbish", b"\x30\x00", SAYS_GOOD.der[:-1], SAYS_GOOD.der + b"\x00"])
def test_what_is_no_response_is_unknown(data: bytes) -> None:
    assert ask(data).status is UNKNOWN


def test_the_question_is_about_the_certificate() -> None:
    asked = ocsp_request(facts(LEAF), issuer=facts(ISSUER))
    assert asked is not None
    request = ocsp.load_der_ocsp_request(asked)
    expected = ocsp.OCSPRequestBuilder().add_certificate(LEAF.certificate, ISSUER.certificate, hashes.SHA1()).build()
    assert request.public_bytes(Encoding.DER) == expected.public_bytes(Encoding.DER)


# Revocation lists.


@dataclass(frozen=True)
class List:
    """A CRL in which other certificates are, sound unless a field says otherwise."""

    revoked: Sequence[Made] = (OTHER_LEAF,)
    issuer: Made = ISSUER
    begins: datetime = NOW - DAY
    ends: datetime | None = NOW + 7 * DAY
    signing_key: Key | None = None
    algorithm: hashes.HashAlgorithm | None = field(default_factory=hashes.SHA256)
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = ()
    entry_extensions: Sequence[tuple[x509.ExtensionType, bool]] = ()
    encoding: Encoding = Encoding.DER

    @property
    def data(self) -> bytes:
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.issuer.certificate.subject)
        builder = builder.last_update(self.begins).next_update(self.ends or NOW)
        for made in self.revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(made.certificate.serial_number)
            entry = entry.revocation_date(NOW - 2 * DAY)
            for extension, critical in self.entry_extensions:
                entry = entry.add_extension(extension, critical)
            builder = builder.add_revoked_certificate(entry.build())
        for extension, critical in self.extensions:
            builder = builder.add_extension(extension, critical)
        signer = self.signing_key or self.issuer.key
        return builder.sign(signer, self.algorithm).public_bytes(self.encoding)  # type: ignore[arg-type]


SOUND = List()
LISTED = List(revoked=(OTHER_LEAF, LEAF), entry_extensions=((x509.CRLReason(x509.ReasonFlags.superseded), False),))


def scope(
    *,
    full_name: str | None = None,
    only_user: bool = False,
    only_ca: bool = False,
    only_attribute: bool = False,
    indirect: bool = False,
    reasons: frozenset[x509.ReasonFlags] | None = None,
) -> tuple[x509.ExtensionType, bool]:
    names = [x509.UniformResourceIdentifier(full_name)] if full_name else None
    return x509.IssuingDistributionPoint(names, None, only_user, only_ca, reasons, indirect, only_attribute), True


def look_up(crl: List | bytes, *, about: Made = LEAF, issuer: Made = ISSUER, now: datetime = NOW) -> Statement:
    data = crl if isinstance(crl, bytes) else crl.data
    return read_crl(data, leaf=facts(about), issuer=facts(issuer), urls=(URL,), now=now)


def test_a_certificate_that_is_not_in_the_list_is_good() -> None:
    assert look_up(SOUND) == Statement(status=GOOD)
    assert look_up(replace(SOUND, revoked=())) == Statement(status=GOOD)


def test_a_certificate_in_the_list_is_revoked_with_time_and_reason() -> None:
    assert look_up(LISTED) == Statement(status=REVOKED, revoked_at=NOW - 2 * DAY, reason="superseded")


LIST_COUNTS = {
    "as PEM": replace(LISTED, encoding=Encoding.PEM),
    "with a number": replace(LISTED, extensions=((x509.CRLNumber(7), False),)),
    "of users' certificates": replace(LISTED, extensions=(scope(only_user=True),)),
    "for this address": replace(LISTED, extensions=(scope(full_name=URL),)),
    "without a reason": replace(LISTED, entry_extensions=()),
    "two minutes ahead": replace(LISTED, begins=NOW + timedelta(minutes=2)),
}
LIST_PROVES_NOTHING = {
    "signed by an impostor": replace(LISTED, issuer=IMPOSTOR),
    "signed with another key": replace(LISTED, signing_key=key("P-256", 7)),
    "of another issuer": replace(LISTED, issuer=ROOT),
    "out of date": replace(LISTED, begins=NOW - 9 * DAY, ends=NOW - timedelta(minutes=10)),
    "dated in the future": replace(LISTED, begins=NOW + timedelta(minutes=10)),
    "indirect": replace(LISTED, extensions=(scope(indirect=True),)),
    "of some reasons": replace(LISTED, extensions=(scope(reasons=frozenset((x509.ReasonFlags.superseded,))),)),
    "of authorities": replace(LISTED, extensions=(scope(only_ca=True),)),
    "of attribute certificates": replace(LISTED, extensions=(scope(only_attribute=True),)),
    "for another address": replace(LISTED, extensions=(scope(full_name="http://ca.example/2.crl"),)),
    "of changes only": replace(LISTED, extensions=((x509.DeltaCRLIndicator(7), True),)),
    "of a condition that is not known": replace(
        LISTED, extensions=((x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True),)
    ),
    "of another issuer's certificate": replace(
        LISTED,
        entry_extensions=((x509.CertificateIssuer([x509.DirectoryName(ROOT.certificate.subject)]), True),),
    ),
    "that takes an entry back": replace(
        LISTED, entry_extensions=((x509.CRLReason(x509.ReasonFlags.remove_from_crl), False),)
    ),
}


@pytest.mark.parametrize("case", LIST_COUNTS)
def test_a_list_counts(case: str) -> None:
    assert look_up(LIST_COUNTS[case]).status is REVOKED


@pytest.mark.parametrize("case", LIST_PROVES_NOTHING)
def test_a_list_that_proves_nothing_is_unknown_and_says_why(case: str) -> None:
    said = look_up(LIST_PROVES_NOTHING[case])
    assert said.status is UNKNOWN
    assert said.detail


@pytest.mark.parametrize("case", LIST_PROVES_NOTHING)
def test_what_proves_nothing_does_not_prove_good_either(case: str) -> None:
    crl = LIST_PROVES_NOTHING[case]
    if crl.entry_extensions == LISTED.entry_extensions:
        assert look_up(replace(crl, revoked=())).status is UNKNOWN


def test_an_issuer_that_may_not_sign_lists_proves_nothing() -> None:
    """RFC 5280 §4.2.1.3: where there is a key usage, it must have cRLSign."""
    issuer = make("Lab Intermediate", issuer=ROOT, own_key=ISSUER.key, is_ca=True)
    assert look_up(LISTED, issuer=issuer).status is UNKNOWN


@pytest.mark.parametrize("data", [b"", b"rubbish", b"\x30\x00", SOUND.data[:-1], b"-----BEGIN X509 CRL-----\nAAAA"])
def test_what_is_no_list_is_unknown(data: bytes) -> None:
    assert look_up(data).status is UNKNOWN


def points(*distribution_points: x509.DistributionPoint) -> Certificate:
    return facts(leaf(ISSUER, extensions=((x509.CRLDistributionPoints(distribution_points), False),)))


def test_lists_of_some_reasons_or_of_another_issuer_are_not_asked() -> None:
    url = [x509.UniformResourceIdentifier(URL)]
    stranger = [x509.DirectoryName(ROOT.certificate.subject)]
    assert crl_urls(points(x509.DistributionPoint(url, None, None, None))) == (URL,)
    assert crl_urls(points(x509.DistributionPoint(url, None, None, stranger))) == ()
    reasons = frozenset((x509.ReasonFlags.key_compromise,))
    assert crl_urls(points(x509.DistributionPoint(url, None, reasons, None))) == ()


# Any bytes. The two are built once; what is signed must not be changed by a single bit.

_READERS: dict[str, tuple[bytes, Callable[[bytes], Statement]]] = {
    "ocsp": (SAYS_GOOD.der, ask),
    "ocsp, delegated": (delegated(responder(), like=SAYS_GOOD).der, ask),
    "crl": (SOUND.data, look_up),
}


@pytest.mark.parametrize("kind", _READERS)
@given(data=st.binary(max_size=300))
def test_no_bytes_raise(kind: str, data: bytes) -> None:
    assert _READERS[kind][1](data).status is UNKNOWN


@pytest.mark.parametrize("kind", _READERS)
@given(place=st.integers(0, 10_000), value=st.integers(0, 255), cut=st.booleans())
def test_damaged_bytes_neither_raise_nor_prove_revocation(kind: str, place: int, value: int, cut: bool) -> None:
    original, read_it = _READERS[kind]
    damaged = bytearray(original)
    place %= len(damaged)
    damaged[place] = value
    assert read_it(bytes(damaged[:place] if cut else damaged)).status is not REVOKED


def test_times_are_aware() -> None:
    revoked_at = ask(SAYS_REVOKED).revoked_at
    assert revoked_at is not None
    assert revoked_at.tzinfo is UTC or revoked_at.utcoffset() == timedelta(0)
