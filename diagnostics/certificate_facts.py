"""What one certificate says, field by field; a bad field is a fact like any other."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import NameOID

from diagnostics.facts import CertificateSummary

NameKey = tuple[tuple[tuple[str, str], ...], ...]

SERVER_USAGE = "1.3.6.1.5.5.7.3.1"
ANY_USAGE = "2.5.29.37.0"


class Gravity(StrEnum):
    """How far a bad field matters."""

    REFUSED = "refused"
    """Browsers, or the libraries most programs use, refuse the certificate."""
    IGNORED = "ignored"
    """The field is passed over, and what it was for does not work."""
    STRICT = "strict"
    """Only programs that hold a certificate to the letter of RFC 5280 refuse it (Python 3.13's default, for one)."""


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One field of a certificate that is not as it must be."""

    field: str
    detail: str
    gravity: Gravity


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """A certificate as far as it can be read; what cannot be read is None or empty and among `faults`."""

    der: bytes
    raw: x509.Certificate
    sha256: str
    serial: int
    subject_name: x509.Name
    issuer_name: x509.Name
    subject_key: NameKey
    issuer_key: NameKey
    not_before: datetime
    not_after: datetime
    key: CertificatePublicKeyTypes | None
    key_name: str
    named_curve: bool
    signature: str
    signature_hash: str | None
    dns_names: tuple[str, ...]
    ip_addresses: tuple[IPv4Address | IPv6Address, ...]
    directory_names: tuple[x509.Name, ...]
    other_names: bool
    is_ca: bool
    path_length: int | None
    key_usage: x509.KeyUsage | None
    extended_key_usage: frozenset[str] | None
    subject_key_identifier: bytes | None
    authority_key_identifier: bytes | None
    above_issuer: NameKey | None  # who issued the issuer, where the certificate says so (RFC 5280 §4.2.1.1)
    name_constraints: x509.NameConstraints | None
    issuer_urls: tuple[str, ...]
    ocsp_urls: tuple[str, ...]
    crl_urls: tuple[str, ...]
    must_staple: bool
    faults: tuple[FieldFault, ...]

    @property
    def subject(self) -> str:
        """The subject in words."""
        return name_text(self.subject_name)

    @property
    def issuer(self) -> str:
        """The issuer in words."""
        return name_text(self.issuer_name)

    @property
    def common_name(self) -> str | None:
        """The subject's common name, the last where there are several."""
        return common_name(self.subject_name)

    @property
    def self_issued(self) -> bool:
        """Whether subject and issuer are the same name (RFC 5280 §3.2)."""
        return self.subject_key == self.issuer_key

    @property
    def may_sign_certificates(self) -> bool:
        """Whether the key usage, where there is one, lets the key sign certificates (RFC 5280 §4.2.1.3)."""
        return self.key_usage is None or self.key_usage.key_cert_sign


def name_text(name: x509.Name) -> str:
    """A distinguished name as RFC 4514 writes it, `CN=…,O=…,C=…`.

    That is from its last part to its first. Names that are made the wrong way round, with the common name first, are
    turned, so that people find it in one place.
    """
    parts = name.rdns
    turned = len(parts) > 1 and _is_common_name(parts[0]) and not _is_common_name(parts[-1])
    return (x509.Name(reversed(parts)) if turned else name).rfc4514_string()


def _is_common_name(part: x509.RelativeDistinguishedName) -> bool:
    return any(attribute.oid == NameOID.COMMON_NAME for attribute in part)


def common_name(name: x509.Name) -> str | None:
    """The common name in a name, the last where there are several."""
    names = [value.value for value in name.get_attributes_for_oid(NameOID.COMMON_NAME)]
    return names[-1] if names and isinstance(names[-1], str) else None


def name_key(name: x509.Name) -> NameKey:
    """What two names are compared by: letter case and runs of spaces do not count (RFC 5280 §7.1)."""
    return tuple(
        tuple(sorted((part.oid.dotted_string, _folded(part.value)) for part in relative)) for relative in name.rdns
    )


def _folded(value: str | bytes) -> str:
    return " ".join(value.split()).lower() if isinstance(value, str) else value.hex()


@lru_cache(maxsize=128)  # of a host it is wanted twice, and many hosts are looked at side by side
def summarise(leaf: Certificate, *, sent: tuple[Certificate, ...]) -> CertificateSummary:
    """The summary of a leaf; `chain` holds the subjects of all that was sent, the leaf's first."""
    return CertificateSummary(
        subject=leaf.subject,
        issuer=leaf.issuer,
        dns_names=leaf.dns_names,
        ip_addresses=tuple(str(address) for address in leaf.ip_addresses),
        not_before=leaf.not_before,
        not_after=leaf.not_after,
        sha256=leaf.sha256,
        serial=f"{leaf.serial:x}",
        key=leaf.key_name,
        signature=leaf.signature,
        must_staple=leaf.must_staple,
        issuer_urls=leaf.issuer_urls,
        ocsp_urls=leaf.ocsp_urls,
        crl_urls=leaf.crl_urls,
        chain=tuple(certificate.subject for certificate in sent),
    )
