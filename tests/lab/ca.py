"""The lab's certificate authority: its certificates of every kind, and what it serves over HTTP."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.ocsp import OCSPRequestBuilder
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.lab.certificates import DAY, Key, Made, SignatureHash, key, make
from tests.lab.http import Request, Response
from tests.lab.revocation import RevocationAnswer, ocsp_response, revocation_list
from tests.lab.tls import Identity

COMMON_NAME_CHARACTERS = 64  # RFC 5280, appendix A.1, ub-common-name

SERVER_AUTH = ExtendedKeyUsageOID.SERVER_AUTH
CLIENT_AUTH = ExtendedKeyUsageOID.CLIENT_AUTH


def new_key() -> ec.EllipticCurvePrivateKey:
    """A key of P-256: made in no time."""
    return ec.generate_private_key(ec.SECP256R1())


def rsa_key() -> rsa.RSAPrivateKey:
    """A key of RSA with 2048 bits: the same each time, for making one takes long."""
    made = key("RSA-2048")
    assert isinstance(made, rsa.RSAPrivateKey)
    return made


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate that signs others, and what a server sends to lead from it to a root, itself first."""

    made: Made
    chain: tuple[x509.Certificate, ...] = ()


@dataclass(frozen=True, slots=True)
class Issued:
    """A server's certificate and the chain that belongs behind it."""

    made: Made
    chain: tuple[x509.Certificate, ...] = ()

    def identity(self, *chain: x509.Certificate) -> Identity:
        """What a server presents that sends exactly this chain behind the certificate, none included."""
        return Identity(b"".join(_pem(each) for each in (self.made.certificate, *chain)), _key_pem(self.made.key))

    @property
    def healthy(self) -> Identity:
        """What a server presents that sends the chain that belongs there."""
        return self.identity(*self.chain)


@dataclass(slots=True)
class LabCa:
    """A root that nobody trusts until it is given as `--ca-file`, and an intermediate that issues for it.

    `base_url` is where the lab serves `respond`.
    """

    now: datetime
    base_url: str = ""
    name: str = "Lab"
    requests: list[Request] = field(default_factory=list)
    serials: list[int] = field(default_factory=list)
    root: Authority = field(init=False)
    intermediate: Authority = field(init=False)

    def __post_init__(self) -> None:
        self.root = self.authority(f"{self.name} Root", issuer=None)
        self.intermediate = self.authority(f"{self.name} Intermediate", issuer=self.root)

    def authority(
        self,
        name: str,
        *,
        issuer: Authority | None,
        own_key: Key | None = None,
        begins: timedelta = -3650 * DAY,
        ends: timedelta = 3650 * DAY,
        is_ca: bool = True,
        path_length: int | None = None,
        permitted: Sequence[str] = (),
    ) -> Authority:
        """A further authority; without an issuer a root. `permitted` are DNS names it may issue for."""
        made = make(
            name,
            issuer=issuer.made if issuer else None,
            own_key=own_key or new_key(),
            begins=self.now + begins,
            ends=self.now + ends,
            is_ca=is_ca,
            signs_certificates=is_ca,
            path_length=path_length,
            usages=None,
            permitted=[x509.DNSName(each) for each in permitted],
        )
        return Authority(made, (made.certificate, *issuer.chain) if issuer else ())

    def issue(
        self,
        *names: str,
        issuer: Authority | None = None,
        own_key: Key | None = None,
        signing_key: Key | None = None,
        begins: timedelta = -30 * DAY,
        ends: timedelta = 90 * DAY,
        common_name: str | None = None,
        usages: Sequence[x509.ObjectIdentifier] | None = (SERVER_AUTH,),
        algorithm: SignatureHash | None = None,
        must_staple: bool = False,
        issuer_path: str | None = None,
        ocsp: RevocationAnswer | None = None,
        crl: RevocationAnswer | None = None,
        extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
    ) -> Issued:
        """A server's certificate for the names (addresses too; with none it has only the common name).

        It names where its issuer can be had (`issuer_path` is `/issuer`, or another path for a 404), and an OCSP
        responder and a revocation list that give these answers.
        """
        issuer = issuer or self.intermediate
        addresses = [name for name in names if _is_address(name)]
        made = make(
            (common_name or (names[0] if names else "lab"))[:COMMON_NAME_CHARACTERS],
            issuer=issuer.made,
            own_key=own_key or new_key(),
            signing_key=signing_key,
            dns_names=[name for name in names if name not in addresses],
            ip_addresses=addresses,
            begins=self.now + begins,
            ends=self.now + ends,
            usages=usages,
            algorithm=algorithm,
            must_staple=must_staple,
            issuer_urls=[self.base_url + issuer_path] if issuer_path else (),
            ocsp_urls=[f"{self.base_url}/ocsp/{ocsp}"] if ocsp else (),
            crl_urls=[f"{self.base_url}/crl/{crl}"] if crl else (),
            extensions=extensions,
        )
        self.serials.append(made.certificate.serial_number)
        return Issued(made, issuer.chain)

    def leaf(self, *names: str) -> Identity:
        """What a healthy server for these names presents."""
        return self.issue(*names).healthy

    def self_signed(self, *names: str) -> Identity:
        """What a server presents that made its certificate itself."""
        begins, ends = self.now - 30 * DAY, self.now + 90 * DAY
        return Issued(make(names[0], own_key=new_key(), dns_names=names, begins=begins, ends=ends)).healthy

    def respond(self, request: Request) -> Response:
        """What the authority serves over HTTP: `/issuer`, `/crl/ANSWER`, `/ocsp/ANSWER`."""
        self.requests.append(request)
        kind, _, rest = request.path.removeprefix("/").partition("/")
        if kind == "issuer":
            return Response(200, (("Content-Type", "application/pkix-cert"),), self.intermediate.made.der)
        if kind == "crl":
            answer = RevocationAnswer(rest)
            body = revocation_list(answer, serials=self.serials, issuer=self.intermediate.made, now=self.now)
            return Response(200, (("Content-Type", "application/pkix-crl"),), body)
        if kind == "ocsp":
            word, _, encoded = rest.partition("/")
            # POST, or GET with the request in the path (RFC 6960, appendix A.1).
            asked = request.body or base64.b64decode(unquote(encoded))
            body = self._ocsp(asked, RevocationAnswer(word))
            return Response(200, (("Content-Type", "application/ocsp-response"),), body)
        return Response(404)

    def staple(self, issued: Issued, answer: RevocationAnswer) -> bytes:
        """An OCSP response to staple."""
        issuer = self.intermediate.made.certificate
        asked = OCSPRequestBuilder().add_certificate(issued.made.certificate, issuer, hashes.SHA1()).build()
        return self._ocsp(asked.public_bytes(serialization.Encoding.DER), answer)

    def _ocsp(self, asked: bytes, answer: RevocationAnswer) -> bytes:
        signer = self.intermediate.made
        if answer in (RevocationAnswer.DELEGATED, RevocationAnswer.DELEGATED_REVOKED):
            signer = self.issue("ocsp.lab.example", usages=(ExtendedKeyUsageOID.OCSP_SIGNING,)).made
        elif answer is RevocationAnswer.WRONG_USAGE:
            signer = self.issue("ocsp.lab.example").made
        elif answer is RevocationAnswer.WRONG_SIGNER:
            stranger = self.authority("Stranger Root", issuer=None)
            signer = self.authority(f"{self.name} Intermediate", issuer=stranger).made
        return ocsp_response(asked, answer=answer, signer=signer, now=self.now)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
