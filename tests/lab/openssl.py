"""Runs the openssl program in a folder, and the forms in which tests write certificates and keys."""

import subprocess
from pathlib import Path

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from tests.lab.certificates import Key

SECONDS = 30  # for one run; it takes a fraction of one


def openssl(*arguments: str, folder: Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """One run of openssl; the caller looks at how it ended."""
    return subprocess.run(["openssl", *arguments], cwd=folder, input=given, capture_output=True, timeout=SECONDS)


def made(*arguments: str, folder: Path) -> bytes:
    """What openssl writes for these arguments, `-out` aside; it must succeed."""
    ended = openssl(*arguments, "-out", "made-by-openssl", folder=folder)
    assert ended.returncode == 0, ended.stderr.decode()
    return (folder / "made-by-openssl").read_bytes()


def shell(command: str, *, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """One command line as a person would paste it."""
    return subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, timeout=SECONDS)


def pkcs8(key: Key, *, password: str | None = None) -> bytes:
    """The key in PKCS #8, as PEM."""
    protection = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)


def traditional(key: Key) -> bytes:
    """The key in the form of its kind (PKCS #1, SEC 1, OpenSSL's for DSA), as PEM."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


def der(key: Key, *, form: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
    """The key as DER."""
    return key.private_bytes(Encoding.DER, form, NoEncryption())
