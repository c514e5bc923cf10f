"""What is in a file: every form that people mail, and what they mail by mistake."""

import base64
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs7,
    pkcs12,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.files import MAX_BYTES, FileContents, Form, read_file
from diagnostics.keys import KeyForm, Locked
from diagnostics.pem import Oddity
from diagnostics.strangers import Stranger
from tests.lab import openssl
from tests.lab.certificates import NOW, intermediate, key, leaf, name, root

ROOT = root()
INTERMEDIATE = intermediate(ROOT)
KEY = key("RSA-2048")
LEAF = leaf(INTERMEDIATE, own_key=KEY)
CHAIN = LEAF.pem + INTERMEDIATE.pem
PASSWORD = "correct horse, battery: stäple"


def look(data: bytes, *, password: str | None = None) -> FileContents:
    return read_file(data, name="shop.pem", password=password)


def digests(found: FileContents) -> list[str]:
    return [each.sha256 for each in found.certificates]


def of(*made: object) -> list[str]:
    return [each.certificate.fingerprint(hashes.SHA256()).hex() for each in made]  # type: ignore[attr-defined]


# Forms


def test_pem_holds_certificates_in_their_order() -> None:
    found = look(CHAIN)
    assert found.form is Form.PEM
    assert digests(found) == of(LEAF, INTERMEDIATE)


def test_der_holds_a_certificate() -> None:
    found = look(LEAF.der)
    assert found.form is Form.DER
    assert digests(found) == of(LEAF)


def test_der_certificates_one_behind_the_other_are_all_read() -> None:
    assert digests(look(LEAF.der + INTERMEDIATE.der)) == of(LEAF, INTERMEDIATE)


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_pkcs7_holds_certificates(encoding: Encoding) -> None:
    data = pkcs7.serialize_certificates([LEAF.certificate, INTERMEDIATE.certificate], encoding)
    assert sorted(digests(look(data))) == sorted(of(LEAF, INTERMEDIATE))


def _pfx(folder: Path, *arguments: str, password: str = PASSWORD) -> bytes:
    (folder / "chain.pem").write_bytes(CHAIN)
    (folder / "key.pem").write_bytes(openssl.pkcs8(KEY))
    (folder / "password.txt").write_text(password + "\n", encoding="utf-8")
    return openssl.made(
        *("pkcs12", "-export", "-in", "chain.pem", "-inkey", "key.pem", "-passout", "file:password.txt", *arguments),
        folder=folder,
    )


# What openssl is told when it packs the file, and whether the result is protected in the old way.
PROTECTIONS = (
    ("AES, as OpenSSL 3 does it", (), False),
    ("RC2, as OpenSSL 1 and old Windows do it", ("-legacy",), True),
    ("3DES, as Windows Server 2016 reads it", ("-certpbe", "PBE-SHA1-3DES", "-keypbe", "PBE-SHA1-3DES"), False),
    ("without a checksum", ("-nomac",), False),
)


@pytest.mark.parametrize(("arguments", "old"), [row[1:] for row in PROTECTIONS], ids=[row[0] for row in PROTECTIONS])
def test_a_pfx_file_opens_with_its_password_and_no_other(arguments: tuple[str, ...], old: bool, tmp_path: Path) -> None:
    data = _pfx(tmp_path, *arguments)
    assert look(data).locked is Locked.NEEDS_PASSWORD
    assert look(data, password="another").locked is Locked.WRONG_PASSWORD
    found = look(data, password=PASSWORD)
    assert found.form is Form.PKCS12
    assert digests(found) == of(LEAF, INTERMEDIATE)
    assert [each.form for each in found.keys] == [KeyForm.PKCS12]
    assert found.keys[0].belongs_to(LEAF.certificate.public_key())
    assert found.old_protection == old


def test_a_pfx_file_with_an_empty_password_opens_without_one(tmp_path: Path) -> None:
    assert digests(look(_pfx(tmp_path, password=""))) == of(LEAF, INTERMEDIATE)


def test_a_pfx_file_may_hold_certificates_alone() -> None:
    data = pkcs12.serialize_key_and_certificates(
        b"x", None, None, [LEAF.certificate, INTERMEDIATE.certificate], NoEncryption()
    )
    found = look(data)
    assert sorted(digests(found)) == sorted(of(LEAF, INTERMEDIATE))
    assert found.keys == ()


def _tlv(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return bytes((tag, len(content))) + content  # of less than 128 octets


def _pfx_with(rounds: int) -> bytes:
    """The frame of a PFX file whose checksum takes this many rounds (RFC 7292 §4)."""
    contents = _tlv(0x30, bytes.fromhex("06092a864886f70d010701"), _tlv(0xA0, _tlv(0x04, _tlv(0x30))))
    algorithm = _tlv(0x30, _tlv(0x30, bytes.fromhex("06096086480165030402010500")), _tlv(0x04, bytes(32)))
    checksum = _tlv(0x30, algorithm, _tlv(0x04, bytes(8)), _tlv(0x02, rounds.to_bytes(4, "big")))
    return _tlv(0x30, _tlv(0x02, b"\x03"), contents, checksum)


def test_a_pfx_file_that_asks_for_hours_of_work_is_not_opened() -> None:
    assert look(_pfx_with(2**31 - 1), password="x").locked is Locked.TOO_SLOW
    assert look(_pfx_with(2048), password="x").locked is Locked.WRONG_PASSWORD


def test_the_trusted_form_of_openssl_is_a_certificate_with_settings_behind_it(tmp_path: Path) -> None:
    (tmp_path / "leaf.pem").write_bytes(LEAF.pem)
    data = openssl.made("x509", "-in", "leaf.pem", "-trustout", "-addtrust", "serverAuth", folder=tmp_path)
    assert b"BEGIN TRUSTED CERTIFICATE" in data
    assert digests(look(data)) == of(LEAF)


def test_what_openssl_writes_around_the_certificates_of_a_pfx_file_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "shop.pfx").write_bytes(_pfx(tmp_path))
    data = openssl.made("pkcs12", "-in", "shop.pfx", "-passin", "file:password.txt", "-noenc", folder=tmp_path)
    assert b"Bag Attributes" in data
    found = look(data)
    assert digests(found) == of(LEAF, INTERMEDIATE)
    assert [each.name for each in found.keys] == ["RSA 2048"]
    assert found.oddities == {Oddity.TEXT_AROUND}


def test_a_certificate_under_a_wrong_label_is_found_all_the_same() -> None:
    mistaken = LEAF.pem.replace(b" CERTIFICATE-", b" CERTIFICATE REQUEST X-")
    assert digests(look(mistaken)) == of(LEAF)


# Mistakes


def _request() -> x509.CertificateSigningRequest:
    return x509.CertificateSigningRequestBuilder().subject_name(name("shop.example.com")).sign(KEY, hashes.SHA256())


def _revocations() -> x509.CertificateRevocationList:
    builder = x509.CertificateRevocationListBuilder().issuer_name(name("Lab Root"))
    return builder.last_update(NOW).next_update(NOW + timedelta(days=7)).sign(ROOT.key, hashes.SHA256())


def _public(encoding: Encoding, form: PublicFormat) -> bytes:
    assert isinstance(KEY, rsa.RSAPrivateKey)
    return KEY.public_key().public_bytes(encoding, form)


def _ssh() -> bytes:
    return KEY.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())


MISTAKES: tuple[tuple[Callable[[], bytes], Stranger], ...] = (
    (lambda: _request().public_bytes(Encoding.PEM), Stranger.REQUEST),
    (lambda: _request().public_bytes(Encoding.PEM).replace(b" CERT", b" NEW CERT"), Stranger.REQUEST),
    (lambda: _request().public_bytes(Encoding.DER), Stranger.REQUEST),
    (lambda: _revocations().public_bytes(Encoding.PEM), Stranger.REVOCATION_LIST),
    (lambda: _revocations().public_bytes(Encoding.DER), Stranger.REVOCATION_LIST),
    (lambda: _public(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), Stranger.PUBLIC_KEY),
    (lambda: _public(Encoding.PEM, PublicFormat.PKCS1), Stranger.PUBLIC_KEY),
    (lambda: _public(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), Stranger.PUBLIC_KEY),
    (lambda: _public(Encoding.OpenSSH, PublicFormat.OpenSSH), Stranger.SSH_KEY),
    (_ssh, Stranger.SSH_KEY),
    (lambda: b"---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----\n", Stranger.SSH_KEY),
    (lambda: b"PuTTY-User-Key-File-3: ssh-rsa\r\nEncryption: none\r\n", Stranger.SSH_KEY),
    (lambda: b"-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----\n", Stranger.PGP),
    (lambda: b"\n<!DOCTYPE html>\n<html><body>Please log in</body></html>", Stranger.HTML),
    (lambda: b"From: ca@example.com\r\nSubject: your certificate\r\n\r\nsee attachment\r\n", Stranger.EMAIL),
    (lambda: b"PK\x03\x04\x14\0\0\0", Stranger.ZIP),
    (lambda: b"\xfe\xed\xfe\xed\0\0\0\x02", Stranger.JAVA_KEYSTORE),
    (lambda: b"%PDF-1.7\n", Stranger.PDF),
    (lambda: b"", Stranger.EMPTY),
    (lambda: b" \r\n\t\n", Stranger.EMPTY),
    (lambda: b"\xef\xbb\xbf\r\n", Stranger.EMPTY),
    (lambda: b"x" * (MAX_BYTES + 1), Stranger.TOO_LARGE),
    (lambda: b"This file was left empty on purpose.\n", Stranger.TEXT),
    (lambda: bytes(range(256)) * 4, Stranger.BINARY),
    (lambda: b"\x30\x03\x02\x01\x05", Stranger.BINARY),
)


@pytest.mark.parametrize(
    ("data", "stranger"), MISTAKES, ids=[f"{row[1].name.lower()}-{place}" for place, row in enumerate(MISTAKES)]
)
def test_what_is_no_certificate_is_named(data: Callable[[], bytes], stranger: Stranger) -> None:
    found = look(data())
    assert found.strangers == (stranger,)
    assert found.certificates == ()
    assert not found.useful


def test_a_certificate_in_the_text_of_an_email_is_read_and_the_email_is_named() -> None:
    mail = b"From: ca@example.com\nSubject: your certificate\n\nHello,\n\n" + LEAF.pem + b"\nRegards\n"
    found = look(mail)
    assert digests(found) == of(LEAF)
    assert found.strangers == (Stranger.EMAIL,)


# Damage


@pytest.mark.parametrize("kept", [4, 30, 200, -1])
def test_a_cut_der_file_is_no_certificate(kept: int) -> None:
    found = look(LEAF.der[:kept])
    assert found.certificates == ()
    assert found.faults or found.strangers == (Stranger.BINARY,)


def test_a_cut_der_file_says_how_much_is_there() -> None:
    (fault,) = look(LEAF.der[:200]).faults
    assert fault.detail == f"is cut short: 200 of {len(LEAF.der)} bytes are there"


def test_a_cut_pem_file_says_which_block_it_is() -> None:
    (fault,) = look(CHAIN[:-40]).faults
    assert fault.part == f"block 2 (CERTIFICATE, line {LEAF.pem.count(bytes([10])) + 1})"
    assert fault.detail == "is cut short: its END line is missing"


def test_a_block_of_base64_that_is_no_certificate_is_a_fault() -> None:
    text = b"-----BEGIN CERTIFICATE-----\n" + base64.b64encode(b"no certificate") + b"\n-----END CERTIFICATE-----\n"
    (fault,) = look(text).faults
    assert fault.detail == "is no certificate and no key"


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_change_to_a_file_raises_anything(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from((CHAIN, LEAF.der, openssl.pkcs8(KEY), openssl.der(KEY), _PFX, _PKCS7)))
    place = data.draw(st.integers(0, len(whole)))
    put = data.draw(st.binary(max_size=8))
    cut = data.draw(st.integers(0, 40))
    found = look(whole[:place] + put + whole[place + cut :], password="x")
    assert found.useful or found.faults or found.strangers or not found.certificates


_PFX = pkcs12.serialize_key_and_certificates(b"x", KEY, LEAF.certificate, None, NoEncryption())
_PKCS7 = pkcs7.serialize_certificates([LEAF.certificate], Encoding.DER)
