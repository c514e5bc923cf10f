"""HTTP/1.1 over an open connection, by h11 (RFC 9112)."""

from collections.abc import AsyncIterator

import h11
import httpx

from diagnostics.probes.stream import InvalidHttpError, Stream

# One head of an answer; browsers stop at 256 kB, servers themselves mostly at 8 to 64 kB.
_HEAD_BYTES = 100 * 1024


class Http1:
    """Puts one request after the other to the server at the other end."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD_BYTES)

    @property
    def idle(self) -> bool:
        """Whether the last answer has been read to its end and another request may follow."""
        return self._connection.our_state is h11.IDLE

    async def ask(self, request: httpx.Request) -> httpx.Response:
        """Send a request and read the head of its answer; InvalidHttpError where that is none."""
        try:
            await self._send(
                h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
            )
            if request.content:
                await self._send(h11.Data(data=request.content))
            await self._send(h11.EndOfMessage())
            while True:
                event = await self._next()
                if isinstance(event, h11.Response):
                    return httpx.Response(
                        event.status_code, headers=list(event.headers.raw_items()), stream=_Body(self), request=request
                    )
        except h11.ProtocolError as problem:
            raise InvalidHttpError(str(problem)) from problem

    async def body(self) -> AsyncIterator[bytes]:
        """The body as it comes; InvalidHttpError where it breaks off."""
        try:
            while not isinstance(event := await self._next(), h11.EndOfMessage):
                if isinstance(event, h11.Data):
                    yield bytes(event.data)
        except h11.ProtocolError as problem:
            raise InvalidHttpError(str(problem)) from problem
        if self._connection.our_state is h11.DONE and self._connection.their_state is h11.DONE:
            self._connection.start_next_cycle()

    async def _send(self, event: h11.Event) -> None:
        data = self._connection.send(event)
        if data:
            await self._stream.send(data)

    async def _next(self) -> h11.Event:
        while True:
            event = self._connection.next_event()
            if event is h11.NEED_DATA:
                self._connection.receive_data(await self._stream.receive())
            elif isinstance(event, h11.ConnectionClosed) or event is h11.PAUSED:
                raise InvalidHttpError("the connection was closed")
            elif isinstance(event, h11.Event):
                return event


class _Body(httpx.AsyncByteStream):
    """The body of one answer."""

    def __init__(self, connection: Http1) -> None:
        self._connection = connection

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._connection.body():
            yield chunk
