"""HTTP/1.1 and HTTP/2 servers that answer by a script, on plain TCP or behind TLS, and some that misbehave."""

import asyncio
import gzip
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions

from tests.lab import tcp
from tests.lab.tcp import FLOOD_BYTES, Handler, Stream

REQUEST_BYTES = 64 * 1024  # a longer request head is not waited for

HSTS = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


@dataclass(frozen=True, slots=True)
class Request:
    """A request; names of headers are lower case, `host` has no port."""

    method: str
    path: str
    host: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str:
        """The first header of that lower-case name, or an empty text."""
        return next((value for key, value in self.headers if key == name), "")


@dataclass(frozen=True, slots=True)
class Response:
    """An answer; its length is added when it is sent."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def with_headers(self, *headers: tuple[str, str]) -> "Response":
        return replace(self, headers=(*self.headers, *headers))


Script = Response | Mapping[str, Response] | Callable[[Request], Response]


def page(
    body: str = "<!doctype html><title>Shop</title><p>Hello.", *, status: int = 200, hsts: bool = True
) -> Response:
    """A page of HTML, with a good Strict-Transport-Security header unless told otherwise."""
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    return Response(status, (*headers, HSTS) if hsts else headers, body.encode())


def redirect(location: str | None, *, status: int = 301) -> Response:
    """A redirect; without a Location where that is None."""
    return Response(status, () if location is None else (("Location", location),))


def to_https(request: Request, *, port: int = 443) -> Response:
    """The usual answer on port 80: the same URL with https."""
    return redirect(f"https://{request.host}{'' if port == 443 else f':{port}'}{request.path}")


def chain_of_redirects(count: int, *, base: str) -> Callable[[Request], Response]:
    """`/`, `/1`, `/2`, ... each leading to the next, until after `count` redirects a page comes."""

    def respond(request: Request) -> Response:
        step = int(request.path.strip("/") or "0")
        return redirect(f"{base}/{step + 1}") if step < count else page()

    return respond


def until_cookie(request: Request) -> Response:
    """Redirects to itself until the cookie that it sets comes back, which is no loop for a browser."""
    if "seen=1" in request.header("cookie"):
        return page()
    return redirect(request.path).with_headers(("Set-Cookie", "seen=1; Path=/"))


def http(script: Script | None = None) -> Handler:
    """A server that waits for each request and answers it: always the same, by path, or by a function."""

    def respond(request: Request) -> Response:
        match script:
            case None:
                return page()
            case Response():
                return script
            case Mapping():
                return script.get(request.path.partition("?")[0], page(status=404))
            case _:
                return script(request)

    async def handle(stream: Stream) -> None:
        while (request := await read_request(stream)) is not None:
            response = respond(request)
            await stream.write(_encode(response, head_only=request.method == "HEAD"))
            if request.header("connection").lower() == "close":
                return

    return handle


def http2(response: Response | None = None) -> Handler:
    """A server that speaks HTTP/2 and nothing else."""
    chosen = response or page()

    async def handle(stream: Stream) -> None:
        connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        connection.initiate_connection()
        await stream.write(connection.data_to_send())
        while data := await stream.read():
            try:
                events = connection.receive_data(data)
            except h2.exceptions.ProtocolError:  # HTTP/1.1, for one
                await stream.write(connection.data_to_send())
                return
            for event in events:
                if isinstance(event, h2.events.RequestReceived) and event.stream_id is not None:
                    headers = [(key.lower(), value) for key, value in chosen.headers]
                    connection.send_headers(event.stream_id, [(":status", str(chosen.status)), *headers])
                    connection.send_data(event.stream_id, chosen.body, end_stream=True)
            await stream.write(connection.data_to_send())

    return handle


def wants_http1(then: Handler, *, goodbye: bool = False) -> Handler:
    """A server that chooses HTTP/2 and answers over HTTP/1.1 only: it resets the request, or ends the connection."""

    async def handle(stream: Stream) -> None:
        beginning = await stream.read()
        if not beginning.startswith(b"PRI "):
            await then(tcp.ReplayStream(stream, seen=beginning))
            return
        connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        connection.initiate_connection()
        data = beginning
        while data:
            for event in connection.receive_data(data):
                if isinstance(event, h2.events.RequestReceived) and event.stream_id is not None:
                    if goodbye:
                        connection.close_connection(h2.errors.ErrorCodes.HTTP_1_1_REQUIRED)
                    else:
                        connection.reset_stream(event.stream_id, h2.errors.ErrorCodes.HTTP_1_1_REQUIRED)
            await stream.write(connection.data_to_send())
            data = await stream.read()

    return handle


async def read_request(stream: Stream) -> Request | None:
    """The next request, or None at the end of the connection; one at a time, for what follows it is lost."""
    head = b""
    while b"\r\n\r\n" not in head and len(head) < REQUEST_BYTES:
        data = await stream.read()
        if not data:
            return None
        head += data
    head, _, body = head.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    method, _, rest = lines[0].partition(" ")
    pairs = [line.partition(":") for line in lines[1:]]
    headers = tuple((key.strip().lower(), value.strip()) for key, _, value in pairs)
    length = int(next((value for key, value in headers if key == "content-length"), "0"))
    while len(body) < min(length, REQUEST_BYTES):
        data = await stream.read()
        if not data:
            return None
        body += data
    authority = next((value for key, value in headers if key == "host"), "")
    host = authority if authority.endswith("]") else authority.rpartition(":")[0] or authority
    return Request(method, rest.partition(" ")[0], host, headers, body)


def _encode(response: Response, *, head_only: bool = False) -> bytes:
    try:
        reason = HTTPStatus(response.status).phrase
    except ValueError:
        reason = "Unnamed"  # CDNs' own numbers, such as 526
    lines = [f"HTTP/1.1 {response.status} {reason}"]
    lines += [f"{key}: {value}" for key, value in response.headers]
    # Headers go out byte for byte, so that a script can send what no library would.
    head = "\r\n".join([*lines, f"Content-Length: {len(response.body)}", "", ""]).encode("utf-8", "surrogateescape")
    return head if head_only else head + response.body


# Misbehaviour. Each waits for a whole request first, so that it works behind TLS as well.


def after_request(behaviour: Handler) -> Handler:
    """Wait for a request, then behave like this."""

    async def handle(stream: Stream) -> None:
        if await read_request(stream) is not None:
            await behaviour(stream)

    return handle


def raw(data: bytes) -> Handler:
    """Answer a request with these bytes and end the connection."""

    async def handle(stream: Stream) -> None:
        await stream.write(data)

    return after_request(handle)


async def _pour(stream: Stream, first: bytes, chunk: bytes) -> None:
    await stream.write(first)
    block = chunk * max(1, tcp.CHUNK_BYTES // len(chunk))
    for _ in range(FLOOD_BYTES // len(block)):
        await stream.write(block)


def endless(first: bytes, chunk: bytes) -> Handler:
    """Answer with `first`, then with the chunk, again and again, as fast as it is taken."""

    async def handle(stream: Stream) -> None:
        await _pour(stream, first, chunk)

    return after_request(handle)


_OK = b"HTTP/1.1 200 OK\r\n"

never_answers: Handler = after_request(tcp.hang)
closes_without_answer: Handler = after_request(tcp.hang_up_at_once)
resets_without_answer: Handler = after_request(tcp.reset_at_once)
header_drip: Handler = after_request(tcp.drip(_OK + b"X-Slow: " + b"a" * 4096))
endless_header_lines: Handler = endless(_OK, b"X-Filler: " + b"a" * 100 + b"\r\n")
endless_header_value: Handler = endless(_OK + b"X-Filler: ", b"a" * 1024)
endless_body: Handler = endless(_OK + b"Content-Type: text/html\r\n\r\n", b"<p>All work and no play.</p>\n")
endless_chunks: Handler = endless(_OK + b"Transfer-Encoding: chunked\r\n\r\n", b"4\r\nmore\r\n")
interim_flood: Handler = endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")
five_megabyte_header: Handler = raw(_OK + b"X-Huge: " + b"a" * 5_000_000 + b"\r\nContent-Length: 0\r\n\r\n")
http_0_9: Handler = raw(tcp.BARE_HTML)
bad_status_line: Handler = raw(b"HTTP/1.1 abc what\r\nContent-Length: 0\r\n\r\n")
status_out_of_range: Handler = raw(b"HTTP/1.1 9999 Strange\r\nContent-Length: 0\r\n\r\n")
not_http: Handler = raw(tcp.SMTP_BANNER)
conflicting_lengths: Handler = raw(_OK + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabc")


async def _short_body(stream: Stream) -> None:
    await stream.write(_OK + b"Content-Type: text/html\r\nContent-Length: 1000\r\n\r\n<p>cut off")


short_body: Handler = after_request(_short_body)


async def _body_drip(stream: Stream) -> None:
    await stream.write(_OK + b"Content-Type: text/html\r\nContent-Length: 1000000\r\n\r\n")
    await tcp.drip(b"<p>All work and no play.</p>\n")(stream)


body_drip: Handler = after_request(_body_drip)


async def _never_closes(stream: Stream) -> None:
    await stream.write(_OK + b"Content-Type: text/html\r\n\r\n<p>Until the connection ends, which it does not.")
    await tcp.hang(stream)


never_closes: Handler = after_request(_never_closes)


async def _gzip_bomb(stream: Stream) -> None:
    bomb = gzip.compress(b"\0" * (100 * 1024 * 1024), compresslevel=1)
    head = _OK + f"Content-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    await stream.write(head + bomb)


gzip_bomb: Handler = after_request(_gzip_bomb)


def many_cookies(count: int = 1000) -> Response:
    """A page that sets that many cookies."""
    cookies = [("Set-Cookie", f"c{number}={'v' * 50}; Path=/") for number in range(count)]
    return page().with_headers(*cookies)


def new_redirect_each_time() -> Callable[[Request], Response]:
    """Every request leads to a URL that has not been seen before, without end."""
    numbers = itertools.count()

    def respond(request: Request) -> Response:
        return redirect(f"/{next(numbers)}")

    return respond


def late(script: Script, *, seconds: float) -> Handler:
    """A server that answers rightly, but only after some time."""
    prompt = http(script)

    async def handle(stream: Stream) -> None:
        await asyncio.sleep(seconds)
        await prompt(stream)

    return handle


# What a flood in HTTP/2 is made of (RFC 9113 §6.5, §6.7).
HTTP2_SETTINGS = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
HTTP2_PING = b"\x00\x00\x08\x06\x00\x00\x00\x00\x00" + b"lab ping"

MIXED_CONTENT = (
    '<!doctype html><title>Shop</title><link rel="stylesheet" href="http://static.example/site.css">'
    '<script src="http://static.example/site.js"></script><p>Hello.'
)
# A link and a namespace are not loaded, and https is what is wanted: nothing here is mixed content.
CLEAN_CONTENT = (
    '<!doctype html><html xmlns="http://www.w3.org/1999/xhtml"><title>Shop</title>'
    '<script src="https://static.example/site.js"></script><a href="http://static.example/">More</a>'
)
# nginx answers this, with 400 to the client, where plain HTTP reaches a port that is `listen 443 ssl`.
PLAIN_TO_HTTPS = Response(
    400,
    (("Server", "nginx"), ("Content-Type", "text/html")),
    b"<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n<body>\r\n"
    b"<center><h1>400 Bad Request</h1></center>\r\n<center>The plain HTTP request was sent to HTTPS port</center>\r\n"
    b"<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
)
