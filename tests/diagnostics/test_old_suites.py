"""A server that lives on forgotten cipher suites alone is heard out; any other is none of them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from OpenSSL import SSL

from diagnostics.probes.connect import TcpStream, dial
from diagnostics.probes.guard import Guard
from diagnostics.probes.old_suites import SUITES, client_hello, offer_old_suites, read_choice
from tests.lab import tcp, tls
from tests.lab.ca import LabCa, rsa_key
from tests.lab.certificates import NOW
from tests.lab.hosts import OPEN_HTTPS_PORT, Lab
from tests.lab.programs import OpensslServer, find_openssl
from tests.lab.tcp import Handler, Listener, Stream

HOST = "old.example"
TRIPLE_DES, RC4 = b"\x00\x0a", b"\x00\x05"
AES = b"\xc0\x2f"


@asynccontextmanager
async def connected(what: Handler | Listener) -> AsyncIterator[TcpStream]:
    """An open connection to a lab server."""
    with Lab() as lab:
        address = lab.put(what, port=OPEN_HTTPS_PORT)
        guard = Guard(allow_networks=lab.allow_networks)
        checked = guard.admit(address, host=address, port=OPEN_HTTPS_PORT)
        assert checked is not None
        _, stream = await dial(checked, deadline=asyncio.get_running_loop().time() + 10)
        assert stream is not None
        with stream:
            yield stream


async def choice(what: Handler | Listener, *, host: str | None = HOST, seconds: float = 10) -> str | None:
    async with connected(what) as stream:
        return await offer_old_suites(stream, host=host, deadline=asyncio.get_running_loop().time() + seconds)


def hello(suite: bytes, version: bytes = b"\x03\x03") -> bytes:
    """The record of a ServerHello."""
    message = tls.server_hello(suite)
    return tls.record(tls.HANDSHAKE, message[:4] + version + message[6:], version=version)


def in_pieces(data: bytes) -> Handler:
    async def handle(stream: Stream) -> None:
        for byte in data:
            await stream.write(bytes([byte]))

    return tls.after_hello(handle)


CHOOSES = {
    "at once": (tls.send(hello(TRIPLE_DES)), "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
    "another": (tls.send(hello(RC4)), "TLS_RSA_WITH_RC4_128_SHA"),
    "with TLS 1.0": (tls.send(hello(TRIPLE_DES, b"\x03\x01")), "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
    "with SSL 3": (tls.send(hello(TRIPLE_DES, b"\x03\x00")), "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
    "byte by byte": (in_pieces(hello(TRIPLE_DES)), "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
    "after a warning": (
        tls.send(tls.alert_record(112, level=tls.WARNING) + hello(TRIPLE_DES)),
        "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    ),
    "and never goes on": (tls.send(hello(TRIPLE_DES), tcp.hang), "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
    "with the certificate in the same record": (
        tls.send(tls.records_of(tls.server_hello(TRIPLE_DES) + tls.certificate_message((b"\x30" * 6000,)))),
        "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    ),
    "in two records": (
        tls.send(
            tls.record(tls.HANDSHAKE, tls.server_hello(TRIPLE_DES)[:20])
            + tls.record(tls.HANDSHAKE, tls.server_hello(TRIPLE_DES)[20:])
        ),
        "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    ),
}
CHOOSES_NONE = {
    "a suite that was not offered": tls.send(hello(AES)),
    "a fatal alert": tls.alert(40),
    "a warning and FIN": tls.alert(112, level=tls.WARNING),
    "FIN": tcp.hang_up,
    "FIN at once": tcp.hang_up_at_once,
    "RST": tcp.reset,
    "a cut-off hello": tls.cut_record,
    "rubbish in a record": tls.record_rubbish,
    "HTTP": tcp.answer(tcp.HTTP_400),
    "SSH": tcp.say(tcp.SSH_BANNER),
    "a flood of alerts": tls.alert_flood,
    "a flood of empty records": tls.empty_record_flood,
    "a flood of bytes": tcp.flood(bytes(range(256))),
}
SILENT = {
    "silence": tcp.hang,
    "a drip": tcp.drip(b"\x16\x03\x03\x40\x00\x02\x00" + b"\x02" * 1000),
    "a drip of empty records": tcp.drip(tls.record(tls.HANDSHAKE, b"")),
}


@pytest.mark.parametrize("case", CHOOSES)
async def test_the_suite_that_the_server_chooses_is_named(case: str) -> None:
    handler, name = CHOOSES[case]
    assert await choice(handler) == name


@pytest.mark.parametrize("case", CHOOSES_NONE)
async def test_what_chooses_no_old_suite_is_none(case: str) -> None:
    assert await choice(CHOOSES_NONE[case]) is None


@pytest.mark.parametrize("case", SILENT)
async def test_the_deadline_ends_a_server_that_does_not_answer(case: str) -> None:
    assert await choice(SILENT[case], seconds=0.3) is None


@pytest.mark.skipif(find_openssl() is None, reason="needs the openssl command")
@pytest.mark.parametrize("name", [HOST, None])
async def test_openssl_reads_the_greeting_and_shares_no_suite_with_it(name: str | None) -> None:
    """What it answers is alert 40 and not a complaint about the greeting (50 decode error)."""
    identity = LabCa(NOW).issue(HOST).healthy
    async with connected(OpensslServer(identity, "-tls1_2", "-cipher", "ECDHE+AESGCM")) as stream:
        await stream.send(client_hello(name))
        assert await stream.receive() == tls.alert_record(40)


async def test_a_real_server_of_one_old_suite_chooses_it() -> None:
    """SEED is one that the OpenSSL of pyOpenSSL may still speak."""
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    identity = LabCa(NOW).issue(HOST, own_key=rsa_key())
    context.use_certificate(identity.made.certificate)
    context.use_privatekey(rsa_key())
    try:
        context.set_cipher_list(b"SEED-SHA:@SECLEVEL=0")
    except SSL.Error:
        pytest.skip("this OpenSSL has no SEED")

    async def answer(stream: Stream) -> None:
        connection = SSL.Connection(context, None)
        connection.set_accept_state()
        connection.bio_write(await tls.read_client_hello(stream))
        with contextlib.suppress(SSL.WantReadError):
            connection.do_handshake()
        await stream.write(connection.bio_read(65536))

    assert await choice(answer) == "TLS_RSA_WITH_SEED_CBC_SHA"


async def test_the_greeting_names_the_host() -> None:
    seen: list[bytes] = []

    async def record_greeting(stream: Stream) -> None:
        seen.append(await tls.read_client_hello(stream))

    await choice(record_greeting)
    await choice(record_greeting, host=None)
    with_name, without = seen
    assert HOST.encode() in with_name
    assert HOST.encode() not in without


def test_no_suite_is_one_that_browsers_accept() -> None:
    assert all(any(old in name for old in ("3DES", "DES", "RC4", "RC2", "SEED", "IDEA")) for name in SUITES.values())


@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    read_choice(data)
    read_choice(b"\x16\x03\x03\x00\x50" + data)


@given(st.integers(0, len(hello(TRIPLE_DES)) - 1), st.integers(0, 255))
def test_a_damaged_hello_raises_nothing(place: int, value: int) -> None:
    damaged = bytearray(hello(TRIPLE_DES))
    damaged[place] = value
    read_choice(bytes(damaged))
