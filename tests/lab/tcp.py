"""What a TCP port can do: refuse, stay silent, hang up, say something odd, or pass the connection to a handler."""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable
from typing import Protocol, runtime_checkable

LINGER_SECONDS = 1.0  # how long a closed connection is still read, so that the peer sees FIN and not RST
WORST_CASE_SECONDS = 120.0  # no connection outlives this, whatever its handler does
FLOOD_BYTES = 512 * 1024 * 1024  # an endless answer ends here, in case nobody hangs up
CHUNK_BYTES = 64 * 1024


class Stream(Protocol):
    """One connection as a handler sees it, encrypted or not; `read` gives b"" at its end."""

    async def read(self, limit: int = CHUNK_BYTES) -> bytes: ...

    async def write(self, data: bytes) -> None: ...

    def reset(self) -> None:
        """End the connection with RST, at once."""


Handler = Callable[[Stream], Awaitable[None]]


@runtime_checkable
class Listener(Protocol):
    """Something that can be put on an address and port."""

    async def start(self, address: str, port: int) -> None:
        """OSError where the address is taken."""

    async def stop(self) -> None: ...


def family_of(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def bound_socket(address: str, port: int) -> socket.socket:
    """A TCP socket on that address and port that does not listen yet; OSError where they are taken."""
    bound = socket.socket(family_of(address), socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((address, port))
    except OSError:
        bound.close()
        raise
    return bound


class TcpStream:
    """A connection in clear text."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self, limit: int = CHUNK_BYTES) -> bytes:
        return await self._reader.read(limit)

    async def write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    def reset(self) -> None:
        connection: socket.socket = self._writer.get_extra_info("socket")
        # Linger on, zero seconds: close() then sends RST (socket(7)).
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    async def finish(self) -> None:
        """End the connection with FIN; what the peer still sends is read, for unread bytes would turn FIN into RST."""
        if self._writer.is_closing():
            return
        with contextlib.suppress(OSError, TimeoutError):
            self._writer.write_eof()
            async with asyncio.timeout(LINGER_SECONDS):
                while await self._reader.read(CHUNK_BYTES):
                    pass
        self._writer.close()


class ReplayStream:
    """A connection of which some bytes have been read already and are to be read again."""

    def __init__(self, stream: Stream, *, seen: bytes) -> None:
        self._stream = stream
        self._seen = seen

    async def read(self, limit: int = CHUNK_BYTES) -> bytes:
        if self._seen:
            first, self._seen = self._seen[:limit], self._seen[limit:]
            return first
        return await self._stream.read(limit)

    async def write(self, data: bytes) -> None:
        await self._stream.write(data)

    def reset(self) -> None:
        self._stream.reset()


class Server:
    """A port whose every connection is given to the handler; it counts them, and keeps what a handler did wrong."""

    def __init__(self, handler: Handler) -> None:
        self.connections = 0
        self.errors: list[Exception] = []
        self._handler = handler
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, address: str, port: int) -> None:
        self._server = await asyncio.start_server(self._serve, sock=bound_socket(address, port))

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        stream = TcpStream(reader, writer)
        try:
            async with asyncio.timeout(WORST_CASE_SECONDS):
                await self._handler(stream)
                await stream.finish()
        except (OSError, ssl.SSLError, TimeoutError, EOFError):
            pass  # the peer hung up or spoke badly, which clients of broken servers do
        except asyncio.CancelledError:
            pass  # stop() ends us; raising would only have asyncio's stream protocol complain
        except Exception as error:
            self.errors.append(error)
        finally:
            writer.transport.abort()
            self._tasks.discard(task)


class Refused:
    """A port on which nothing listens: the kernel answers RST. The port is held, so that nobody else gets it."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None

    async def start(self, address: str, port: int) -> None:
        self._socket = bound_socket(address, port)

    async def stop(self) -> None:
        if self._socket is not None:
            self._socket.close()


class Silent:
    """A port that never answers a SYN, as behind a firewall that drops.

    A listening socket whose queue is full and never emptied: Linux drops further SYNs (listen(2); needs
    net.ipv4.tcp_abort_on_overflow 0, the default).
    """

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []

    async def start(self, address: str, port: int) -> None:
        listening = bound_socket(address, port)
        self._sockets = [listening]
        listening.listen(0)
        # A backlog of 0 still admits one connection; a few more fill what else the kernel may allow.
        for _ in range(4):
            filler = socket.socket(family_of(address), socket.SOCK_STREAM)
            filler.setblocking(False)
            filler.connect_ex((address, port))
            self._sockets.append(filler)

    async def stop(self) -> None:
        for each in self._sockets:
            each.close()


async def hang(stream: Stream) -> None:
    """Read for ever and never answer."""
    while await stream.read():
        pass


async def hang_up(stream: Stream) -> None:
    """FIN as soon as the client has said something."""
    await stream.read()


async def hang_up_at_once(stream: Stream) -> None:
    """FIN before the client has said anything."""


async def reset(stream: Stream) -> None:
    """RST as soon as the client has said something."""
    await stream.read()
    stream.reset()


async def reset_at_once(stream: Stream) -> None:
    """RST before the client has said anything."""
    stream.reset()


def say(data: bytes) -> Handler:
    """Say this at once, as SSH and SMTP servers do, then hang up once the client has spoken."""

    async def handle(stream: Stream) -> None:
        await stream.write(data)
        await stream.read()

    return handle


def answer(data: bytes) -> Handler:
    """Say this once the client has said something, then hang up."""

    async def handle(stream: Stream) -> None:
        await stream.read()
        await stream.write(data)

    return handle


def drip(data: bytes, *, pause: float = 0.1, repeat: bool = True) -> Handler:
    """Send the data one byte each `pause` seconds, over and over unless told otherwise."""

    async def handle(stream: Stream) -> None:
        while True:
            for byte in data:
                await stream.write(bytes([byte]))
                await asyncio.sleep(pause)
            if not repeat:
                return

    return handle


def flood(chunk: bytes, *, first: bytes = b"") -> Handler:
    """Once the client has said something, send `first`, then the chunk as fast as it is taken."""
    block = chunk * max(1, CHUNK_BYTES // len(chunk))

    async def handle(stream: Stream) -> None:
        await stream.read()
        await stream.write(first)
        for _ in range(FLOOD_BYTES // len(block)):
            await stream.write(block)

    return handle


SSH_BANNER = b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"
SMTP_BANNER = b"220 mail.example ESMTP Postfix\r\n"
# What nginx answers to a ClientHello on a port that is `listen 443` without `ssl`.
HTTP_400 = (
    b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Type: text/html\r\nContent-Length: 150\r\n"
    b"Connection: close\r\n\r\n" + b"<html>\r\n<head><title>400 Bad Request</title></head>".ljust(150)
)
# What Python's http.server answers to it: HTTP/0.9, so no status line.
BARE_HTML = b"<!DOCTYPE HTML>\n<html><head><title>Error response</title></head><body>Bad request</body></html>\n"
