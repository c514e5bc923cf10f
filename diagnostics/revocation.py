"""Reads what an issuer says of a revoked certificate, an OCSP response or a CRL, and believes only what it signed."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from diagnostics import der
from diagnostics.certificate_facts import Certificate, name_key
from diagnostics.certificate_reader import quiet, read
from diagnostics.facts import RevocationStatus
from diagnostics.path import signed_by
from diagnostics.words import day

# Clocks of responders and of this machine differ by minutes; more would make stale answers fresh.
_SKEW = timedelta(minutes=5)
# An answer that does not say until when it holds; Firefox takes it for a day (mozilla::pkix, pkixocsp.cpp).
_WITHOUT_END = timedelta(days=1)
# Certificates in a response that are looked at for its signer; one is what responders send.
_SIGNERS = 4
# Answers in one response that are looked at; one certificate was asked about.
_SINGLE_RESPONSES = 64
_OCSP_SIGNING = "1.3.6.1.5.5.7.3.9"
_BROKEN_HASHES = ("md5", "sha1")  # CA/Browser Forum Baseline Requirements §7.1.3.2.1 forbid them for both
_PEM_BEGINNING = b"-----BEGIN X509 CRL-----"

_REFUSALS = {
    ocsp.OCSPResponseStatus.MALFORMED_REQUEST: "it does not understand the question",
    ocsp.OCSPResponseStatus.INTERNAL_ERROR: "it reports an error of its own",
    ocsp.OCSPResponseStatus.TRY_LATER: "it asks to try again later",
    ocsp.OCSPResponseStatus.SIG_REQUIRED: "it answers signed questions only",
    ocsp.OCSPResponseStatus.UNAUTHORIZED: "it does not answer for this certificate",
}
_REASONS = {
    x509.ReasonFlags.unspecified: None,
    x509.ReasonFlags.key_compromise: "key compromise",
    x509.ReasonFlags.ca_compromise: "compromise of the issuer",
    x509.ReasonFlags.affiliation_changed: "affiliation changed",
    x509.ReasonFlags.superseded: "superseded",
    x509.ReasonFlags.cessation_of_operation: "cessation of operation",
    x509.ReasonFlags.certificate_hold: "certificate on hold",
    x509.ReasonFlags.privilege_withdrawn: "privilege withdrawn",
    x509.ReasonFlags.aa_compromise: "compromise of the attribute authority",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What one OCSP response or CRL says of a certificate; `detail` is why it proves nothing, a clause for people."""

    status: RevocationStatus
    revoked_at: datetime | None = None
    reason: str | None = None
    detail: str | None = None

    @property
    def proves(self) -> bool:
        """Whether it says good or revoked, and may say it."""
        return self.status is not RevocationStatus.UNKNOWN


def unproven(detail: str) -> Statement:
    """A statement that proves nothing, and why: a clause that goes on from "the answer"."""
    return Statement(status=RevocationStatus.UNKNOWN, detail=detail)


class _UnprovenError(Exception):
    """Why an answer proves nothing, in words for people."""


def ocsp_request(leaf: Certificate, *, issuer: Certificate) -> bytes | None:
    """The DER question about a certificate (RFC 6960 §4.1), or None where its serial number fits into none.

    SHA-1 only names the issuer here, and is the one hash that every responder knows (RFC 5019 §2.1.1). There is no
    nonce: responders give out answers that were signed in advance.
    """
    try:
        algorithm = hashes.SHA1()  # noqa: S303
        name, key = _issuer_hashes(leaf, issuer, algorithm)
        builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(name, key, leaf.serial, algorithm)
        return builder.build().public_bytes(Encoding.DER)
    except Exception:  # whatever a parser raises for bytes from outside
        return None


def read_ocsp(data: bytes, *, leaf: Certificate, issuer: Certificate, now: datetime) -> Statement:
    """What a DER OCSP response says of a certificate of this issuer; never raises, whatever the bytes.

    It counts where it is about this certificate, timely, and signed by the issuer or by a responder that the issuer
    has appointed (RFC 6960 §3.2, §4.2.2.2).
    """
    return _safely(lambda: _read_ocsp(data, leaf, issuer, now), "is no OCSP response that can be read")


def read_crl(data: bytes, *, leaf: Certificate, issuer: Certificate, urls: tuple[str, ...], now: datetime) -> Statement:
    """What a CRL, DER or PEM, says of a certificate of this issuer; never raises, whatever the bytes.

    It counts where it is whole, timely, the issuer's own and signed by it (RFC 5280 §6.3.3). `urls` are the
    addresses under which the certificate names it: one issuer may have several lists, each for some certificates.
    """
    return _safely(lambda: _read_crl(data, leaf, issuer, urls, now), "is no revocation list that can be read")


def crl_urls(leaf: Certificate) -> tuple[str, ...]:
    """Where the issuer's own, whole lists are (RFC 5280 §4.2.1.13): not those of another issuer or of some reasons."""
    try:
        with quiet():
            points = leaf.raw.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except Exception:  # an extension beside it is bad, or there is none: then what could be read counts
        return leaf.crl_urls
    return tuple(
        name.value
        for point in points
        if not point.crl_issuer and not point.reasons
        for name in point.full_name or ()
        if isinstance(name, x509.UniformResourceIdentifier)
    )


def _safely(look: Callable[[], Statement], unreadable: str) -> Statement:
    try:
        with quiet():
            return look()
    except _UnprovenError as why:
        return unproven(str(why))
    except Exception:  # whatever a parser raises for bytes from outside
        return unproven(unreadable)


def _read_ocsp(data: bytes, leaf: Certificate, issuer: Certificate, now: datetime) -> Statement:
    response = ocsp.load_der_ocsp_response(data)
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise _UnprovenError(f"proves nothing: {_REFUSALS[response.response_status]}")
    single = next(_about(response, leaf, issuer), None)
    if single is None:
        raise _UnprovenError("is about another certificate")
    conditions = list(response.extensions)
    if len(list(response.responses)) == 1:  # the library shows those of one answer only where there is but one
        conditions += response.single_extensions
    if any(extension.critical for extension in conditions):
        raise _UnprovenError("has a condition that Padlock does not know")
    _check_signature(response, issuer, now)
    _check_times(single.this_update_utc, single.next_update_utc, now)
    if single.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        raise _UnprovenError("says that the certificate is not known there")
    if single.certificate_status is ocsp.OCSPCertStatus.GOOD:
        return Statement(status=RevocationStatus.GOOD)
    reason = single.revocation_reason
    return Statement(
        status=RevocationStatus.REVOKED,
        revoked_at=single.revocation_time_utc,
        reason=None if reason is None else _REASONS.get(reason),
    )


def _about(response: ocsp.OCSPResponse, leaf: Certificate, issuer: Certificate) -> Iterator[ocsp.OCSPSingleResponse]:
    """The answers that are about this certificate: its number under its issuer's name and key."""
    for _, single in zip(range(_SINGLE_RESPONSES), response.responses, strict=False):
        if single.serial_number == leaf.serial:
            asked = _issuer_hashes(leaf, issuer, single.hash_algorithm)
            if asked == (single.issuer_name_hash, single.issuer_key_hash):
                yield single


def _issuer_hashes(leaf: Certificate, issuer: Certificate, algorithm: hashes.HashAlgorithm) -> tuple[bytes, bytes]:
    """The issuer's name, as the leaf spells it, and the bits of its key, hashed (RFC 6960 §4.1.1)."""
    _, key_bits = der.elements(_fields(issuer)[5].content)
    name, key = _fields(leaf)[2].whole, key_bits.content[1:]  # the first octet counts unused bits
    return hashlib.new(algorithm.name, name).digest(), hashlib.new(algorithm.name, key).digest()


def _fields(certificate: Certificate) -> list[der.Element]:
    """Serial, algorithm, issuer, validity, subject, key, and what follows (RFC 5280 §4.1)."""
    (signed,) = der.elements(certificate.raw.tbs_certificate_bytes)
    fields = list(der.elements(signed.content))
    return fields[1:] if fields[0].tag == 0xA0 else fields  # the version, which version 1 leaves out


def _check_times(begins: datetime, ends: datetime | None, now: datetime) -> None:
    if begins > now + _SKEW:
        raise _UnprovenError("is dated in the future")
    ends = begins + _WITHOUT_END if ends is None else ends
    if ends < now - _SKEW:
        raise _UnprovenError(f"is out of date since {day(ends)}")


def _check_signature(response: ocsp.OCSPResponse, issuer: Certificate, now: datetime) -> None:
    """Whether the issuer, or a responder that it has appointed, signed the response."""
    algorithm = _fit_hash(lambda: response.signature_hash_algorithm)
    signers = [read(each.public_bytes(Encoding.DER)) for each in response.certificates[:_SIGNERS]]
    named = [
        each
        for each in (issuer, *signers)
        if isinstance(each, Certificate) and each.key is not None and _is_responder(response, each)
    ]
    if not named:
        raise _UnprovenError("is not signed by the issuer")
    for signer in named:
        if signer.key is None or not _verifies(signer.key, response, algorithm):
            continue
        if signer is not issuer:
            _check_appointed(signer, issuer, now)
        return
    raise _UnprovenError("has a signature that does not fit")


def _is_responder(response: ocsp.OCSPResponse, certificate: Certificate) -> bool:
    """Whether the response says that this certificate's key signed it, by name or by key (RFC 6960 §4.2.2.3)."""
    if response.responder_name is not None:
        return name_key(response.responder_name) == certificate.subject_key
    _, key_bits = der.elements(_fields(certificate)[5].content)
    return hashlib.sha1(key_bits.content[1:]).digest() == response.responder_key_hash  # noqa: S324


def _check_appointed(signer: Certificate, issuer: Certificate, now: datetime) -> None:
    """Whether the issuer has appointed this responder (RFC 6960 §4.2.2.2)."""
    if signer.key == issuer.key and signer.subject_key == issuer.subject_key:
        return  # the issuer itself, under another certificate of its own
    if signer.issuer_key != issuer.subject_key or not signed_by(signer, issuer):
        raise _UnprovenError("is signed by somebody else than the issuer")
    if signer.signature_hash in _BROKEN_HASHES:
        raise _UnprovenError("is signed with an algorithm that can be forged")
    if signer.extended_key_usage is None or _OCSP_SIGNING not in signer.extended_key_usage:
        raise _UnprovenError("is signed with a certificate that may not be used for it")
    if not signer.not_before - _SKEW <= now <= signer.not_after + _SKEW:
        raise _UnprovenError("is signed with a certificate that is not valid now")


def _verifies(
    key: CertificatePublicKeyTypes, response: ocsp.OCSPResponse, algorithm: hashes.HashAlgorithm | None
) -> bool:
    signature, signed = response.signature, response.tbs_response_bytes
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm is not None:
            key.verify(signature, signed, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm is not None:
            key.verify(signature, signed, ec.ECDSA(algorithm))
        elif isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
            key.verify(signature, signed)
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _fit_hash(get: Callable[[], hashes.HashAlgorithm | None]) -> hashes.HashAlgorithm | None:
    """The hash that was signed, None for algorithms that have one of their own (Ed25519)."""
    try:
        algorithm = get()
    except Exception as error:
        raise _UnprovenError("is signed with an algorithm that Padlock cannot check") from error
    if algorithm is not None and algorithm.name in _BROKEN_HASHES:
        raise _UnprovenError("is signed with an algorithm that can be forged")
    return algorithm


def _read_crl(data: bytes, leaf: Certificate, issuer: Certificate, urls: tuple[str, ...], now: datetime) -> Statement:
    pem = data.lstrip()[: len(_PEM_BEGINNING)] == _PEM_BEGINNING
    crl = (x509.load_pem_x509_crl if pem else x509.load_der_x509_crl)(data)
    if not name_key(crl.issuer) == leaf.issuer_key == issuer.subject_key:
        raise _UnprovenError("is another issuer's")
    _check_scope(crl, leaf, urls)
    _fit_hash(lambda: crl.signature_hash_algorithm)
    may_sign = issuer.key_usage is None or issuer.key_usage.crl_sign
    if issuer.key is None or not may_sign or not crl.is_signature_valid(issuer.key):  # type: ignore[arg-type]
        raise _UnprovenError("has a signature that does not fit")
    _check_times(crl.last_update_utc, crl.next_update_utc, now)
    entry = crl.get_revoked_certificate_by_serial_number(leaf.serial)
    if entry is None:
        return Statement(status=RevocationStatus.GOOD)
    reason: x509.ReasonFlags | None = None
    for extension in entry.extensions:
        if isinstance(extension.value, x509.CRLReason):
            reason = extension.value.reason
        elif extension.critical:
            raise _UnprovenError("lists the certificate on a condition that Padlock does not know")
    if reason is x509.ReasonFlags.remove_from_crl:
        raise _UnprovenError("takes back an entry that it does not have")  # RFC 5280 §5.3.1: partial lists only
    return Statement(
        status=RevocationStatus.REVOKED,
        revoked_at=entry.revocation_date_utc,
        reason=None if reason is None else _REASONS.get(reason),
    )


def _check_scope(crl: x509.CertificateRevocationList, leaf: Certificate, urls: tuple[str, ...]) -> None:
    """Whether the list is the one that would hold this certificate (RFC 5280 §5.2.5, §6.3.3 b)."""
    for extension in crl.extensions:
        match extension.value:
            case x509.IssuingDistributionPoint() as scope:
                if scope.indirect_crl or scope.only_some_reasons or scope.only_contains_attribute_certs:
                    raise _UnprovenError("is a partial list, which Padlock does not judge by")
                if scope.only_contains_ca_certs if not leaf.is_ca else scope.only_contains_user_certs:
                    raise _UnprovenError("is a list of other certificates")
                names = [name.value for name in scope.full_name or ()]
                if scope.relative_name is not None or (names and not set(names) & set(urls)):
                    raise _UnprovenError("is a list of other certificates")
            case x509.DeltaCRLIndicator():
                raise _UnprovenError("is a partial list, which Padlock does not judge by")
            case _ if extension.critical:
                raise _UnprovenError("has a condition that Padlock does not know")
            case _:
                pass
