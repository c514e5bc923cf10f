"""HTTP/2 over an open connection, by httpcore (RFC 9113)."""

from collections.abc import AsyncIterator
from typing import Any

import httpcore
import httpx
from h2.exceptions import H2Error

from diagnostics.probes.stream import InvalidHttpError, Stream

# Within a body httpcore lets the errors of the library below it through.
_BROKEN = (httpcore.ProtocolError, httpcore.NetworkError, H2Error)


class _NetworkStream(httpcore.AsyncNetworkStream):
    """The connection as httpcore sees it; its timeouts are passed over: one deadline stands over everything."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return await self._stream.receive()

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        await self._stream.send(buffer)

    async def aclose(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:  # noqa: ARG002
        return None


class Http2:
    """Puts one request after the other to the server at the other end."""

    def __init__(self, stream: Stream, *, scheme: str, host: str, port: int) -> None:
        origin = httpcore.Origin(scheme.encode(), host.encode(), port)
        self._connection = httpcore.AsyncHTTP2Connection(origin, _NetworkStream(stream))

    @property
    def idle(self) -> bool:
        """Whether the last answer has been read to its end and another request may follow."""
        return self._connection.is_idle()

    async def ask(self, request: httpx.Request) -> httpx.Response:
        """Send a request and read the head of its answer; InvalidHttpError where that is none."""
        url = request.url
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.content,
        )
        try:
            answer = await self._connection.handle_async_request(asked)
        except (*_BROKEN, ValueError) as problem:  # ValueError: a status that is no number
            raise InvalidHttpError(str(problem)) from problem
        if not 100 <= answer.status <= 999:
            raise InvalidHttpError("the status is out of range")
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), request=request)


class _Body(httpx.AsyncByteStream):
    """The body of one answer."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._answer.aiter_stream():
                yield chunk
        except _BROKEN as problem:
            raise InvalidHttpError(str(problem)) from problem

    async def aclose(self) -> None:
        await self._answer.aclose()
