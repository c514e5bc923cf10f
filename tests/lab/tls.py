"""TLS servers: Python's own with any certificate, and raw bytes for what no TLS library would send."""

import asyncio
import contextlib
import secrets
import ssl
import tempfile
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.lab import tcp
from tests.lab.http import http
from tests.lab.tcp import Handler, ReplayStream, Stream


@dataclass(frozen=True, slots=True)
class Identity:
    """What a TLS server presents: its certificates as PEM, its own first, and the key of that one."""

    chain: bytes
    key: bytes


class ClientCertificate(StrEnum):
    """Whether the server wants a certificate of the client's."""

    NOT_ASKED = "not_asked"
    OPTIONAL = "optional"
    REQUIRED = "required"


class TlsStream:
    """A connection inside TLS."""

    def __init__(self, stream: Stream, context: ssl.SSLContext) -> None:
        self._stream = stream
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    async def shake_hands(self) -> None:
        """ssl.SSLError where it fails, the alert having been sent; asyncio's own TLS server does not send it."""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._flush()
                await self._feed()
            except ssl.SSLError:
                await self._flush()
                raise
            else:
                await self._flush()
                return

    async def read(self, limit: int = tcp.CHUNK_BYTES) -> bytes:
        while True:
            try:
                data = self._tls.read(limit)
            except ssl.SSLWantReadError:
                await self._flush()
                await self._feed()
            except ssl.SSLZeroReturnError:
                return b""
            except ssl.SSLError:
                await self._flush()
                raise
            else:
                return data

    async def write(self, data: bytes) -> None:
        self._tls.write(data)
        await self._flush()

    def reset(self) -> None:
        self._stream.reset()

    async def finish(self) -> None:
        """Say close_notify; the connection itself is ended by its server."""
        with contextlib.suppress(ssl.SSLError):
            self._tls.unwrap()
        await self._flush()

    async def _flush(self) -> None:
        if data := self._outgoing.read():
            await self._stream.write(data)

    async def _feed(self) -> None:
        if data := await self._stream.read():
            self._incoming.write(data)
        else:
            self._incoming.write_eof()


def context_of(
    *identities: Identity,
    alpn: tuple[str, ...] = ("http/1.1",),
    oldest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
    newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
    ciphers: str | None = None,
    client_certificate: ClientCertificate = ClientCertificate.NOT_ASKED,
    client_ca: bytes | None = None,
) -> ssl.SSLContext:
    """A server's settings; several identities have keys of different kinds (RSA beside ECDSA).

    `ciphers` are those of TLS 1.2 and older. The certificates may be as weak as they like.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python warns of old versions; here they are the point
        context.minimum_version, context.maximum_version = oldest, newest
    # Security level 0 before the certificate is loaded: OpenSSL refuses to load a weak one otherwise.
    context.set_ciphers(ciphers or "DEFAULT:@SECLEVEL=0")
    context.set_alpn_protocols(list(alpn))
    for identity in identities:
        with tempfile.TemporaryDirectory() as folder:  # load_cert_chain reads files only
            chain, key = Path(folder, "chain.pem"), Path(folder, "key.pem")
            chain.write_bytes(identity.chain)
            key.write_bytes(identity.key)
            context.load_cert_chain(chain, key)
    if client_certificate is not ClientCertificate.NOT_ASKED:
        required = client_certificate is ClientCertificate.REQUIRED
        context.verify_mode = ssl.CERT_REQUIRED if required else ssl.CERT_OPTIONAL
        if client_ca is not None:
            context.load_verify_locations(cadata=client_ca.decode())
    return context


def tls(settings: Identity | ssl.SSLContext, then: Handler | None = None) -> Handler:
    """Shake hands, then hand the connection inside TLS to `then`, by default a healthy web page."""
    context = context_of(settings) if isinstance(settings, Identity) else settings
    inner = then or http()

    async def handle(stream: Stream) -> None:
        inside = TlsStream(stream, context)
        await inside.shake_hands()
        await inner(inside)
        with contextlib.suppress(OSError, ssl.SSLError):
            await inside.finish()

    return handle


def by_name(names: Mapping[str, Identity], *, default: Identity | None) -> ssl.SSLContext:
    """The certificate of the name that the client asks for; without a default other names get alert 112."""
    contexts = {name: context_of(identity) for name, identity in names.items()}
    context = context_of(default or next(iter(names.values())))

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
        if name in contexts:
            connection.context = contexts[name]
            return None
        return None if default is not None else ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME

    # The stubs know the callback for sockets only; with memory BIOs it is called with the SSLObject.
    context.sni_callback = choose
    return context


# What follows is written byte by byte (RFC 5246 and RFC 8446 §4, §5, §6).

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA = 20, 21, 22, 23
SERVER_HELLO, CERTIFICATE, SERVER_HELLO_DONE = 2, 11, 14
_ECDHE_RSA_AES128_GCM = b"\xc0\x2f"  # every client that speaks TLS 1.2 offers it

WARNING, FATAL = 1, 2


def record(kind: int, payload: bytes, *, version: bytes = b"\x03\x03") -> bytes:
    """A TLS record."""
    return bytes([kind]) + version + len(payload).to_bytes(2, "big") + payload


def alert_record(number: int, *, level: int = FATAL) -> bytes:
    """An alert in clear text."""
    return record(ALERT, bytes([level, number]))


def message(kind: int, body: bytes) -> bytes:
    """A handshake message."""
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def server_hello(suite: bytes = _ECDHE_RSA_AES128_GCM) -> bytes:
    """A ServerHello of TLS 1.2, as a handshake message."""
    extensions = b"\xff\x01\x00\x01\x00"  # renegotiation_info, which OpenSSL insists on
    body = b"\x03\x03" + secrets.token_bytes(32) + b"\x00" + suite + b"\x00"
    return message(SERVER_HELLO, body + len(extensions).to_bytes(2, "big") + extensions)


def certificate_message(certificates: tuple[bytes, ...]) -> bytes:
    """A Certificate message of TLS 1.2 with these bytes for certificates, whatever they are."""
    entries = b"".join(len(each).to_bytes(3, "big") + each for each in certificates)
    return message(CERTIFICATE, len(entries).to_bytes(3, "big") + entries)


def records_of(messages: bytes) -> bytes:
    """Handshake messages in as few records as they need."""
    limit = 1 << 14  # of a record (RFC 8446 §5.1)
    return b"".join(record(HANDSHAKE, messages[at : at + limit]) for at in range(0, len(messages), limit))


async def read_client_hello(stream: Stream) -> bytes:
    """The client's first record, as much of it as has been sent when its length is reached; EOFError before that."""
    data = b""
    while len(data) < 5 or len(data) < 5 + int.from_bytes(data[3:5], "big"):
        more = await stream.read()
        if not more:
            raise EOFError
        data += more
    return data


def after_hello(behaviour: Handler) -> Handler:
    """Read the ClientHello, then behave like this."""

    async def handle(stream: Stream) -> None:
        await read_client_hello(stream)
        await behaviour(stream)

    return handle


def alert(number: int, *, level: int = FATAL) -> Handler:
    """Answer the ClientHello with this alert and hang up."""

    async def handle(stream: Stream) -> None:
        await stream.write(alert_record(number, level=level))

    return after_hello(handle)


def send(data: bytes, then: Handler = tcp.hang_up_at_once) -> Handler:
    """Answer the ClientHello with these bytes, then hang up or behave otherwise."""

    async def handle(stream: Stream) -> None:
        await stream.write(data)
        await then(stream)

    return after_hello(handle)


def flood(chunk: bytes, *, first: bytes = b"") -> Handler:
    """Answer the ClientHello with `first`, then the chunk as fast as it is taken."""
    return tcp.flood(chunk, first=first)


def presents(*certificates: bytes) -> Handler:
    """A handshake of TLS 1.2 that is right as far as the Certificate message, whose content may be any bytes."""
    messages = server_hello() + certificate_message(certificates) + message(SERVER_HELLO_DONE, b"")
    return send(records_of(messages), tcp.hang)


closes_after_server_hello: Handler = send(record(HANDSHAKE, server_hello()))
hangs_after_server_hello: Handler = send(record(HANDSHAKE, server_hello()), tcp.hang)
resets_after_server_hello: Handler = send(record(HANDSHAKE, server_hello()), tcp.reset_at_once)
record_rubbish: Handler = send(record(HANDSHAKE, b"\xff" * 512))
cut_record: Handler = send(record(HANDSHAKE, server_hello())[:20])
drips_server_hello: Handler = after_hello(tcp.drip(record(HANDSHAKE, server_hello()), repeat=False, pause=0.5))
alert_flood: Handler = flood(alert_record(90, level=WARNING))  # 90 user_canceled: a warning that may be ignored
empty_record_flood: Handler = flood(record(HANDSHAKE, b""))
change_cipher_spec_flood: Handler = flood(record(CHANGE_CIPHER_SPEC, b"\x01"))
# A Certificate message that says it is 16 MB long, and comes.
certificate_flood: Handler = flood(
    record(HANDSHAKE, b"\x30" * 1024),
    first=records_of(server_hello() + bytes([CERTIFICATE]) + b"\xff\xff\xff" + b"\xff\xff\xfc"),
)


def drops_large_hello(limit: int, good: Handler, *, otherwise: Handler = tcp.hang) -> Handler:
    """A middlebox that lets ClientHello records up to `limit` bytes through to the good server, and no larger ones."""

    async def handle(stream: Stream) -> None:
        hello = await read_client_hello(stream)
        if len(hello) > limit:
            await otherwise(stream)
        else:
            await good(ReplayStream(stream, seen=hello))

    return handle


def slow_handshake(good: Handler, *, seconds: float) -> Handler:
    """A good server that takes its time before it answers the ClientHello."""

    async def handle(stream: Stream) -> None:
        await asyncio.sleep(seconds)
        await good(stream)

    return handle
