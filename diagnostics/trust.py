"""The roots that are trusted, and certificates out of the bytes that hold them."""

import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography import x509

from diagnostics import der
from diagnostics.certificate_facts import Certificate, FieldFault, Gravity, NameKey, name_key
from diagnostics.certificate_reader import quiet, read, read_loaded

# The labels of RFC 7468 §5 and of OpenSSL; its "trusted" form has settings of its own behind the certificate.
_BEGINNINGS = (b"-----BEGIN CERTIFICATE-----", b"-----BEGIN X509 CERTIFICATE-----")
_TRUSTED_BEGINNING = b"-----BEGIN TRUSTED CERTIFICATE-----"
_DASHES = b"-----"


@dataclass(frozen=True, slots=True)
class TrustStore:
    """Roots by subject; each is loaded once and read when a chain leads to it."""

    by_subject: Mapping[NameKey, tuple[tuple[x509.Certificate, bytes], ...]]
    undecodable: tuple[FieldFault, ...] = ()

    @classmethod
    def from_pem(cls, *bundles: bytes) -> "TrustStore":
        """The roots in these PEM bundles; a bundle may be one DER certificate as well."""
        by_subject: dict[NameKey, list[tuple[x509.Certificate, bytes]]] = {}
        undecodable: list[FieldFault] = []
        with quiet():
            for item in (item for bundle in bundles for item in split(bundle)):
                try:
                    if isinstance(item, FieldFault):
                        raise ValueError(item.detail)
                    loaded = x509.load_der_x509_certificate(item)
                    key = name_key(loaded.subject)
                except Exception as error:  # whatever a parser raises for bytes from outside
                    undecodable.append(FieldFault("roots", str(error)[:300], Gravity.REFUSED))
                else:
                    by_subject.setdefault(key, []).append((loaded, item))
        return cls({key: tuple(roots) for key, roots in by_subject.items()}, tuple(undecodable))

    def named(self, key: NameKey) -> tuple[Certificate, ...]:
        """The roots of this subject."""
        found = (read_loaded(raw, data=data) for raw, data in self.by_subject.get(key, ()))
        return tuple(root for root in found if isinstance(root, Certificate))

    def holds(self, certificate: Certificate) -> bool:
        """Whether this very certificate is trusted."""
        return any(data == certificate.der for _, data in self.by_subject.get(certificate.subject_key, ()))


def certificates(data: bytes, *, field: str) -> tuple[Certificate | FieldFault, ...]:
    """The certificates in PEM (several) or DER bytes, each read or a fault of this field."""
    found = []
    for item in split(data):
        certificate = item if isinstance(item, FieldFault) else read(item)
        if isinstance(certificate, FieldFault) and certificate.field == "certificate":
            certificate = FieldFault(field, certificate.detail, certificate.gravity)
        found.append(certificate)
    return tuple(found)


def fetched_certificates(data: bytes) -> tuple[Certificate, ...]:
    """The certificates in what an issuer's address serves: DER, PEM, or a PKCS #7 bundle (RFC 5280 §4.2.2.1)."""
    found = tuple(each for each in certificates(data, field="issuer") if isinstance(each, Certificate))
    if found:
        return found
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs7  # late: hardly any issuer serves these

    with quiet():
        try:
            load = pkcs7.load_pem_pkcs7_certificates if _DASHES in data else pkcs7.load_der_pkcs7_certificates
            bundle = [certificate.public_bytes(Encoding.DER) for certificate in load(data)]
        except Exception:  # whatever a parser raises for bytes from outside: then there is no certificate in it
            return ()
    return tuple(each for each in map(read, bundle) if isinstance(each, Certificate))


def split(data: bytes) -> tuple[bytes | FieldFault, ...]:
    """The DER of each certificate in PEM or DER bytes, undecoded."""
    if b"-----BEGIN " not in data:
        return (data,) if data else (FieldFault("certificate", "is empty", Gravity.REFUSED),)
    found: list[bytes | FieldFault] = []
    # Block by block, so that one bad block costs no other, and in one pass, however many beginnings have no end.
    for piece in data.split(b"-----BEGIN ")[1:]:
        block = b"-----BEGIN " + piece
        for beginning in (*_BEGINNINGS, _TRUSTED_BEGINNING):
            if block.startswith(beginning):
                body, end, _ = block[len(beginning) :].partition(b"-----END ")
                found.append(_decode(body, trusted=beginning == _TRUSTED_BEGINNING) if end else _CUT_SHORT)
    return tuple(found) or (FieldFault("certificate", "holds no certificate", Gravity.REFUSED),)


_CUT_SHORT = FieldFault("certificate", "is cut short: its end line is missing", Gravity.REFUSED)


def _decode(body: bytes, *, trusted: bool) -> bytes | FieldFault:
    try:
        data = binascii.a2b_base64(body)
        return next(der.elements(data)).whole if trusted else data
    except (ValueError, StopIteration) as error:
        return FieldFault("certificate", f"is no base64 text: {error}", Gravity.REFUSED)
