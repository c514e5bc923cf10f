"""HTTP/1.1 over an open connection, by h11 (RFC 9112)."""

import re
from collections.abc import AsyncIterator

import h11
import httpx

from diagnostics.probes.stream import InvalidHttpError, Stream

# One head of an answer; browsers stop at 256 kB, servers themselves mostly at 8 to 64 kB.
_HEAD_BYTES = 100 * 1024
_ODD_LINE = "illegal header line"  # h11's words
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([2-9][0-9]{2})(?: |$)")
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 §5.6.2


class Http1:
    """Puts one request after the other to the server at the other end."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD_BYTES)
        self._received = bytearray()  # of the answer whose head is being read

    @property
    def idle(self) -> bool:
        """Whether the last answer has been read to its end and another request may follow."""
        return self._connection.our_state is h11.IDLE

    async def ask(self, request: httpx.Request) -> httpx.Response:
        """Send a request and read the head of its answer; InvalidHttpError where that is none."""
        self._received.clear()
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
            answer = self._read_leniently(request) if _ODD_LINE in str(problem) else None
            if answer is None:
                raise InvalidHttpError(str(problem)) from problem
            return answer

    def _read_leniently(self, request: httpx.Request) -> httpx.Response | None:
        """An answer whose head has a line that is no header: browsers pass over the line, and so do we."""
        head, blank, beginning = bytes(self._received).replace(b"\r\n", b"\n").partition(b"\n\n")
        first, *lines = head.split(b"\n")
        status = _STATUS_LINE.match(first)
        if not blank or status is None:
            return None
        pairs = [line.partition(b":") for line in lines if b":" in line]
        headers = [(name.strip(), value.strip()) for name, _, value in pairs if _TOKEN.fullmatch(name.strip())]
        # Where the body ends may be what the odd line spoils, so only its beginning is kept.
        return httpx.Response(int(status[1]), headers=headers, stream=httpx.ByteStream(beginning), request=request)

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
                data = await self._stream.receive()
                if len(self._received) < _HEAD_BYTES:
                    self._received += data
                self._connection.receive_data(data)
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
