"""Offers a server the cipher suites that OpenSSL itself no longer knows, to learn whether it lives on those alone."""

import asyncio
import secrets
from collections.abc import Iterable, Iterator

from diagnostics import limits
from diagnostics.probes.connect import TcpStream, TooManyBytesError

# RFC 5246 appendix A.5, RFC 4492 §6, RFC 4346 appendix A.5, RFC 5469, RFC 4162, and the 56-bit export suites of
# draft-ietf-tls-56-bit-ciphersuites: the strongest first, should the server follow our order.
SUITES = {
    0xC008: "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA",
    0xC012: "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
    0x0016: "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA",
    0x0013: "TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA",
    0xC003: "TLS_ECDH_ECDSA_WITH_3DES_EDE_CBC_SHA",
    0xC00D: "TLS_ECDH_RSA_WITH_3DES_EDE_CBC_SHA",
    0x000A: "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    0x009A: "TLS_DHE_RSA_WITH_SEED_CBC_SHA",
    0x0099: "TLS_DHE_DSS_WITH_SEED_CBC_SHA",
    0x0096: "TLS_RSA_WITH_SEED_CBC_SHA",
    0x0007: "TLS_RSA_WITH_IDEA_CBC_SHA",
    0xC007: "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA",
    0xC011: "TLS_ECDHE_RSA_WITH_RC4_128_SHA",
    0xC002: "TLS_ECDH_ECDSA_WITH_RC4_128_SHA",
    0xC00C: "TLS_ECDH_RSA_WITH_RC4_128_SHA",
    0x0066: "TLS_DHE_DSS_WITH_RC4_128_SHA",
    0x0005: "TLS_RSA_WITH_RC4_128_SHA",
    0x0004: "TLS_RSA_WITH_RC4_128_MD5",
    0xC017: "TLS_ECDH_anon_WITH_3DES_EDE_CBC_SHA",
    0x001B: "TLS_DH_anon_WITH_3DES_EDE_CBC_SHA",
    0xC016: "TLS_ECDH_anon_WITH_RC4_128_SHA",
    0x0018: "TLS_DH_anon_WITH_RC4_128_MD5",
    0x0015: "TLS_DHE_RSA_WITH_DES_CBC_SHA",
    0x0012: "TLS_DHE_DSS_WITH_DES_CBC_SHA",
    0x0009: "TLS_RSA_WITH_DES_CBC_SHA",
    0x001A: "TLS_DH_anon_WITH_DES_CBC_SHA",
    0x0062: "TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA",
    0x0064: "TLS_RSA_EXPORT1024_WITH_RC4_56_SHA",
    0x0014: "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA",
    0x0011: "TLS_DHE_DSS_EXPORT_WITH_DES40_CBC_SHA",
    0x0008: "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA",
    0x0006: "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5",
    0x0003: "TLS_RSA_EXPORT_WITH_RC4_40_MD5",
}

_ALERT, _HANDSHAKE = 21, 22  # record types
_CLIENT_HELLO, _SERVER_HELLO = b"\x01", 2  # handshake messages
_FATAL = 2
_TLS_1_0, _TLS_1_2 = b"\x03\x01", b"\x03\x03"
_RECORD_HEAD, _MESSAGE_HEAD = 5, 4
_VERSION_AND_RANDOM = 2 + 32
_ENOUGH = 4096  # bytes: a ServerHello is some hundred, even behind a few warnings

_SERVER_NAME, _GROUPS, _POINT_FORMATS, _SIGNATURES, _RENEGOTIATION = 0, 10, 11, 13, 0xFF01
_KNOWN_GROUPS = (29, 23, 24, 25)  # x25519 and the three NIST curves
# RSA, ECDSA and DSA with SHA-256, SHA-384, SHA-512 and SHA-1, by RFC 5246 §7.4.1.4.1.
_KNOWN_SIGNATURES = (0x0401, 0x0403, 0x0402, 0x0501, 0x0503, 0x0601, 0x0603, 0x0201, 0x0203, 0x0202)


async def offer_old_suites(tcp: TcpStream, *, host: str | None, deadline: float) -> str | None:
    """The name of the old suite that the server chooses out of `SUITES`, or None; never raises for what it does.

    The handshake is left at the ServerHello, and the connection is of no further use. `host` goes into the greeting
    (SNI) and is None for addresses. `deadline` is a moment of the running loop's clock.
    """
    deadline = min(deadline, asyncio.get_running_loop().time() + limits.SECOND_LOOK_SECONDS)
    tcp.allow(limits.TLS_BYTES)
    received = bytearray()
    try:
        async with asyncio.timeout_at(deadline):
            await tcp.send(client_hello(host))
            while len(received) < _ENOUGH:
                data = await tcp.receive()
                received += data
                chosen = read_choice(bytes(received[:_ENOUGH]))
                if chosen is not None or not data:
                    return SUITES.get(chosen or 0)
    except (OSError, TimeoutError, TooManyBytesError):
        pass
    return None


def client_hello(host: str | None) -> bytes:
    """A ClientHello record of TLS 1.2 with the old suites (RFC 5246 §7.4.1.2)."""
    extensions = [
        (_GROUPS, _vector(2, _numbers(_KNOWN_GROUPS))),
        (_POINT_FORMATS, _vector(1, b"\x00")),  # uncompressed
        (_SIGNATURES, _vector(2, _numbers(_KNOWN_SIGNATURES))),
        (_RENEGOTIATION, b"\x00"),  # RFC 5746 §3.4: a first handshake
    ]
    if host is not None:
        # RFC 6066 §3: a list of one name of type host_name.
        extensions.insert(0, (_SERVER_NAME, _vector(2, b"\x00" + _vector(2, host.encode("ascii", "replace")))))
    body = (
        _TLS_1_2
        + secrets.token_bytes(32)
        + _vector(1, b"")  # no session to resume
        + _vector(2, _numbers(SUITES))
        + _vector(1, b"\x00")  # no compression
        + _vector(2, b"".join(kind.to_bytes(2, "big") + _vector(2, content) for kind, content in extensions))
    )
    # Old servers want to see TLS 1.0 on the record (RFC 5246, appendix E.1).
    return bytes((_HANDSHAKE,)) + _TLS_1_0 + _vector(2, _CLIENT_HELLO + _vector(3, body))


def read_choice(data: bytes) -> int | None:
    """The suite's number in the server's first bytes; 0 where there will be none, None where more must come."""
    message = b""
    for kind, content in _records(data):
        if kind == _ALERT and len(content) >= 2 and content[0] != _FATAL:
            continue  # a warning, such as that the name is not known
        if kind != _HANDSHAKE:
            return 0
        message += content
        start = _MESSAGE_HEAD + _VERSION_AND_RANDOM
        if message and message[0] != _SERVER_HELLO:
            return 0
        if len(message) > start and len(message) >= (place := start + 1 + message[start]) + 2:
            return int.from_bytes(message[place : place + 2], "big")
    return None


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The records, the last as far as it has come; what is no TLS at all has a type that no record has."""
    start = 0
    while start < len(data):
        head = data[start : start + _RECORD_HEAD]
        if head[0] not in (_ALERT, _HANDSHAKE) or head[1:2] not in (b"", b"\x03"):
            yield 0, b""
            return
        if len(head) < _RECORD_HEAD:
            return
        start += _RECORD_HEAD
        length = int.from_bytes(head[3:5], "big")
        content = data[start : start + length]
        if head[0] == _HANDSHAKE or len(content) == length:
            yield head[0], content
        start += length


def _numbers(numbers: Iterable[int]) -> bytes:
    return b"".join(number.to_bytes(2, "big") for number in numbers)


def _vector(size: int, content: bytes) -> bytes:
    """Bytes behind their length, which takes so many octets (RFC 5246 §4.3)."""
    return len(content).to_bytes(size, "big") + content
