"""A whole TLS 1.2 handshake by hand, for certificates that no TLS library would load, let alone present.

The suite is TLS_RSA_WITH_AES_128_GCM_SHA256 (RFC 5288): static RSA, so that nothing has to be signed. The messages are
those of RFC 5246 §7.4, the keys those of its §6.3 and §8.1.
"""

import hashlib
import hmac
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.lab import tcp
from tests.lab.tcp import Handler, Stream
from tests.lab.tls import (
    ALERT,
    APPLICATION_DATA,
    CHANGE_CIPHER_SPEC,
    HANDSHAKE,
    SERVER_HELLO_DONE,
    certificate_message,
    message,
    read_client_hello,
    record,
    records_of,
    server_hello,
)

_RSA_AES128_GCM = b"\x00\x9c"
_CLIENT_KEY_EXCHANGE, _FINISHED = 16, 20
_RECORD_HEAD, _MESSAGE_HEAD = 5, 4
_RANDOM = slice(_MESSAGE_HEAD + 2, _MESSAGE_HEAD + 2 + 32)  # of a hello message


def _expand(secret: bytes, label: bytes, seed: bytes, length: int) -> bytes:
    """The pseudo-random function of TLS 1.2 (RFC 5246 §5)."""
    seed, block, output = label + seed, label + seed, b""
    while len(output) < length:
        block = hmac.digest(secret, block, "sha256")
        output += hmac.digest(secret, block + seed, "sha256")
    return output[:length]


@dataclass(slots=True)
class _Keys:
    """One direction's key, its fixed part of the nonce, and how many records it has protected."""

    key: AESGCM
    salt: bytes
    count: int = 0

    def _head(self, kind: int, length: int) -> bytes:
        return self.count.to_bytes(8, "big") + bytes([kind]) + b"\x03\x03" + length.to_bytes(2, "big")

    def seal(self, kind: int, data: bytes) -> bytes:
        explicit = self.count.to_bytes(8, "big")
        sealed = self.key.encrypt(self.salt + explicit, data, self._head(kind, len(data)))
        self.count += 1
        return record(kind, explicit + sealed)

    def open(self, kind: int, payload: bytes) -> bytes:
        explicit, sealed = payload[:8], payload[8:]
        data = self.key.decrypt(self.salt + explicit, sealed, self._head(kind, len(sealed) - 16))
        self.count += 1
        return data


@dataclass(slots=True)
class _Session:
    """The server's side of one connection; a stream for what is inside once the handshake is over."""

    stream: Stream
    unread: bytes = b""
    transcript: bytes = b""
    theirs: _Keys | None = field(default=None)
    ours: _Keys | None = field(default=None)

    async def record(self) -> tuple[int, bytes]:
        """The next record's kind and content; EOFError at the end."""
        while len(self.unread) < _RECORD_HEAD or len(self.unread) < self._length():
            more = await self.stream.read()
            if not more:
                raise EOFError
            self.unread += more
        kind, end = self.unread[0], self._length()
        payload, self.unread = self.unread[_RECORD_HEAD:end], self.unread[end:]
        if self.theirs is not None and kind != CHANGE_CIPHER_SPEC:
            payload = self.theirs.open(kind, payload)
        return kind, payload

    def _length(self) -> int:
        return _RECORD_HEAD + int.from_bytes(self.unread[3:5], "big")

    async def expect(self, kind: int) -> bytes:
        """The next record's content; EOFError where it is of another kind, an alert for one."""
        found, payload = await self.record()
        if found != kind:
            raise EOFError
        return payload

    async def shake_hands(self, certificates: tuple[bytes, ...], key: rsa.RSAPrivateKey) -> None:
        hello = (await read_client_hello(self.stream))[_RECORD_HEAD:]
        answer = server_hello(_RSA_AES128_GCM)
        flight = answer + certificate_message(certificates) + message(SERVER_HELLO_DONE, b"")
        await self.stream.write(records_of(flight))
        exchange = await self.expect(HANDSHAKE)
        if exchange[0] != _CLIENT_KEY_EXCHANGE:
            raise EOFError
        premaster = key.decrypt(exchange[_MESSAGE_HEAD + 2 :], padding.PKCS1v15())
        client_random, server_random = hello[_RANDOM], answer[_RANDOM]
        master = _expand(premaster, b"master secret", client_random + server_random, 48)
        block = _expand(master, b"key expansion", server_random + client_random, 40)
        await self.expect(CHANGE_CIPHER_SPEC)
        self.theirs = _Keys(AESGCM(block[:16]), block[32:36])
        self.ours = _Keys(AESGCM(block[16:32]), block[36:40])
        finished = await self.expect(HANDSHAKE)
        transcript = hashlib.sha256(hello + flight + exchange + finished).digest()
        verify = message(_FINISHED, _expand(master, b"server finished", transcript, 12))
        await self.stream.write(record(CHANGE_CIPHER_SPEC, b"\x01") + self.ours.seal(HANDSHAKE, verify))

    async def read(self, limit: int = tcp.CHUNK_BYTES) -> bytes:
        kind, payload = await self.record()
        return b"" if kind == ALERT else payload

    async def write(self, data: bytes) -> None:
        assert self.ours is not None, "the handshake comes first"
        piece = 1 << 14  # of a record (RFC 5246 §6.2.1)
        for at in range(0, len(data), piece):
            await self.stream.write(self.ours.seal(APPLICATION_DATA, data[at : at + piece]))

    def reset(self) -> None:
        self.stream.reset()


def presents(*certificates: bytes, key: rsa.RSAPrivateKey, then: Handler) -> Handler:
    """Present these certificates, whatever their bytes, and go on if the client does; the key is the first one's."""

    async def handle(stream: Stream) -> None:
        session = _Session(stream)
        await session.shake_hands(certificates, key)
        await then(session)
        assert session.ours is not None
        await stream.write(session.ours.seal(ALERT, b"\x01\x00"))  # close_notify

    return handle
