"""What an authority says of revoked certificates, rightly and wrongly: OCSP (RFC 6960) and CRL (RFC 5280 §5)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp

from tests.lab.certificates import DAY, Made


class RevocationAnswer(StrEnum):
    """What the OCSP responder and the revocation list say of every certificate."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"  # OCSP's own word; the list does not hold the certificate
    STALE = "stale"  # good, said a month ago and for a week
    WRONG_SIGNER = "wrong_signer"  # revoked, signed with a key that is not the issuer's
    DELEGATED = "delegated"  # good, says a responder that the issuer has appointed
    DELEGATED_REVOKED = "delegated_revoked"  # revoked, says the same responder
    WRONG_USAGE = "wrong_usage"  # revoked, says a certificate of the issuer's that may not sign for OCSP
    TRY_LATER = "try_later"  # OCSP's own word; there is no list
    RUBBISH = "rubbish"


_SAYS_REVOKED = (
    RevocationAnswer.REVOKED,
    RevocationAnswer.WRONG_SIGNER,
    RevocationAnswer.DELEGATED_REVOKED,
    RevocationAnswer.WRONG_USAGE,
)
_WITH_CERTIFICATE = (
    RevocationAnswer.DELEGATED,
    RevocationAnswer.DELEGATED_REVOKED,
    RevocationAnswer.WRONG_USAGE,
)


def _times(answer: RevocationAnswer, now: datetime) -> tuple[datetime, datetime]:
    """When the answer was given and until when it holds."""
    given = now - (30 * DAY if answer is RevocationAnswer.STALE else DAY / 24)
    return given, given + 7 * DAY


def ocsp_response(asked: bytes, *, answer: RevocationAnswer, signer: Made, now: datetime) -> bytes:
    """The DER response to a DER request about one certificate of this issuer."""
    if answer is RevocationAnswer.RUBBISH:
        return b"rubbish"
    if answer is RevocationAnswer.TRY_LATER:
        unsuccessful = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
        return unsuccessful.public_bytes(serialization.Encoding.DER)
    request = ocsp.load_der_ocsp_request(asked)
    status = ocsp.OCSPCertStatus.GOOD
    if answer in _SAYS_REVOKED:
        status = ocsp.OCSPCertStatus.REVOKED
    elif answer is RevocationAnswer.UNKNOWN:
        status = ocsp.OCSPCertStatus.UNKNOWN
    revoked = status is ocsp.OCSPCertStatus.REVOKED
    given, until = _times(answer, now)
    builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
        issuer_name_hash=request.issuer_name_hash,
        issuer_key_hash=request.issuer_key_hash,
        serial_number=request.serial_number,
        algorithm=request.hash_algorithm,
        cert_status=status,
        this_update=given,
        next_update=until,
        revocation_time=now - 2 * DAY if revoked else None,
        revocation_reason=x509.ReasonFlags.key_compromise if revoked else None,
    )
    # By name, so that a stranger who bears the issuer's name claims to be the issuer.
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.NAME, signer.certificate)
    if answer in _WITH_CERTIFICATE:
        builder = builder.certificates([signer.certificate])
    return builder.sign(signer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def revocation_list(answer: RevocationAnswer, *, serials: Sequence[int], issuer: Made, now: datetime) -> bytes:
    """The DER list; where the answer says revoked, these serial numbers are in it."""
    if answer in (RevocationAnswer.RUBBISH, RevocationAnswer.TRY_LATER):
        return b"rubbish"
    given, until = _times(answer, now)
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
    builder = builder.last_update(given).next_update(until)
    for serial in serials if answer in _SAYS_REVOKED else ():
        revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now - 2 * DAY)
        revoked = revoked.add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
        builder = builder.add_revoked_certificate(revoked.build())
    wrong = answer is RevocationAnswer.WRONG_SIGNER
    key = ec.generate_private_key(ec.SECP256R1()) if wrong else issuer.key
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
