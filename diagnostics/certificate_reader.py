"""Reads a certificate field by field, so that a bad field is a fact and not an exception."""

import hashlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import AuthorityInformationAccessOID

from diagnostics import der
from diagnostics.certificate_facts import Certificate, FieldFault, Gravity, NameKey, name_key

_T = TypeVar("_T")

# Certificates kept as read: of many hosts the same few intermediates and roots. The bytes say it all, so that nothing
# kept can be out of date; one has 100 kB at most, and some 2 as a rule.
_KEPT = 128

# Field names for evidence, by extension. A bad one among the harmless is no reason for browsers to refuse.
_EXTENSION_FIELDS = {
    "2.5.29.14": "subject_key_identifier",
    "2.5.29.15": "key_usage",
    "2.5.29.17": "subject_alternative_name",
    "2.5.29.19": "basic_constraints",
    "2.5.29.30": "name_constraints",
    "2.5.29.31": "crl_distribution_points",
    "2.5.29.32": "certificate_policies",
    "2.5.29.35": "authority_key_identifier",
    "2.5.29.36": "policy_constraints",
    "2.5.29.37": "extended_key_usage",
    "1.3.6.1.5.5.7.1.1": "authority_information_access",
    "1.3.6.1.5.5.7.1.24": "tls_feature",
    "1.3.6.1.4.1.11129.2.4.2": "certificate_timestamps",
    "1.3.6.1.4.1.11129.2.4.3": "precertificate_poison",
}
_NEVER_CRITICAL = ("subject_key_identifier", "authority_key_identifier", "authority_information_access")
_HARMLESS_FIELDS = frozenset(
    ("authority_information_access", "crl_distribution_points", "certificate_policies", "certificate_timestamps")
)
_ADDRESSES = (IPv4Address, IPv6Address)
# More extensions than any certificate needs; a hostile one is not taken apart any further.
_MAX_EXTENSIONS = 64

_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521", "secp192r1": "P-192", "secp224r1": "P-224"}
# The names that OpenSSL prints, by algorithm (RFC 8017, RFC 5758, RFC 8410).
_SIGNATURES = {
    "1.2.840.113549.1.1.2": "md2WithRSAEncryption",
    "1.2.840.113549.1.1.4": "md5WithRSAEncryption",
    "1.2.840.113549.1.1.5": "sha1WithRSAEncryption",
    "1.3.14.3.2.29": "sha1WithRSA",
    "1.2.840.113549.1.1.10": "rsassaPss",
    "1.2.840.113549.1.1.11": "sha256WithRSAEncryption",
    "1.2.840.113549.1.1.12": "sha384WithRSAEncryption",
    "1.2.840.113549.1.1.13": "sha512WithRSAEncryption",
    "1.2.840.113549.1.1.14": "sha224WithRSAEncryption",
    "1.2.840.10040.4.3": "dsa-with-SHA1",
    "2.16.840.1.101.3.4.3.1": "dsa-with-SHA224",
    "2.16.840.1.101.3.4.3.2": "dsa-with-SHA256",
    "1.2.840.10045.4.1": "ecdsa-with-SHA1",
    "1.2.840.10045.4.3.1": "ecdsa-with-SHA224",
    "1.2.840.10045.4.3.2": "ecdsa-with-SHA256",
    "1.2.840.10045.4.3.3": "ecdsa-with-SHA384",
    "1.2.840.10045.4.3.4": "ecdsa-with-SHA512",
    "1.3.101.112": "Ed25519",
    "1.3.101.113": "Ed448",
}


@contextmanager
def quiet() -> Iterator[None]:
    """Without the warnings that `cryptography` gives for odd certificates: an odd one is a finding here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@lru_cache(maxsize=_KEPT)
def read(data: bytes) -> Certificate | FieldFault:
    """The certificate in these DER bytes, or the field for which it cannot be read at all."""
    with quiet():
        return _Reader().read(data)


@lru_cache(maxsize=_KEPT)
def read_loaded(raw: x509.Certificate, *, data: bytes) -> Certificate | FieldFault:
    """The same for a certificate that is loaded already."""
    with quiet():
        return _Reader().facts(raw, data)


class _Reader:
    """Reads one certificate and gathers its faults on the way."""

    __slots__ = ("_faults",)

    def __init__(self) -> None:
        self._faults: list[FieldFault] = []

    def read(self, data: bytes) -> Certificate | FieldFault:
        raw = self._try("certificate", lambda: x509.load_der_x509_certificate(data))
        if raw is None:
            return _located(self._faults[-1])
        return self.facts(raw, data)

    def facts(self, raw: x509.Certificate, data: bytes) -> Certificate | FieldFault:
        subject = self._try("subject", lambda: raw.subject)
        issuer = self._try("issuer", lambda: raw.issuer)
        begins = self._try("validity", lambda: raw.not_valid_before_utc)
        ends = self._try("validity", lambda: raw.not_valid_after_utc)
        if subject is None or issuer is None or begins is None or ends is None:
            return self._faults[-1]
        key = self._try("public_key", raw.public_key)
        found = _Extensions(self._extensions(raw, data), self._faults)
        named_curve = self._check_algorithms(data)
        self._check_profile(subject, issuer, raw.serial_number, found)
        algorithm = raw.signature_algorithm_oid.dotted_string
        hash_algorithm = self._try("signature_algorithm", lambda: raw.signature_hash_algorithm)
        return Certificate(
            der=data,
            raw=raw,
            sha256=hashlib.sha256(data).hexdigest(),
            serial=raw.serial_number,
            subject_name=subject,
            issuer_name=issuer,
            subject_key=name_key(subject),
            issuer_key=name_key(issuer),
            not_before=begins,
            not_after=ends,
            key=key,
            key_name=_key_name(key),
            named_curve=named_curve,
            signature=_SIGNATURES.get(algorithm, algorithm),
            signature_hash=hash_algorithm.name if hash_algorithm else None,
            dns_names=found.dns_names,
            ip_addresses=found.ip_addresses,
            directory_names=found.directory_names,
            other_names=found.other_names,
            is_ca=found.is_ca,
            path_length=found.path_length,
            key_usage=found.key_usage,
            extended_key_usage=found.extended_key_usage,
            subject_key_identifier=found.subject_key_identifier,
            authority_key_identifier=found.authority_key_identifier,
            above_issuer=found.above_issuer,
            name_constraints=found.name_constraints,
            issuer_urls=found.issuer_urls,
            ocsp_urls=found.ocsp_urls,
            crl_urls=found.crl_urls,
            must_staple=found.must_staple,
            faults=tuple(self._faults),
        )

    def _try(self, field: str, get: Callable[[], _T]) -> _T | None:
        # Whatever a parser raises for bytes from outside is a bad field: ValueError for most, UnsupportedAlgorithm,
        # TypeError and OverflowError for some.
        try:
            return get()
        except Exception as error:
            self._faults.append(FieldFault(field, str(error)[:300], Gravity.REFUSED))
            return None

    def _extensions(self, raw: x509.Certificate, data: bytes) -> Sequence[x509.Extension[x509.ExtensionType]]:
        try:
            return tuple(raw.extensions)
        except Exception:
            # One bad extension fails all of them: take them one by one, and keep those that can be read.
            try:
                each = der.extensions(data)[:_MAX_EXTENSIONS]
            except ValueError as error:
                self._faults.append(FieldFault("extensions", str(error), Gravity.REFUSED))
                return ()
        readable: list[x509.Extension[x509.ExtensionType]] = []
        seen: set[str] = set()
        for extension in each:
            field = _EXTENSION_FIELDS.get(extension.oid, f"extension {extension.oid}")
            if extension.oid in seen:
                self._faults.append(FieldFault(field, "appears twice", Gravity.REFUSED))
                continue
            seen.add(extension.oid)
            alone = der.with_extensions(data, kept=(extension,))
            try:
                readable.extend(x509.load_der_x509_certificate(alone).extensions)
            except Exception as error:
                gravity = Gravity.IGNORED if field in _HARMLESS_FIELDS else Gravity.REFUSED
                self._faults.append(FieldFault(field, str(error)[:300], gravity))
        return readable

    def _check_algorithms(self, data: bytes) -> bool:
        """Whether the key's curve, if it has one, is named and not spelled out."""
        try:
            inner, outer, parameters = der.algorithms(data)
        except ValueError as error:
            self._faults.append(FieldFault("signature_algorithm", str(error), Gravity.REFUSED))
            return True
        if inner != outer:
            # RFC 5280 §4.1.1.2: both must be the same, or the signed part does not say how it was signed.
            self._faults.append(
                FieldFault("signature_algorithm", "differs inside and outside the signed part", Gravity.REFUSED)
            )
        return parameters != der.SEQUENCE

    def _check_profile(self, subject: x509.Name, issuer: x509.Name, serial: int, found: "_Extensions") -> None:
        if serial < 0:
            # Go programs refuse it, and so will those that use Python's cryptography.
            self._faults.append(FieldFault("serial", "is negative", Gravity.REFUSED))
        elif serial == 0 or serial.bit_length() > 160:  # 20 octets
            self._faults.append(FieldFault("serial", "is not between 1 and 20 octets long", Gravity.STRICT))
        if not issuer.rdns:
            self._faults.append(FieldFault("issuer", "is empty", Gravity.REFUSED))
        if found.is_ca and not subject.rdns:
            self._faults.append(FieldFault("subject", "is empty in a CA certificate", Gravity.REFUSED))
        if not subject.rdns and found.names_not_critical:
            self._faults.append(
                FieldFault("subject_alternative_name", "is not critical though the subject is empty", Gravity.STRICT)
            )
        if found.authority_key_identifier is None and subject != issuer:
            self._faults.append(FieldFault("authority_key_identifier", "is missing", Gravity.STRICT))


class _Extensions:
    """What the extensions of one certificate say, sorted out."""

    def __init__(self, extensions: Sequence[x509.Extension[x509.ExtensionType]], faults: list[FieldFault]) -> None:
        self.dns_names: tuple[str, ...] = ()
        self.ip_addresses: tuple[IPv4Address | IPv6Address, ...] = ()
        self.directory_names: tuple[x509.Name, ...] = ()
        self.other_names = False
        self.names_not_critical = False
        self.is_ca = False
        self.path_length: int | None = None
        self.key_usage: x509.KeyUsage | None = None
        self.extended_key_usage: frozenset[str] | None = None
        self.subject_key_identifier: bytes | None = None
        self.authority_key_identifier: bytes | None = None
        self.above_issuer: NameKey | None = None
        self.name_constraints: x509.NameConstraints | None = None
        self.issuer_urls: tuple[str, ...] = ()
        self.ocsp_urls: tuple[str, ...] = ()
        self.crl_urls: tuple[str, ...] = ()
        self.must_staple = False
        for extension in extensions:
            self._take(extension, faults)

    def _take(self, extension: x509.Extension[x509.ExtensionType], faults: list[FieldFault]) -> None:
        field = _EXTENSION_FIELDS.get(extension.oid.dotted_string, f"extension {extension.oid.dotted_string}")
        if extension.critical and field in _NEVER_CRITICAL:
            faults.append(FieldFault(field, "is marked critical", Gravity.REFUSED))
        match extension.value:
            case x509.SubjectAlternativeName() as names:
                self.names_not_critical = not extension.critical
                self._take_names(names)
                if any(isinstance(name, x509.IPAddress) and not isinstance(name.value, _ADDRESSES) for name in names):
                    faults.append(FieldFault(field, "holds a network where an address belongs", Gravity.REFUSED))
            case x509.BasicConstraints() as constraints:
                self.is_ca, self.path_length = constraints.ca, constraints.path_length
                if constraints.ca and not extension.critical:
                    faults.append(FieldFault(field, "is not critical", Gravity.STRICT))
            case x509.KeyUsage() as usage:
                self.key_usage = usage
            case x509.ExtendedKeyUsage() as usages:
                self.extended_key_usage = frozenset(usage.dotted_string for usage in usages)
            case x509.SubjectKeyIdentifier() as identifier:
                self.subject_key_identifier = identifier.digest
            case x509.AuthorityKeyIdentifier() as identifier:
                self.authority_key_identifier = identifier.key_identifier
                issuers = identifier.authority_cert_issuer or ()
                above = (name.value for name in issuers if isinstance(name, x509.DirectoryName))
                self.above_issuer = next(map(name_key, above), None)
            case x509.NameConstraints() as name_constraints:
                self.name_constraints = name_constraints
            case x509.AuthorityInformationAccess() as access:
                self._take_access(access)
            case x509.CRLDistributionPoints() as points:
                self.crl_urls = tuple(
                    name.value
                    for point in points
                    for name in point.full_name or ()
                    if isinstance(name, x509.UniformResourceIdentifier)
                )
            case x509.TLSFeature() as features:
                self.must_staple = x509.TLSFeatureType.status_request in features
            case x509.PrecertPoison():
                faults.append(FieldFault(field, "this is a pre-certificate, not a certificate", Gravity.REFUSED))
            case x509.UnrecognizedExtension() if extension.critical:
                faults.append(FieldFault(field, "is unknown and marked critical", Gravity.REFUSED))

    def _take_names(self, names: x509.SubjectAlternativeName) -> None:
        dns, addresses, directory = [], [], []
        for name in names:
            match name:
                case x509.DNSName():
                    dns.append(name.value)
                case x509.IPAddress(value=IPv4Address() | IPv6Address() as address):
                    addresses.append(address)
                case x509.DirectoryName():
                    directory.append(name.value)
                case x509.OtherName():
                    self.other_names = True
                case _:  # e-mail addresses, URIs and registered identifiers name no server
                    pass
        self.dns_names, self.ip_addresses, self.directory_names = tuple(dns), tuple(addresses), tuple(directory)

    def _take_access(self, access: x509.AuthorityInformationAccess) -> None:
        urls = [
            (description.access_method, description.access_location.value)
            for description in access
            if isinstance(description.access_location, x509.UniformResourceIdentifier)
        ]
        self.issuer_urls = tuple(url for kind, url in urls if kind == AuthorityInformationAccessOID.CA_ISSUERS)
        self.ocsp_urls = tuple(url for kind, url in urls if kind == AuthorityInformationAccessOID.OCSP)


def _located(fault: FieldFault) -> FieldFault:
    """The fault with the field that the parser's text names, where it names one of the certificate's."""
    for field in ("validity", "subject", "issuer", "serial", "spki", "signature_alg", "version"):
        if f"::{field}" in fault.detail:
            known = {"spki": "public_key", "signature_alg": "signature_algorithm"}
            return FieldFault(known.get(field, field), fault.detail, fault.gravity)
    return fault


def _key_name(key: CertificatePublicKeyTypes | None) -> str:
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {_CURVES.get(key.curve.name, key.curve.name)}"
    if isinstance(key, dsa.DSAPublicKey):
        return f"DSA {key.key_size}"
    # Ed25519, Ed448, MLDSA65: the class is called after the algorithm.
    return "unknown" if key is None else type(key).__name__.removesuffix("PublicKey")
