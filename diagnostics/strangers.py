"""Recognises what people give in a certificate's place: requests, other keys, web pages, e-mails, archives."""

import re
from collections.abc import Callable
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_der_public_key

from diagnostics.pem import text_of


class Stranger(StrEnum):
    """What a file is, or holds, that is no certificate and no private key, in words that follow "it is"."""

    REQUEST = "a certificate signing request (CSR)"
    PUBLIC_KEY = "a public key"
    REVOCATION_LIST = "a revocation list (CRL)"
    SSH_KEY = "an SSH key"
    PGP = "a PGP message or key"
    HTML = "a web page (HTML)"
    EMAIL = "an e-mail"
    ZIP = "a ZIP archive or an office document"
    JAVA_KEYSTORE = "a Java keystore"
    PDF = "a PDF document"
    EMPTY = "empty"
    TOO_LARGE = "larger than 1 MB, which no certificate file is"
    TEXT = "text without a certificate in it"
    BINARY = "binary data that is no certificate"


_STRANGERS = {
    "CERTIFICATE REQUEST": Stranger.REQUEST,
    "NEW CERTIFICATE REQUEST": Stranger.REQUEST,
    "PUBLIC KEY": Stranger.PUBLIC_KEY,
    "RSA PUBLIC KEY": Stranger.PUBLIC_KEY,
    "X509 CRL": Stranger.REVOCATION_LIST,
    "OPENSSH PRIVATE KEY": Stranger.SSH_KEY,
    "SSH2 PUBLIC KEY": Stranger.SSH_KEY,
    "SSH2 ENCRYPTED PRIVATE KEY": Stranger.SSH_KEY,
}


def under_label(label: str) -> Stranger | None:
    """What a PEM block of this label is, if it is one of these."""
    return Stranger.PGP if label.startswith("PGP ") else _STRANGERS.get(label)


def in_der(data: bytes) -> Stranger | None:
    """What DER bytes are that hold no certificate and no private key."""
    loaders: tuple[tuple[Callable[[bytes], object], Stranger], ...] = (
        (x509.load_der_x509_csr, Stranger.REQUEST),
        (x509.load_der_x509_crl, Stranger.REVOCATION_LIST),
        (load_der_public_key, Stranger.PUBLIC_KEY),
    )
    for load, stranger in loaders:
        try:
            load(data)
        except Exception:  # noqa: S112 (whatever a parser raises: then it is not that)
            continue
        return stranger
    return None


_MAGIC = (
    (b"PK\x03\x04", Stranger.ZIP),
    (b"\xfe\xed\xfe\xed", Stranger.JAVA_KEYSTORE),
    (b"%PDF-", Stranger.PDF),
    (b"PuTTY-User-Key-File", Stranger.SSH_KEY),
)
_SSH_PUBLIC = re.compile(r"\s{0,99}(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-\S{1,40}|sk-\S{1,60}) AAAA")
_HTML = re.compile(r"<(?:!doctype html|html|head|body|div|meta)\b", re.IGNORECASE)
_MAIL_HEADER = re.compile(
    r"^(?:From|To|Subject|Received|Return-Path|MIME-Version|Message-ID|Delivered-To|Von|An|Betreff): ?\S", re.MULTILINE
)
# Whether something is a page or a mail shows at its beginning.
_BEGINNING = 4096


def document(data: bytes) -> Stranger | None:
    """Whether the text is a web page or an e-mail."""
    beginning = text_of(data[: 2 * _BEGINNING])[0][:_BEGINNING]
    if _HTML.search(beginning):
        return Stranger.HTML
    # A single "From:" may stand in any text.
    return Stranger.EMAIL if len(_MAIL_HEADER.findall(beginning)) > 1 else None


def stranger_in(data: bytes) -> Stranger:
    """What a file is in which there is no certificate and no key."""
    for magic, stranger in _MAGIC:
        if data.startswith(magic):
            return stranger
    text = text_of(data[: 2 * _BEGINNING])[0][:_BEGINNING]
    if _SSH_PUBLIC.match(text):
        return Stranger.SSH_KEY
    if found := document(data):
        return found
    printable = sum(character.isprintable() or character in "\t\r\n" for character in text)
    return Stranger.TEXT if printable > 0.95 * len(text) else Stranger.BINARY
