"""Private keys in files: of what kind, and the other half of which public key; the private half is let go at once."""

import base64
import textwrap
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key

from diagnostics import der
from diagnostics.certificate_reader import quiet

# RSA with 16,384 bits takes 9.5 kB; checking a longer key takes minutes, and nobody has one.
_MAX_KEY_BYTES = 16 * 1024
# Programs use up to a million rounds to make a key from a password; a hostile file may ask for hours of them.
MOST_ROUNDS = 10_000_000

_INTEGER, _OCTET_STRING, _OBJECT_IDENTIFIER = 0x02, 0x04, 0x06
_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}


class KeyForm(StrEnum):
    """How a private key is written, by the standard's name."""

    PKCS1 = "PKCS #1"
    SEC1 = "SEC 1"
    PKCS8 = "PKCS #8"
    PKCS12 = "PKCS #12"
    DSA = "OpenSSL's DSA form"


class Locked(StrEnum):
    """Why a password-protected file stays closed."""

    NEEDS_PASSWORD = "is protected with a password"  # noqa: S105 (words about one)
    WRONG_PASSWORD = "is protected with another password than the one given"  # noqa: S105
    TOO_SLOW = "asks for more work to open it than any honest file does"


@dataclass(frozen=True, slots=True)
class KeyFault:
    """Why a private key cannot be read, in words that follow the file's name."""

    detail: str


@dataclass(frozen=True, slots=True, eq=False)
class PrivateKey:
    """What is known of a private key: its form, its kind, whether a password protects it, its public half."""

    form: KeyForm
    name: str
    encrypted: bool
    public: PublicKeyTypes = field(repr=False)

    @property
    def kind(self) -> str:
        """RSA, EC, DSA, Ed25519 …"""
        return self.name.partition(" ")[0]

    def belongs_to(self, public: object) -> bool:
        """Whether it is the other half of this public key."""
        return type(public) is type(self.public) and public == self.public


def read_key(
    data: bytes, *, label: str = "", headers: tuple[str, ...] = (), password: str | None = None
) -> PrivateKey | KeyFault | Locked:
    """The private key in DER bytes, PKCS #1, SEC 1 or PKCS #8, which a password may protect.

    `label` and `headers` are those of the PEM block: OpenSSL's old form of protection needs them (RFC 1421 §4.6.1.1).
    """
    old = any(header.startswith("DEK-Info:") for header in headers)
    text = _pem(data, label, headers) if old else None
    form = KeyForm.PKCS1 if old else form_of(data)
    if form is None or len(data) > _MAX_KEY_BYTES:
        return _DAMAGED
    encrypted = old or _is_protected(data)
    if encrypted and asks_too_much(data):
        return Locked.TOO_SLOW
    for given in (password,) if password is not None else (None, ""):
        found = _load(text or data, given if encrypted else None, form=form, encrypted=encrypted)
        if isinstance(found, (PrivateKey, KeyFault)):
            return found
    return Locked.NEEDS_PASSWORD if password is None else Locked.WRONG_PASSWORD


def _load(data: bytes, password: str | None, *, form: KeyForm, encrypted: bool) -> PrivateKey | KeyFault | None:
    """The key, why it is none, or None where the password does not fit."""
    secret = None if password is None else octets(password)
    old = data.startswith(b"-----BEGIN ")
    load = load_pem_private_key if old else load_der_private_key
    try:
        with quiet():
            loaded = load(data, secret)
    except TypeError:  # a password is needed
        return None
    except UnsupportedAlgorithm:
        return KeyFault("holds a private key of a kind, or protected in a way, that is not known here")
    except ValueError as error:
        if "unknown cipher" in str(error).lower():
            return KeyFault("holds a private key that is protected in a way that is not known here")
        # A wrong password turns the key into rubbish, which is not always recognised as such.
        return None if encrypted else _DAMAGED
    except Exception:  # whatever a parser raises for bytes from outside
        return _DAMAGED
    except BaseException as error:
        if not is_panic(error):
            raise
        return _DAMAGED
    return described(loaded, form=_old_form(loaded) if old else form, encrypted=encrypted)


def octets(password: str) -> bytes:
    """A password as its file has it; one from the environment may hold octets that are no UTF-8."""
    return password.encode("utf-8", "surrogateescape")


def is_panic(error: BaseException) -> bool:
    """Whether the Rust half of `cryptography` has failed: that is no Exception, and its class cannot be imported."""
    return type(error).__name__ == "PanicException"


_DAMAGED = KeyFault("holds a private key that is damaged")


def _old_form(loaded: PrivateKeyTypes) -> KeyForm:
    if isinstance(loaded, rsa.RSAPrivateKey):
        return KeyForm.PKCS1
    return KeyForm.SEC1 if isinstance(loaded, ec.EllipticCurvePrivateKey) else KeyForm.DSA


def described(loaded: PrivateKeyTypes, *, form: KeyForm, encrypted: bool) -> PrivateKey:
    """What is kept of a loaded key."""
    public = loaded.public_key()
    return PrivateKey(form, _name(public), encrypted, public)


def _name(public: PublicKeyTypes) -> str:
    if isinstance(public, rsa.RSAPublicKey):
        return f"RSA {public.key_size}"
    if isinstance(public, ec.EllipticCurvePublicKey):
        return f"EC {_CURVES.get(public.curve.name, public.curve.name)}"
    if isinstance(public, dsa.DSAPublicKey):
        return f"DSA {public.key_size}"
    return type(public).__name__.removesuffix("PublicKey")


def form_of(data: bytes) -> KeyForm | None:
    """The form of the private key in DER bytes, by its first fields; None where it is no private key."""
    fields = _fields(data)
    tags = [each.tag for each in fields]
    if tags[:3] == [_INTEGER, der.SEQUENCE, _OCTET_STRING]:
        return KeyForm.PKCS8
    if tags[:2] == [_INTEGER, _OCTET_STRING] and fields[0].content == b"\x01":
        return KeyForm.SEC1
    if len(tags) == 9 and set(tags) == {_INTEGER}:  # version, n, e, d, p, q and three more (RFC 8017 §A.1.2)
        return KeyForm.PKCS1
    if len(tags) == 6 and set(tags) == {_INTEGER}:
        return KeyForm.DSA
    return KeyForm.PKCS8 if _is_protected(data) else None


def _is_protected(data: bytes) -> bool:
    """Whether it is an EncryptedPrivateKeyInfo (RFC 5958 §3): an algorithm and octets."""
    fields = _fields(data)
    if [each.tag for each in fields] != [der.SEQUENCE, _OCTET_STRING]:
        return False
    try:
        return next(der.elements(fields[0].content)).tag == _OBJECT_IDENTIFIER
    except (ValueError, StopIteration):
        return False


def _fields(data: bytes) -> list[der.Element]:
    try:
        outer = next(der.elements(data), None)
        return list(der.elements(outer.content))[:12] if outer and outer.tag == der.SEQUENCE else []
    except ValueError:
        return []


def asks_too_much(data: bytes, *, depth: int = 0) -> bool:
    """Whether DER bytes hold a salt followed by a count of rounds beyond reason (RFC 8018 §A.2, RFC 7292 §4)."""
    try:
        found = list(der.elements(data))
    except ValueError:
        return False  # octets that hold no DER
    for salt, count in pairwise(found):
        rounds = int.from_bytes(count.content[:32], "big")
        if salt.tag == _OCTET_STRING and count.tag == _INTEGER and rounds > MOST_ROUNDS:
            return True
    # SEQUENCE, SET, [0] and octets may hold more; 20 levels are more than any file has.
    nested = (each.content for each in found if each.tag in (der.SEQUENCE, 0x31, 0xA0, _OCTET_STRING))
    return depth < 20 and any(asks_too_much(content, depth=depth + 1) for content in nested)


def _pem(data: bytes, label: str, headers: tuple[str, ...]) -> bytes:
    body = "\n".join(textwrap.wrap(base64.b64encode(data).decode("ascii"), 64))
    lines = (f"-----BEGIN {label}-----", *headers, "", body, f"-----END {label}-----", "")
    return "\n".join(lines).encode()
