"""Private keys: every form is read, the one that belongs to a certificate is told from the others, nothing leaks."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import PrivateFormat

from diagnostics.files import FileContents, read_file
from diagnostics.keys import KeyForm, Locked, asks_too_much, form_of
from tests.lab import openssl
from tests.lab.certificates import Key, key

RSA, EC = key("RSA-2048"), key("P-256")
PASSWORD = "a b c: d'é"


def look(data: bytes, *, password: str | None = None) -> FileContents:
    return read_file(data, name="key.pem", password=password)


# A key, and what openssl is told to write it in this form.
FORMS = (
    (RSA, KeyForm.PKCS8, ("pkcs8", "-topk8", "-nocrypt")),
    (RSA, KeyForm.PKCS1, ("rsa", "-traditional")),
    (EC, KeyForm.PKCS8, ("pkcs8", "-topk8", "-nocrypt")),
    (EC, KeyForm.SEC1, ("ec",)),
    (key("DSA-2048"), KeyForm.DSA, ("pkey", "-traditional")),
    (key("Ed25519"), KeyForm.PKCS8, ("pkey",)),
)


@pytest.mark.parametrize("encoding", ["PEM", "DER"])
@pytest.mark.parametrize(("made", "form", "arguments"), FORMS, ids=[f"{row[1].value}-{row[2]}" for row in FORMS])
def test_a_key_is_read_in_every_form(
    made: Key, form: KeyForm, arguments: tuple[str, ...], encoding: str, tmp_path: Path
) -> None:
    (tmp_path / "in.pem").write_bytes(openssl.pkcs8(made))
    data = openssl.made(*arguments, "-in", "in.pem", "-outform", encoding, folder=tmp_path)
    (found,) = look(data).keys
    assert found.form is form
    assert not found.encrypted
    assert found.belongs_to(made.public_key())


# What openssl is told when it protects the key.
PROTECTIONS = (
    (RSA, ("pkcs8", "-topk8")),
    (RSA, ("pkcs8", "-topk8", "-v2", "aes-256-cbc", "-scrypt")),
    (RSA, ("pkcs8", "-topk8", "-v1", "PBE-SHA1-3DES")),
    (EC, ("pkcs8", "-topk8")),
    (RSA, ("rsa", "-traditional", "-aes128")),
    (RSA, ("rsa", "-traditional", "-des3")),
    (EC, ("ec", "-aes256")),
)


@pytest.mark.parametrize(("made", "arguments"), PROTECTIONS, ids=[" ".join(row[1]) for row in PROTECTIONS])
def test_a_protected_key_opens_with_its_password_and_no_other(
    made: Key, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "in.pem").write_bytes(openssl.pkcs8(made))
    (tmp_path / "password.txt").write_text(PASSWORD + "\n", encoding="utf-8")
    data = openssl.made(*arguments, "-in", "in.pem", "-passout", "file:password.txt", folder=tmp_path)
    assert b"ENCRYPTED" in data
    assert look(data).locked is Locked.NEEDS_PASSWORD
    assert look(data, password="another").locked is Locked.WRONG_PASSWORD
    (found,) = look(data, password=PASSWORD).keys
    assert found.encrypted
    assert found.belongs_to(made.public_key())


def test_a_password_for_a_key_without_one_is_no_fault() -> None:
    found = look(openssl.pkcs8(RSA), password="needless")
    assert found.locked is None
    assert len(found.keys) == 1


def test_a_key_belongs_to_its_own_public_key_only() -> None:
    (found,) = look(openssl.pkcs8(EC)).keys
    assert found.belongs_to(EC.public_key())
    assert not found.belongs_to(key("P-256", 1).public_key())  # the same kind
    assert not found.belongs_to(RSA.public_key())
    assert not found.belongs_to(None)


def test_the_block_of_curve_parameters_is_seen(tmp_path: Path) -> None:
    data = openssl.made("ecparam", "-name", "prime256v1", "-genkey", folder=tmp_path)
    found = look(data)
    assert found.curve_parameters
    assert [each.name for each in found.keys] == ["EC P-256"]
    assert not look(openssl.traditional(EC)).curve_parameters


def test_a_damaged_key_says_so_and_shows_nothing_of_it() -> None:
    data = openssl.der(RSA, form=PrivateFormat.TraditionalOpenSSL)
    damaged = data[:300] + bytes(each ^ 0x55 for each in data[300:340]) + data[340:]
    found = look(damaged)
    assert found.keys == ()
    assert [(each.part, each.detail) for each in found.faults] == [("the private key", "is damaged")]


def test_a_key_too_long_to_be_honest_is_not_checked() -> None:
    numbers = b"".join(b"\x02\x82\x40\x00" + bytes(0x3FFF) + b"\x01" for _ in range(9))
    data = b"\x30\x83" + len(numbers).to_bytes(3, "big") + numbers
    assert form_of(data) is KeyForm.PKCS1
    assert [each.detail for each in look(data).faults] == ["is damaged"]


def test_a_protection_that_asks_for_too_many_rounds_is_recognised() -> None:
    salt = b"\x04\x08saltsalt"
    assert asks_too_much(b"\x30\x10" + salt + b"\x02\x04\x7f\xff\xff\xff")
    assert not asks_too_much(b"\x30\x0e" + salt + b"\x02\x02\x08\x00")


def test_nothing_secret_is_in_what_is_kept() -> None:
    assert isinstance(RSA, rsa.RSAPrivateKey)
    assert isinstance(EC, ec.EllipticCurvePrivateKey)
    for made, secret in ((RSA, RSA.private_numbers().d), (EC, EC.private_numbers().private_value)):
        data = openssl.pkcs8(made)
        found = look(data)
        shown = repr(found) + str(found.keys)
        assert str(secret) not in shown
        assert f"{secret:x}" not in shown
        assert not any(line in shown for line in data.decode().splitlines()[1:-1])
