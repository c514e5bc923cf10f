"""What HTTP needs of a connection, whatever opened it."""

from typing import Protocol


class InvalidHttpError(Exception):
    """What the server sent is no HTTP, or ends before it should."""


class Http1RequiredError(InvalidHttpError):
    """The server answers over HTTP/1.1 only (RFC 9113 §7, HTTP_1_1_REQUIRED)."""


class Stream(Protocol):
    """An open connection, encrypted or not."""

    def allow(self, count: int) -> None:
        """Let the other side send so many bytes from now on."""

    async def receive(self) -> bytes:
        """The next bytes, none at the end."""

    async def send(self, data: bytes) -> None:
        """Send it all."""

    def close(self) -> None:
        """Close at once."""
