"""What a certificate file holds, in whatever form it was mailed; what was given by mistake is recognised and named."""

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum

from cryptography.hazmat.primitives.serialization import Encoding, pkcs7, pkcs12

from diagnostics import der
from diagnostics.certificate_facts import Certificate, FieldFault
from diagnostics.certificate_reader import quiet, read
from diagnostics.keys import (
    KeyFault,
    KeyForm,
    Locked,
    PrivateKey,
    asks_too_much,
    described,
    form_of,
    is_panic,
    octets,
    read_key,
)
from diagnostics.pem import Block, Oddity, read_pem
from diagnostics.strangers import Stranger, document, in_der, stranger_in, under_label
from diagnostics.words import count

# A chain takes 10 kB, the list of all public roots 200 kB; what is larger is something else.
MAX_BYTES = 1024 * 1024


class Form(StrEnum):
    """How a file is written, by the name that people know."""

    PEM = "PEM"
    DER = "DER"
    PKCS7 = "PKCS #7 (P7B)"
    PKCS12 = "PKCS #12 (PFX)"


@dataclass(frozen=True, slots=True)
class Fault:
    """One part of a file that should be readable and is not: what it is and why, in words."""

    part: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileContents:
    """What one file holds, in its order; private keys only by their public half.

    `old_protection` is whether a PKCS #12 file is protected the old way, which OpenSSL 3 opens only when told to.
    `curve_parameters` is whether OpenSSL's EC PARAMETERS block stands beside a key.
    """

    name: str
    form: Form | None = None
    certificates: tuple[Certificate, ...] = ()
    keys: tuple[PrivateKey, ...] = ()
    strangers: tuple[Stranger, ...] = ()
    faults: tuple[Fault, ...] = ()
    oddities: frozenset[Oddity] = field(default_factory=frozenset)
    locked: Locked | None = None
    old_protection: bool = False
    curve_parameters: bool = False

    @property
    def useful(self) -> bool:
        """Whether there is a certificate or a key in it."""
        return bool(self.certificates or self.keys or self.locked)


def read_file(data: bytes, *, name: str, password: str | None = None) -> FileContents:
    """What these bytes of a file of this name hold.

    Without a password, one that needs it comes back `locked`. Nothing here is an exception.
    """
    if not data.strip(b" \t\r\n\xef\xbb\xbf"):
        return FileContents(name=name, strangers=(Stranger.EMPTY,))
    if not data.strip(b"\0"):
        detail = f"is nothing but {count(len(data), 'zero byte')}, so its content was lost when it was copied or saved"
        return FileContents(name=name, faults=(Fault("the file", detail),))
    if len(data) > MAX_BYTES:
        return FileContents(name=name, strangers=(Stranger.TOO_LARGE,))
    with quiet():
        found = _read_der(data, name, password) if data[0] == der.SEQUENCE else None
        found = found or _read_pem(data, name, password)
    return found or FileContents(name=name, strangers=(stranger_in(data),))


def _read_der(data: bytes, name: str, password: str | None) -> FileContents | None:
    """A binary file; None where it only happens to begin with the octet that DER begins with."""
    try:
        first = next(der.elements(data))
        inside = list(der.elements(first.content))
    except (ValueError, StopIteration):
        return _truncated(data, name)
    tags = [each.tag for each in inside]
    if not tags:
        return None
    if tags[:2] == [0x02, der.SEQUENCE] and inside[0].content == b"\x03":  # PFX version 3 (RFC 7292 §4)
        return _read_pkcs12(data, name, password)
    if tags[0] == 0x06:  # ContentInfo (RFC 5652 §3)
        certificates = _pkcs7(first.whole)
        return FileContents(name=name, form=Form.PKCS7, certificates=certificates) if certificates else None
    if form_of(first.whole) is not None:
        return _with_key(FileContents(name=name, form=Form.DER), read_key(first.whole, password=password))
    if stranger := in_der(first.whole):
        return FileContents(name=name, form=Form.DER, strangers=(stranger,))
    if tags == [der.SEQUENCE, der.SEQUENCE, 0x03]:
        return _der_certificates(data, name)
    return None


def _truncated(data: bytes, name: str) -> FileContents | None:
    """DER whose announced length is more than there is, if the beginning looks like a certificate's."""
    if not re.match(rb"\x30\x82..\x30\x82", data, re.DOTALL):
        return None
    wanted = int.from_bytes(data[2:4], "big") + 4
    detail = f"is cut short: {len(data)} of {wanted} bytes are there" if wanted > len(data) else "is damaged"
    return FileContents(name=name, form=Form.DER, faults=(Fault("the certificate", detail),))


def _der_certificates(data: bytes, name: str) -> FileContents:
    """One certificate, or several one behind the other."""
    certificates, faults = [], []
    try:
        parts = [each.whole for each in der.elements(data)]
    except ValueError:
        parts = [next(der.elements(data)).whole]
        faults.append(Fault("the end of the file", "is no certificate"))
    for part in parts:
        found = read(part)
        if isinstance(found, Certificate):
            certificates.append(found)
        else:
            faults.append(_unreadable(found, "the certificate"))
    return FileContents(name=name, form=Form.DER, certificates=tuple(certificates), faults=tuple(faults))


def _unreadable(fault: FieldFault, part: str) -> Fault:
    field_name = "" if fault.field == "certificate" else f" at its {fault.field.replace('_', ' ')}"
    return Fault(part, f"cannot be read{field_name} ({fault.detail[:160]})")


def _pkcs7(data: bytes, *, pem: bool = False) -> tuple[Certificate, ...]:
    load = pkcs7.load_pem_pkcs7_certificates if pem else pkcs7.load_der_pkcs7_certificates
    try:
        loaded = [each.public_bytes(Encoding.DER) for each in load(data)]
    except Exception:  # whatever a parser raises for bytes from outside: then there is no certificate in it
        return ()
    return tuple(found for found in map(read, loaded) if isinstance(found, Certificate))


# Of PKCS #12's protections, these are not in OpenSSL 3's default provider: RC2 with 40 and 128 bits, RC4 (RFC 7292 §C).
_OLD_PROTECTIONS = tuple(bytes.fromhex("060a2a864886f70d010c01") + bytes((last,)) for last in (1, 2, 5, 6))


def _read_pkcs12(data: bytes, name: str, password: str | None) -> FileContents:
    found = FileContents(
        name=name, form=Form.PKCS12, old_protection=any(algorithm in data for algorithm in _OLD_PROTECTIONS)
    )
    if asks_too_much(data):
        return replace(found, locked=Locked.TOO_SLOW)
    if password is not None and "\0" in password:  # no program makes such a one, and the loader panics
        return replace(found, locked=Locked.WRONG_PASSWORD)
    for given in (octets(password),) if password is not None else (None, b""):
        try:
            store = pkcs12.load_pkcs12(data, given)
        except Exception:  # noqa: S112 (a wrong password and damaged content look the same)
            continue
        except BaseException as error:
            if not is_panic(error):
                raise
            return _with_fault(found, "the file", "makes the program that reads such files fail")
        loaded = [each.certificate for each in (store.cert, *store.additional_certs) if each is not None]
        read_each = [read(each.public_bytes(Encoding.DER)) for each in loaded]
        key = store.key
        return replace(
            found,
            certificates=tuple(each for each in read_each if isinstance(each, Certificate)),
            faults=tuple(_unreadable(each, "a certificate") for each in read_each if isinstance(each, FieldFault)),
            keys=() if key is None else (described(key, form=KeyForm.PKCS12, encrypted=bool(given)),),
        )
    return replace(found, locked=Locked.NEEDS_PASSWORD if password is None else Locked.WRONG_PASSWORD)


_CERTIFICATES = frozenset(("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"))
_KEYS = frozenset(("PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY"))


def _read_pem(data: bytes, name: str, password: str | None) -> FileContents | None:
    pem = read_pem(data)
    if pem is None:
        return None
    found = FileContents(name=name, form=Form.PEM, oddities=pem.oddities)
    for number, block in enumerate(pem.blocks, start=1):
        found = _with_block(found, block, number, name, password)
    if Oddity.TEXT_AROUND in pem.oddities and (around := document(data)):
        found = replace(found, strangers=tuple(dict.fromkeys((*found.strangers, around))))
    return found


def _with_block(found: FileContents, block: Block, number: int, name: str, password: str | None) -> FileContents:
    label = block.label
    if block.fault is not None:
        return _with_fault(found, f"block {number} ({label or 'base64'}, line {block.line})", block.fault)
    if label in _CERTIFICATES:
        first = _first_element(block.data) if label == "TRUSTED CERTIFICATE" else block.data
        certificate = read(first)
        if isinstance(certificate, Certificate):
            return replace(found, certificates=(*found.certificates, certificate))
    if label in _KEYS:
        key = read_key(block.data, label=label, headers=block.headers, password=password)
        return _with_key(found, key)
    if label in ("PKCS7", "CMS"):
        return replace(found, certificates=(*found.certificates, *_pkcs7(block.data)))
    stranger = under_label(label)
    if stranger is not None:
        return replace(found, strangers=tuple(dict.fromkeys((*found.strangers, stranger))))
    if label == "EC PARAMETERS":
        return replace(found, curve_parameters=True)
    if label == "DH PARAMETERS":
        return found
    # Under a label that is missing or wrong, what is in it counts.
    inside = _read_der(block.data, name, password) if block.data[0] == der.SEQUENCE else None
    if inside is None or not (inside.certificates or inside.keys or inside.strangers or inside.locked):
        part = f"block {number} ({label or 'base64'}, line {block.line})"
        detail = inside.faults[0].detail if inside and inside.faults else "is no certificate and no key"
        return _with_fault(found, part, detail)
    return replace(
        found,
        certificates=(*found.certificates, *inside.certificates),
        keys=(*found.keys, *inside.keys),
        strangers=tuple(dict.fromkeys((*found.strangers, *inside.strangers))),
        locked=found.locked or inside.locked,
    )


def _with_fault(found: FileContents, part: str, detail: str) -> FileContents:
    return replace(found, faults=(*found.faults, Fault(part, detail)))


def _with_key(found: FileContents, key: PrivateKey | KeyFault | Locked) -> FileContents:
    match key:
        case PrivateKey():
            return replace(found, keys=(*found.keys, key))
        case KeyFault():
            return _with_fault(found, "the private key", key.detail.removeprefix("holds a private key that "))
        case Locked():
            return replace(found, locked=key)


def _first_element(data: bytes) -> bytes:
    try:
        return next(der.elements(data)).whole
    except (ValueError, StopIteration):
        return data
