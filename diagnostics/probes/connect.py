"""The one door to the network: opens TCP connections, to addresses that the guard has checked and no others."""

import asyncio
import errno
import socket
import time
from types import TracebackType
from typing import Self

from diagnostics import limits
from diagnostics.facts import Connect, ConnectStatus
from diagnostics.probes.guard import CheckedAddress

_UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.EACCES, errno.EPERM}
_CHUNK = 64 * 1024


class TooManyBytesError(Exception):
    """The other side has sent more than it may."""


class TcpStream:
    """An open TCP connection that counts what it receives, so that no server can flood us."""

    __slots__ = ("_loop", "_socket", "allowance", "received")

    def __init__(self, connected: socket.socket, *, allowance: int) -> None:
        self._socket = connected
        self._loop = asyncio.get_running_loop()
        self.allowance = allowance
        self.received = 0

    def allow(self, count: int) -> None:
        """Let the other side send so many bytes from now on."""
        self.received, self.allowance = 0, count

    async def receive(self) -> bytes:
        """The next bytes, none at the end; TooManyBytesError past the allowance, OSError where it breaks."""
        data = await self._loop.sock_recv(self._socket, _CHUNK)
        self.received += len(data)
        if self.received > self.allowance:
            raise TooManyBytesError
        return data

    async def send(self, data: bytes) -> None:
        """Send it all; OSError where the connection breaks."""
        await self._loop.sock_sendall(self._socket, data)

    def close(self) -> None:
        """Close, at once and without waiting."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


async def dial(address: CheckedAddress, *, deadline: float) -> tuple[Connect, TcpStream | None]:
    """Open a connection to a checked address; `deadline` is a moment of the running loop's clock.

    Connected without a stream means that the other side cut the open connection off at once.
    """
    loop = asyncio.get_running_loop()
    if loop.time() >= deadline:
        return Connect(status=ConnectStatus.NOT_TRIED), None
    started = time.monotonic()
    status, error = None, None
    family = socket.AF_INET6 if ":" in address.ip else socket.AF_INET
    connection = None
    try:
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        async with asyncio.timeout_at(min(loop.time() + limits.CONNECT_SECONDS, deadline)):
            await loop.sock_connect(connection, (address.ip, address.port))
        status = ConnectStatus.CONNECTED
    except TimeoutError as problem:
        # ETIMEDOUT, the system's own patience, is a TimeoutError too.
        status, error = ConnectStatus.TIMEOUT, _name(problem) or "ETIMEDOUT"
    except ConnectionResetError as problem:
        # It was open, and was cut off before the first byte.
        if connection is not None:
            connection.close()
            connection = None
        status, error = ConnectStatus.CONNECTED, _name(problem)
    except ConnectionRefusedError as problem:
        status, error = ConnectStatus.REFUSED, _name(problem)
    except OSError as problem:
        status = ConnectStatus.UNREACHABLE if problem.errno in _UNREACHABLE else ConnectStatus.REFUSED
        error = _name(problem)
    finally:
        if connection is not None and status is not ConnectStatus.CONNECTED:
            connection.close()
    seconds = time.monotonic() - started
    if connection is None or status is not ConnectStatus.CONNECTED:
        return Connect(status=status, seconds=seconds, error=error), None
    return Connect(status=status, seconds=seconds), TcpStream(connection, allowance=limits.TLS_BYTES)


def has_route(ip: str) -> bool:
    """Whether this machine knows a way to that address; a connected UDP socket tells, and sends nothing."""
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((ip, 443))
    except OSError:
        return False
    return True


def _name(problem: OSError) -> str | None:
    return errno.errorcode.get(problem.errno) if problem.errno else None
