"""HTTP/2 answers are read as far as they are any, whatever the server does in between."""

from collections.abc import Callable

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.settings
import httpx
import pytest

from diagnostics.probes.http2 import Http2
from diagnostics.probes.stream import Http1RequiredError, InvalidHttpError

Headers = list[tuple[str, str]]
Respond = Callable[[h2.connection.H2Connection, int], None]
PAGE: Headers = [(":status", "200"), ("strict-transport-security", "max-age=1")]


class _Server:
    """The other end of a connection, which answers each request by a script as soon as it has all of it."""

    def __init__(self, respond: Respond, *, settings: dict[h2.settings.SettingCodes | int, int] | None = None) -> None:
        self._respond = respond
        self.connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        self.connection.initiate_connection()
        if settings:
            self.connection.update_settings(settings)
        self.requests: list[dict[bytes, bytes]] = []
        self.body = b""
        self.writes = 0

    def allow(self, count: int) -> None: ...

    async def receive(self) -> bytes:
        return self.connection.data_to_send()

    async def send(self, data: bytes) -> None:
        self.writes += 1
        for event in self.connection.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                self.requests.append({bytes(name): bytes(value) for name, value in event.headers or ()})
            elif isinstance(event, h2.events.DataReceived):
                self.body += event.data or b""
                self.connection.acknowledge_received_data(event.flow_controlled_length or 0, event.stream_id or 0)
            elif isinstance(event, h2.events.StreamEnded):
                self._respond(self.connection, event.stream_id or 0)

    def close(self) -> None: ...


def page(connection: h2.connection.H2Connection, stream_id: int) -> None:
    connection.send_headers(stream_id, PAGE)
    connection.send_data(stream_id, b"hello", end_stream=True)


async def ask(http: Http2, *, content: bytes = b"") -> tuple[int, bytes]:
    headers = {"Host": "shop.example.com", "Connection": "close", "X-Own": "Value"}
    request = httpx.Request(
        "POST" if content else "GET", "https://shop.example.com/a?b", headers=headers, content=content
    )
    response = await http.ask(request)
    return response.status_code, b"".join([chunk async for chunk in response.aiter_raw()])


async def test_requests_go_one_after_the_other_over_one_connection() -> None:
    server = _Server(page)
    http = Http2(server)
    assert not http.idle
    for _ in range(3):
        assert await ask(http) == (200, b"hello")
        assert http.idle
    assert len(server.requests) == 3
    assert server.requests[0] == {
        b":method": b"GET",
        b":scheme": b"https",
        b":authority": b"shop.example.com",
        b":path": b"/a?b",
        b"x-own": b"Value",
    } | {name: value for name, value in server.requests[0].items() if name in (b"accept", b"user-agent")}


async def test_the_greeting_and_the_request_go_out_together() -> None:
    """Each packet less is one less to encrypt, to send and to wait for."""
    server = _Server(page)
    await ask(Http2(server))
    assert server.writes == 1


async def test_a_body_is_sent_as_the_server_has_room_for_it() -> None:
    server = _Server(page, settings={h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 10})
    sent = b"0123456789" * 10
    assert await ask(Http2(server), content=sent) == (200, b"hello")
    assert server.body == sent


def _interim(connection: h2.connection.H2Connection, stream_id: int) -> None:
    connection.send_headers(stream_id, [(":status", "103"), ("link", "</style.css>")])
    page(connection, stream_id)


def _trailers(connection: h2.connection.H2Connection, stream_id: int) -> None:
    connection.send_headers(stream_id, PAGE)
    connection.send_data(stream_id, b"hello")
    connection.send_headers(stream_id, [("x-sum", "1")], end_stream=True)


def _ping(connection: h2.connection.H2Connection, stream_id: int) -> None:
    connection.ping(b"12345678")
    page(connection, stream_id)


def _farewell(connection: h2.connection.H2Connection, stream_id: int) -> None:
    page(connection, stream_id)
    connection.close_connection()


@pytest.mark.parametrize("respond", [page, _interim, _trailers, _ping, _farewell])
async def test_what_comes_beside_an_answer_does_no_harm(respond: Respond) -> None:
    assert await ask(Http2(_Server(respond))) == (200, b"hello")


async def test_after_a_farewell_there_is_no_further_request() -> None:
    http = Http2(_Server(_farewell))
    await ask(http)
    assert not http.idle


def _nothing(connection: h2.connection.H2Connection, stream_id: int) -> None: ...


def _reset(connection: h2.connection.H2Connection, stream_id: int) -> None:
    connection.reset_stream(stream_id)


def _goodbye(connection: h2.connection.H2Connection, stream_id: int) -> None:
    connection.close_connection()


def _half(connection: h2.connection.H2Connection, stream_id: int) -> None:
    connection.send_headers(stream_id, PAGE)
    connection.send_data(stream_id, b"hel")


def _half_and_reset(connection: h2.connection.H2Connection, stream_id: int) -> None:
    _half(connection, stream_id)
    connection.reset_stream(stream_id)


def _status(status: str) -> Respond:
    def respond(connection: h2.connection.H2Connection, stream_id: int) -> None:
        connection.config.validate_outbound_headers = False
        connection.send_headers(stream_id, [(":status", status)], end_stream=True)

    return respond


NO_ANSWERS = [
    _nothing, _reset, _goodbye, _half, _half_and_reset,
    _status("20x"), _status("2000"), _status("099"), _status(""), _status("+20"), _status("²00"),
]  # fmt: skip


@pytest.mark.parametrize("respond", NO_ANSWERS)
async def test_what_is_no_whole_answer_is_said_to_be_none(respond: Respond) -> None:
    with pytest.raises(InvalidHttpError):
        await ask(Http2(_Server(respond)))


def _reset_for(code: h2.errors.ErrorCodes) -> Respond:
    return lambda connection, stream_id: connection.reset_stream(stream_id, code)


def _goodbye_for(code: h2.errors.ErrorCodes) -> Respond:
    return lambda connection, _: connection.close_connection(code)


@pytest.mark.parametrize("end", [_reset_for, _goodbye_for])
async def test_a_server_that_wants_http_1_is_told_from_one_that_fails(
    end: Callable[[h2.errors.ErrorCodes], Respond],
) -> None:
    with pytest.raises(Http1RequiredError):
        await ask(Http2(_Server(end(h2.errors.ErrorCodes.HTTP_1_1_REQUIRED))))
    with pytest.raises(InvalidHttpError) as failure:
        await ask(Http2(_Server(end(h2.errors.ErrorCodes.INTERNAL_ERROR))))
    assert not isinstance(failure.value, Http1RequiredError)


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\n\r\n", b"\xff" * 500])
async def test_what_is_no_http_2_is_said_to_be_none(said: bytes) -> None:
    class Other(_Server):
        async def receive(self) -> bytes:
            nonlocal said
            data, said = said, b""
            return data

    with pytest.raises(InvalidHttpError):
        await ask(Http2(Other(page)))
