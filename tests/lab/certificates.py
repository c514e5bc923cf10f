"""Certificates with any fault, made for the purpose: roots, intermediates and leaves that tests take apart."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

# The moment at which everything here is valid, and a healthy leaf has 60 days left.
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | dsa.DSAPrivateKey
SignatureHash = hashes.SHA1 | hashes.SHA224 | hashes.SHA256 | hashes.SHA384 | hashes.SHA512 | hashes.MD5

_MAKERS: dict[str, Callable[[], Key]] = {
    "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "P-521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "P-192": lambda: ec.generate_private_key(ec.SECP192R1()),
    "secp256k1": lambda: ec.generate_private_key(ec.SECP256K1()),
    "RSA-1024": lambda: rsa.generate_private_key(65537, 1024),
    "RSA-2048": lambda: rsa.generate_private_key(65537, 2048),
    "Ed25519": ed25519.Ed25519PrivateKey.generate,
    "DSA-2048": lambda: dsa.generate_private_key(2048),
}


@cache
def key(kind: str = "P-256", number: int = 0) -> Key:
    """The key of this kind and number: the same each time, for making one takes up to a second."""
    return _MAKERS[kind]()


@dataclass(frozen=True, slots=True)
class Made:
    """A certificate and the key that belongs to it."""

    certificate: x509.Certificate
    key: Key

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


def name(common_name: str | None, *, organisation: str | None = None) -> x509.Name:
    """A distinguished name, empty where both parts are None."""
    parts = ((NameOID.ORGANIZATION_NAME, organisation), (NameOID.COMMON_NAME, common_name))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts if value is not None])


def make(
    common_name: str | None,
    *,
    issuer: Made | None = None,
    own_key: Key | None = None,
    signing_key: Key | None = None,
    dns_names: Sequence[str] = (),
    ip_addresses: Sequence[str] = (),
    begins: datetime = NOW - 30 * DAY,
    ends: datetime = NOW + 60 * DAY,
    is_ca: bool | None = False,
    path_length: int | None = None,
    signs_certificates: bool = False,
    usages: Sequence[x509.ObjectIdentifier] | None = (ExtendedKeyUsageOID.SERVER_AUTH,),
    permitted: Sequence[x509.GeneralName] = (),
    excluded: Sequence[x509.GeneralName] = (),
    issuer_urls: Sequence[str] = (),
    ocsp_urls: Sequence[str] = (),
    crl_urls: Sequence[str] = (),
    must_staple: bool = False,
    algorithm: SignatureHash | None = None,
    serial: int | None = None,
    key_identifiers: bool = True,
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> Made:
    """A certificate, signed by its issuer or, without one, by itself.

    `is_ca=None` leaves the basic constraints out, `usages=None` the extended key usage; `signing_key` makes a
    signature that is not the issuer's; `extensions` come with whether they are critical.
    """
    own_key = own_key or key()
    subject, from_key = name(common_name), issuer.key if issuer else own_key
    signer = signing_key or from_key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(own_key.public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )
    wanted: list[tuple[x509.ExtensionType, bool]] = list(extensions)
    if is_ca is not None:
        wanted.append((x509.BasicConstraints(is_ca, path_length), True))
    wanted.append((_key_usage(signs_certificates=signs_certificates), True))
    if usages is not None:
        wanted.append((x509.ExtendedKeyUsage(usages), False))
    if dns_names or ip_addresses:
        names: list[x509.GeneralName] = [x509.DNSName(each) for each in dns_names]
        names += [x509.IPAddress(ip_address(each)) for each in ip_addresses]
        wanted.append((x509.SubjectAlternativeName(names), common_name is None))
    if permitted or excluded:
        wanted.append((x509.NameConstraints(permitted or None, excluded or None), True))
    if access := _access(issuer_urls, ocsp_urls):
        wanted.append((x509.AuthorityInformationAccess(access), False))
    if crl_urls:
        points = [x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None) for url in crl_urls]
        wanted.append((x509.CRLDistributionPoints(points), False))
    if must_staple:
        wanted.append((x509.TLSFeature([x509.TLSFeatureType.status_request]), False))
    if key_identifiers:
        wanted.append((x509.SubjectKeyIdentifier.from_public_key(own_key.public_key()), False))
        wanted.append((x509.AuthorityKeyIdentifier.from_issuer_public_key(from_key.public_key()), False))
    for extension, critical in wanted:
        builder = builder.add_extension(extension, critical=critical)
    if isinstance(signer, ed25519.Ed25519PrivateKey):
        return Made(builder.sign(signer, None), own_key)
    if isinstance(algorithm, hashes.SHA1 | hashes.MD5):
        return Made(_signed_weakly(builder.sign(signer, hashes.SHA256()), signer, algorithm), own_key)
    return Made(builder.sign(signer, algorithm or hashes.SHA256()), own_key)


def root(common_name: str = "Lab Root", **options: object) -> Made:
    """A self-signed CA with ten years left; `options` are those of `make`."""
    return _authority(common_name, None, options)


def intermediate(issuer: Made, common_name: str = "Lab Intermediate", **options: object) -> Made:
    """A CA under an issuer; `options` are those of `make`."""
    return _authority(common_name, issuer, options)


def leaf(issuer: Made | None, host: str = "shop.example.com", **options: object) -> Made:
    """A healthy server's certificate for the host, signed by itself where there is no issuer."""
    settings: dict[str, object] = {"dns_names": (host,)} | options
    return make(host, issuer=issuer, **settings)  # type: ignore[arg-type]


def _signed_weakly(certificate: x509.Certificate, signer: Key, algorithm: hashes.SHA1 | hashes.MD5) -> x509.Certificate:
    """The certificate signed once more, in a way that `cryptography` no longer offers; RSA keys only."""
    if not isinstance(signer, rsa.RSAPrivateKey):
        raise TypeError("SHA-1 and MD5 are made with RSA keys here")
    ours, wanted = (
        bytes.fromhex(f"300d06092a864886f70d0101{last}0500") for last in ("0b", _LAST_OCTETS[algorithm.name])
    )
    signed = certificate.tbs_certificate_bytes.replace(ours, wanted)
    signature = b"\0" + signer.sign(signed, padding.PKCS1v15(), algorithm)
    return x509.load_der_x509_certificate(_tlv(0x30, signed + wanted + _tlv(0x03, signature)))


_LAST_OCTETS = {"md5": "04", "sha1": "05"}  # of the identifiers md5WithRSAEncryption and sha1WithRSAEncryption


def _tlv(tag: int, content: bytes) -> bytes:
    return bytes((tag, 0x82)) + len(content).to_bytes(2, "big") + content


def _authority(common_name: str, issuer: Made | None, options: dict[str, object]) -> Made:
    settings: dict[str, object] = {
        "own_key": key("P-256", 1 if issuer is None else 2),
        "is_ca": True,
        "signs_certificates": True,
        "usages": None,
        "begins": NOW - 3650 * DAY,
        "ends": NOW + 3650 * DAY,
    } | options
    return make(common_name, issuer=issuer, **settings)  # type: ignore[arg-type]


def _access(issuer_urls: Sequence[str], ocsp_urls: Sequence[str]) -> list[x509.AccessDescription]:
    oid = AuthorityInformationAccessOID
    both = [(oid.CA_ISSUERS, url) for url in issuer_urls] + [(oid.OCSP, url) for url in ocsp_urls]
    return [x509.AccessDescription(method, x509.UniformResourceIdentifier(url)) for method, url in both]


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
