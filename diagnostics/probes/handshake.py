"""Shakes hands over TLS and keeps everything the server shows on the way, trusted or not."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL, crypto

from diagnostics import limits
from diagnostics.facts import Alert, Handshake, HandshakeStatus, Hello
from diagnostics.probes.connect import TcpStream, TooManyBytesError
from diagnostics.suites import BROWSER_SUITES

# Level 0 lets small keys and old digests through: they are judged afterwards, with a cause of their own.
_BROWSER = ":".join((*BROWSER_SUITES, "@SECLEVEL=0")).encode()
_EVERYTHING = b"ALL:COMPLEMENTOFALL:@SECLEVEL=0"
_EVERY_TLS13_SUITE = (
    b"TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
    b":TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256"
)
_PROTOCOLS = [b"h2", b"http/1.1"]
_LEGACY_SERVER_CONNECT = 0x4  # SSL_OP_LEGACY_SERVER_CONNECT: browsers, too, talk to servers without RFC 5746
_ALERT_RECEIVED = SSL.SSL_CB_READ_ALERT
_CLIENT_CA_NAMES = 20
_ALERTS = 20  # a server that sends more is noted as it is; the bytes are bounded anyhow
_HTTP_STARTS = (b"HTTP/", b"<!DOC", b"<HTML", b"<HEAD")
_RECORD_TYPES = (20, 21, 22, 23)  # RFC 8446 §5.1


@dataclass(slots=True)
class _Seen:
    """What one handshake shows while it is under way."""

    alerts: list[Alert] = field(default_factory=list)
    certificate_requested: bool = False
    staple: bytes | None = None


class TlsContexts:
    """The greetings Padlock uses, each prepared once and shared by all connections."""

    def of(self, hello: Hello) -> SSL.Context:
        """The context for a greeting."""
        if hello is Hello.EVERY_SUITE:
            return self._every_suite
        if hello is Hello.HTTP1:
            return self._http1
        return self._small if hello is Hello.SMALL else self._modern

    @cached_property
    def _modern(self) -> SSL.Context:
        return _context(_BROWSER, SSL.TLS1_2_VERSION)

    @cached_property
    def _http1(self) -> SSL.Context:
        context = _context(_BROWSER, SSL.TLS1_2_VERSION)
        context.set_alpn_protos([b"http/1.1"])
        return context

    @cached_property
    def _every_suite(self) -> SSL.Context:
        context = _context(_EVERYTHING, SSL.TLS1_VERSION)
        context.set_tls13_ciphersuites(_EVERY_TLS13_SUITE)
        return context

    @cached_property
    def _small(self) -> SSL.Context:
        context = _context(_BROWSER, SSL.TLS1_2_VERSION)
        context.set_tmp_ecdh(ec.SECP256R1())  # one curve that every server has, and no post-quantum key share
        return context


def _context(suites: bytes, oldest: int) -> SSL.Context:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_cipher_list(suites)
    context.set_min_proto_version(oldest)
    context.set_options(_LEGACY_SERVER_CONNECT)
    context.set_verify(SSL.VERIFY_NONE)  # the chain is judged by diagnostics.chain, whatever it is
    context.set_alpn_protos(_PROTOCOLS)
    context.set_info_callback(_note)
    context.set_ocsp_client_callback(_keep_staple)
    return context


def _note(connection: SSL.Connection, where: int, value: int) -> None:
    """OpenSSL's info callback: alerts as they come, and the server's wish for a client certificate."""
    seen = connection.get_app_data()
    if not isinstance(seen, _Seen):
        return
    if where & _ALERT_RECEIVED == _ALERT_RECEIVED:
        if len(seen.alerts) < _ALERTS:
            seen.alerts.append(Alert(value >> 8, value & 0xFF))
    elif not seen.certificate_requested and b"certificate request" in connection.get_state_string():
        seen.certificate_requested = True


def _keep_staple(connection: SSL.Connection, staple: bytes, _: object) -> bool:
    seen = connection.get_app_data()
    if isinstance(seen, _Seen) and staple:
        seen.staple = staple
    return True


class TlsStream:
    """An encrypted connection over a TCP stream."""

    def __init__(self, tcp: TcpStream, connection: SSL.Connection) -> None:
        self._tcp = tcp
        self._connection = connection

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """The alerts received so far."""
        seen = self._connection.get_app_data()
        return tuple(seen.alerts) if isinstance(seen, _Seen) else ()

    @property
    def client_certificate_requested(self) -> bool:
        """Whether the server has asked for a client certificate so far."""
        seen = self._connection.get_app_data()
        return isinstance(seen, _Seen) and seen.certificate_requested

    def allow(self, count: int) -> None:
        """Let the other side send so many bytes from now on."""
        self._tcp.allow(count)

    async def receive(self) -> bytes:
        """The next bytes, none at the end; SSL.Error where TLS breaks."""
        while True:
            try:
                return bytes(self._connection.recv(65536))
            except SSL.WantReadError:
                await self._flush()
                data = await self._tcp.receive()
                if not data:
                    return b""  # a missing close_notify is common and harmless here
                self._connection.bio_write(data)
            except (SSL.ZeroReturnError, SSL.SysCallError):
                return b""

    async def send(self, data: bytes) -> None:
        """Send it all; SSL.Error where TLS breaks."""
        sent = 0
        while sent < len(data):
            try:
                sent += self._connection.send(data[sent : sent + 16384])
            except SSL.WantReadError:
                received = await self._tcp.receive()
                if not received:
                    raise ConnectionResetError from None
                self._connection.bio_write(received)
            await self._flush()

    def close(self) -> None:
        """Close at once; the polite good-bye is not waited for."""
        self._tcp.close()

    async def _flush(self) -> None:
        await _flush(self._connection, self._tcp)


async def shake_hands(
    tcp: TcpStream, *, contexts: TlsContexts, host: str | None, hello: Hello, seconds: float, deadline: float
) -> tuple[Handshake, TlsStream | None]:
    """Shake hands on an open connection; the stream is None unless it completed.

    `host` goes into the greeting (SNI, RFC 6066 §3) and is None for addresses. `seconds` bound the handshake and
    `deadline`, a moment of the running loop's clock, everything.
    """
    loop = asyncio.get_running_loop()
    seen = _Seen()
    connection = SSL.Connection(contexts.of(hello), None)
    connection.set_app_data(seen)
    connection.set_connect_state()
    connection.request_ocsp()
    if host is not None and hello is not Hello.NO_NAME:
        connection.set_tlsext_host_name(host.encode("ascii"))
    started = time.monotonic()
    first = bytearray()
    error: str | None = None
    try:
        async with asyncio.timeout_at(min(loop.time() + seconds, deadline)):
            status = await _drive(connection, tcp, first)
    except TimeoutError:
        status = HandshakeStatus.TIMEOUT
    except ConnectionResetError:
        status = HandshakeStatus.RESET
    except OSError as problem:
        status, error = HandshakeStatus.CLOSED, problem.strerror
    except TooManyBytesError:
        status, error = HandshakeStatus.MALFORMED, "too many bytes"
    except SSL.Error as problem:
        status, error = _classify(bytes(first)), _words(problem)
    if status is not HandshakeStatus.COMPLETED and any(alert.number for alert in seen.alerts):
        status = HandshakeStatus.ALERT
    elif status is HandshakeStatus.MALFORMED and seen.alerts:
        status = HandshakeStatus.CLOSED  # a close_notify (alert 0) in the middle of the handshake
    elif status in _SILENT and first and first[0] not in _RECORD_TYPES:
        status = _classify(bytes(first))
    handshake = Handshake(
        status=status,
        hello=hello,
        seconds=time.monotonic() - started,
        tls_version=connection.get_protocol_version_name() if status is HandshakeStatus.COMPLETED else None,
        cipher=connection.get_cipher_name(),
        alpn=connection.get_alpn_proto_negotiated().decode("ascii", "replace") or None,
        chain=_chain(connection),
        staple=seen.staple,
        alerts=tuple(seen.alerts),
        client_certificate_requested=seen.certificate_requested,
        client_ca_names=_authorities(connection) if seen.certificate_requested else (),
        first_bytes=bytes(first),
        error=error,
    )
    return handshake, TlsStream(tcp, connection) if handshake.completed else None


_SILENT = (HandshakeStatus.TIMEOUT, HandshakeStatus.CLOSED, HandshakeStatus.RESET)


async def _drive(connection: SSL.Connection, tcp: TcpStream, first: bytearray) -> HandshakeStatus:
    """Carry bytes between OpenSSL and the connection until the handshake is over."""
    while True:
        try:
            connection.do_handshake()
        except SSL.WantReadError:
            await _flush(connection, tcp)
            data = await tcp.receive()
            if not data:
                return HandshakeStatus.CLOSED
            if len(first) < limits.FIRST_BYTES:
                first += data[: limits.FIRST_BYTES - len(first)]
            connection.bio_write(data)
        except SSL.Error:
            await _flush_quietly(connection, tcp)
            raise
        else:
            await _flush(connection, tcp)
            return HandshakeStatus.COMPLETED


async def _flush(connection: SSL.Connection, tcp: TcpStream) -> None:
    """Send what OpenSSL has ready."""
    while True:
        try:
            data = connection.bio_read(65536)
        except SSL.WantReadError:
            return
        await tcp.send(data)


async def _flush_quietly(connection: SSL.Connection, tcp: TcpStream) -> None:
    """Send our own alert to a server that may have gone already."""
    try:
        await _flush(connection, tcp)
    except OSError:
        return


def _classify(first: bytes) -> HandshakeStatus:
    """What the first bytes are, where OpenSSL cannot make sense of them."""
    start = first.lstrip()[:5].upper()
    if any(start.startswith(known) for known in _HTTP_STARTS):
        return HandshakeStatus.PLAINTEXT_HTTP
    if len(first) >= 2 and first[0] in _RECORD_TYPES and first[1] == 3:
        return HandshakeStatus.MALFORMED
    return HandshakeStatus.NOT_TLS


def _words(problem: SSL.Error) -> str | None:
    """OpenSSL's own words for an error, last first."""
    reasons = problem.args[0] if problem.args else ()
    if isinstance(reasons, Iterable) and not isinstance(reasons, str):
        texts = [str(reason[-1]) for reason in reasons if isinstance(reason, tuple) and reason]
        return "; ".join(texts)[:200] or None
    return str(reasons)[:200]


def _chain(connection: SSL.Connection) -> tuple[bytes, ...]:
    """The certificates as they were sent; none for a suite without certificates."""
    try:
        sent = connection.get_peer_cert_chain() or []
        return tuple(crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate) for certificate in sent)
    except (SSL.Error, crypto.Error):
        return ()


def _authorities(connection: SSL.Connection) -> tuple[str, ...]:
    """The issuers whose client certificates the server says it accepts."""
    names = connection.get_client_ca_list()[:_CLIENT_CA_NAMES]
    return tuple(_name_text(name.get_components()) for name in names)


def _name_text(parts: Sequence[tuple[bytes, bytes]]) -> str:
    """A distinguished name, its common name first, as that of a certificate is written everywhere."""
    texts = [f"{key.decode('ascii', 'replace')}={value.decode('utf-8', 'replace')}" for key, value in parts]
    turned = bool(parts) and parts[0][0] == b"CN" and parts[-1][0] != b"CN"
    return ",".join(texts if turned else reversed(texts))
