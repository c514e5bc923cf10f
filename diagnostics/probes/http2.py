"""HTTP/2 over an open connection, by h2 (RFC 9113)."""

from collections import deque
from collections.abc import AsyncIterator

import httpx
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import ConnectionTerminated, DataReceived, Event, ResponseReceived, StreamEnded, StreamReset
from h2.exceptions import H2Error
from h2.settings import SettingCodes, Settings

from diagnostics.probes.stream import Http1RequiredError, InvalidHttpError, Stream

_WINDOW_BYTES = 2**24  # more than any answer may have, so that no server ever waits for us
_HEAD_BYTES = 64 * 1024  # of one answer, unpacked: what h2 and browsers allow
_CONNECTION_HEADERS = (b"host", b"connection", b"transfer-encoding")  # RFC 9113 §8.2.2; :authority is the host


class Http2:
    """Puts one request after the other to the server at the other end."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        # What a server sends is taken as leniently as browsers do.
        self._connection = H2Connection(H2Configuration(validate_inbound_headers=False))
        self._events: deque[Event] = deque()
        self._begun = False
        self._stream_id = 0  # of the answer that is being read, 0 between two
        self._ended = False
        self._wants_http1 = False

    @property
    def idle(self) -> bool:
        """Whether the last answer has been read to its end and another request may follow."""
        return self._begun and not self._ended and self._stream_id == 0

    async def ask(self, request: httpx.Request) -> httpx.Response:
        """Send a request and read the head of its answer; InvalidHttpError where that is none."""
        if not self._begun:
            self._begin()
        self._stream_id = stream_id = self._connection.get_next_available_stream_id()
        self._events.clear()
        url = request.url
        headers = [
            (b":method", request.method.encode("ascii")),
            (b":authority", url.netloc),
            (b":scheme", url.raw_scheme),
            (b":path", url.raw_path),
            *((name.lower(), value) for name, value in request.headers.raw if name.lower() not in _CONNECTION_HEADERS),
        ]
        try:
            self._connection.send_headers(stream_id, headers, end_stream=not request.content)
            await self._send_body(request.content)
        except H2Error as problem:  # the server has ended the stream or the connection meanwhile
            raise InvalidHttpError(str(problem)) from problem
        while not isinstance(event := await self._next(), ResponseReceived):
            pass
        fields = [(bytes(name), bytes(value)) for name, value in event.headers]
        status = next((value for name, value in fields if name == b":status"), b"")
        if not (len(status) == 3 and status.isdigit() and status >= b"100"):
            raise InvalidHttpError("the status is no number from 100 to 999")
        kept = [(name, value) for name, value in fields if not name.startswith(b":")]
        return httpx.Response(int(status), headers=kept, stream=_Body(self), request=request)

    async def body(self) -> AsyncIterator[bytes]:
        """The body as it comes; InvalidHttpError where it breaks off."""
        while not isinstance(event := await self._next(), StreamEnded):
            if isinstance(event, DataReceived):
                if not self._ended:
                    self._connection.acknowledge_received_data(event.flow_controlled_length or 0, self._stream_id)
                yield event.data or b""
        self._stream_id = 0

    def _begin(self) -> None:
        self._begun = True
        settings = {
            SettingCodes.ENABLE_PUSH: 0,
            SettingCodes.MAX_CONCURRENT_STREAMS: 100,
            SettingCodes.INITIAL_WINDOW_SIZE: _WINDOW_BYTES,
            SettingCodes.MAX_HEADER_LIST_SIZE: _HEAD_BYTES,
        }
        self._connection.local_settings = Settings(client=True, initial_values=settings)
        # Some servers refuse a setting that is younger than they are, and it is of no use here (RFC 8441).
        del self._connection.local_settings[SettingCodes.ENABLE_CONNECT_PROTOCOL]
        self._connection.initiate_connection()
        self._connection.increment_flow_control_window(_WINDOW_BYTES)

    async def _send_body(self, content: bytes) -> None:
        """Send what follows the head, as far as the server lets it in (RFC 9113 §5.2)."""
        while content:
            room = self._connection.local_flow_control_window(self._stream_id)
            size = min(len(content), room, self._connection.max_outbound_frame_size)
            if size:
                self._connection.send_data(self._stream_id, content[:size], end_stream=size == len(content))
                content = content[size:]
            else:
                await self._receive()
        await self._flush()

    async def _next(self) -> Event:
        """The next event of the answer that is being read."""
        while not self._events:
            await self._receive()
        event = self._events.popleft()
        if isinstance(event, StreamReset):
            if event.error_code == ErrorCodes.HTTP_1_1_REQUIRED:
                raise Http1RequiredError("the server wants HTTP/1.1")
            raise InvalidHttpError("the server broke the answer off")
        return event

    async def _receive(self) -> None:
        """Read what comes next, having sent what the server may be waiting for."""
        await self._flush()
        data = b"" if self._ended else await self._stream.receive()
        if not data:
            self._ended = True
            if self._wants_http1:
                raise Http1RequiredError("the server wants HTTP/1.1")
            raise InvalidHttpError("the server ended the connection")
        try:
            events = self._connection.receive_data(data)
        except Exception as problem:  # whatever a parser raises for bytes from outside
            self._ended = True
            raise InvalidHttpError(str(problem)) from problem
        for event in events:
            if isinstance(event, ConnectionTerminated):
                self._ended = True  # what has come before it still counts
                self._wants_http1 = event.error_code == ErrorCodes.HTTP_1_1_REQUIRED
            elif getattr(event, "stream_id", None) == self._stream_id:
                self._events.append(event)

    async def _flush(self) -> None:
        """Send what h2 has ready; what one step needs goes out together."""
        data = self._connection.data_to_send()
        if data:
            await self._stream.send(data)


class _Body(httpx.AsyncByteStream):
    """The body of one answer."""

    def __init__(self, connection: Http2) -> None:
        self._connection = connection

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._connection.body():
            yield chunk
