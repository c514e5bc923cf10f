"""The lab's certificate authority serves its issuer, its OCSP answers and its revocation list, rightly and wrongly."""

from collections.abc import Iterator

import httpx
import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from tests.lab.ca import Issued
from tests.lab.hosts import Lab
from tests.lab.revocation import RevocationAnswer as Answer


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as lab:
        yield lab


def _fetch(lab: Lab, url: str, body: bytes | None = None) -> bytes:
    """What a URL of the lab's authority serves, by GET or, with a body, by POST."""
    parts = httpx.URL(url)
    place = parts.copy_with(host=lab.addresses(parts.host)[0])
    with httpx.Client(trust_env=False) as client:
        answer = client.get(place) if body is None else client.post(place, content=body)
    assert answer.status_code == 200
    return answer.content


def _access(issued: Issued, method: x509.ObjectIdentifier) -> str:
    extension = issued.made.certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess)
    return next(str(each.access_location.value) for each in extension.value if each.access_method == method)


def _ask(lab: Lab, issued: Issued) -> ocsp.OCSPResponse:
    issuer = lab.ca.intermediate.made.certificate
    request = ocsp.OCSPRequestBuilder().add_certificate(issued.made.certificate, issuer, hashes.SHA1()).build()
    url = _access(issued, AuthorityInformationAccessOID.OCSP)
    return ocsp.load_der_ocsp_response(_fetch(lab, url, request.public_bytes(Encoding.DER)))


def _is_signed_by(response: ocsp.OCSPResponse, certificate: x509.Certificate) -> bool:
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    try:
        key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def test_the_missing_issuer_can_be_fetched(lab: Lab) -> None:
    issued = lab.ca.issue("a.example", issuer_path="/issuer")
    url = _access(issued, AuthorityInformationAccessOID.CA_ISSUERS)
    issuer = x509.load_der_x509_certificate(_fetch(lab, url))
    issued.made.certificate.verify_directly_issued_by(issuer)
    issuer.verify_directly_issued_by(lab.ca.root.made.certificate)


# (answer, status, signed by the issuer)
ANSWERS = [
    (Answer.GOOD, ocsp.OCSPCertStatus.GOOD, True),
    (Answer.REVOKED, ocsp.OCSPCertStatus.REVOKED, True),
    (Answer.UNKNOWN, ocsp.OCSPCertStatus.UNKNOWN, True),
    (Answer.STALE, ocsp.OCSPCertStatus.GOOD, True),
    (Answer.WRONG_SIGNER, ocsp.OCSPCertStatus.REVOKED, False),
    (Answer.DELEGATED, ocsp.OCSPCertStatus.GOOD, False),
    (Answer.DELEGATED_REVOKED, ocsp.OCSPCertStatus.REVOKED, False),
    (Answer.WRONG_USAGE, ocsp.OCSPCertStatus.REVOKED, False),
]


@pytest.mark.parametrize(("answer", "status", "by_issuer"), ANSWERS)
def test_ocsp_answers_as_chosen(answer: Answer, status: ocsp.OCSPCertStatus, by_issuer: bool, lab: Lab) -> None:
    issued = lab.ca.issue("a.example", ocsp=answer)
    response = _ask(lab, issued)
    assert response.serial_number == issued.made.certificate.serial_number
    assert response.certificate_status is status
    assert _is_signed_by(response, lab.ca.intermediate.made.certificate) is by_issuer


@pytest.mark.parametrize(
    ("answer", "appointed"), [(Answer.DELEGATED, True), (Answer.DELEGATED_REVOKED, True), (Answer.WRONG_USAGE, False)]
)
def test_a_responder_other_than_the_issuer_is_appointed_or_not(answer: Answer, appointed: bool, lab: Lab) -> None:
    response = _ask(lab, lab.ca.issue("a.example", ocsp=answer))
    [responder] = response.certificates
    assert _is_signed_by(response, responder)
    responder.verify_directly_issued_by(lab.ca.intermediate.made.certificate)
    usage = responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert (ExtendedKeyUsageOID.OCSP_SIGNING in usage) is appointed


@pytest.mark.parametrize(("answer", "holds"), [(Answer.GOOD, True), (Answer.STALE, False)])
def test_a_stale_answer_held_until_some_time_ago(answer: Answer, holds: bool, lab: Lab) -> None:
    until = _ask(lab, lab.ca.issue("a.example", ocsp=answer)).next_update_utc
    assert until is not None
    assert (until > lab.now) is holds


def test_a_responder_can_ask_to_try_later(lab: Lab) -> None:
    response = _ask(lab, lab.ca.issue("a.example", ocsp=Answer.TRY_LATER))
    assert response.response_status is ocsp.OCSPResponseStatus.TRY_LATER


def test_a_responder_can_answer_rubbish(lab: Lab) -> None:
    with pytest.raises(ValueError, match="asn1"):
        _ask(lab, lab.ca.issue("a.example", ocsp=Answer.RUBBISH))


# (answer, the certificate is in the list, the list is signed by the issuer)
LISTS = [(Answer.GOOD, False, True), (Answer.REVOKED, True, True), (Answer.WRONG_SIGNER, True, False)]


@pytest.mark.parametrize(("answer", "listed", "by_issuer"), LISTS)
def test_the_list_holds_what_is_revoked(answer: Answer, listed: bool, by_issuer: bool, lab: Lab) -> None:
    certificate = lab.ca.issue("a.example", crl=answer).made.certificate
    points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    names = points[0].full_name
    assert names is not None
    revoked = x509.load_der_x509_crl(_fetch(lab, str(names[0].value)))
    found = revoked.get_revoked_certificate_by_serial_number(certificate.serial_number)
    assert (found is not None) is listed
    key = lab.ca.intermediate.made.certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert revoked.is_signature_valid(key) is by_issuer
