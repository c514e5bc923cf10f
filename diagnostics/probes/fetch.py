"""Puts HTTP requests to a server over a connection that is already open."""

import asyncio
import time
import warnings
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

import httpx
from OpenSSL import SSL

from diagnostics import limits
from diagnostics.facts import Alert, HttpAnswer, HttpOutcome
from diagnostics.probes.connect import TooManyBytesError
from diagnostics.probes.http1 import Http1
from diagnostics.probes.stream import Http1RequiredError, InvalidHttpError, Stream

if TYPE_CHECKING:
    from diagnostics.probes.http2 import Http2

# Some servers turn away requests that do not look like a browser's; the name says truthfully who is asking.
USER_AGENT = "Mozilla/5.0 (compatible; Padlock; HTTPS check)"
_HEADERS = (
    ("User-Agent", USER_AGENT),
    ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8"),
    ("Accept-Encoding", "identity"),  # nothing is inflated
)


class _Watched:
    """A stream that remembers how the server began to speak."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.seen = bytearray()

    def allow(self, count: int) -> None:
        self._stream.allow(count)

    async def receive(self) -> bytes:
        data = await self._stream.receive()
        if len(self.seen) < limits.FIRST_BYTES:
            self.seen += data[: limits.FIRST_BYTES - len(self.seen)]
        return data

    async def send(self, data: bytes) -> None:
        await self._stream.send(data)

    def close(self) -> None:
        self._stream.close()


class HttpConnection(httpx.AsyncBaseTransport):
    """HTTP over one open connection, for one request after the other.

    `over_http1` opens another, for a server that chooses HTTP/2 and then asks for HTTP/1.1, as browsers do.
    """

    def __init__(
        self, stream: Stream, *, http2: bool, over_http1: Callable[[], Awaitable[Stream | None]] | None = None
    ) -> None:
        self._stream = stream
        self._over_http1 = over_http1 if http2 else None
        self._allowance = limits.HTTP_BYTES
        self._watched = _Watched(stream)
        self._http = _http2(self._watched) if http2 else Http1(self._watched)

    @property
    def usable(self) -> bool:
        """Whether another request can be put over this connection."""
        return self._http.idle

    @property
    def client_certificate_requested(self) -> bool:
        """Whether the server has asked for a client certificate, be it after the request (RFC 5246 §7.4.1.1)."""
        return getattr(self._stream, "client_certificate_requested", False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Put the request to the server at the other end, wherever its URL points."""
        try:
            return await self._http.ask(request)
        except Http1RequiredError:
            if not await self._begin_again():
                raise
            return await self._http.ask(request)

    async def get(
        self,
        url: httpx.URL,
        *,
        seconds: float,
        deadline: float,
        cookies: httpx.Cookies | None = None,
        most_bytes: int = limits.BODY_BYTES,
    ) -> HttpAnswer:
        """Ask for one URL; never raises for what the server does.

        `seconds` bound the answer's headers and the beginning of its body, `deadline`, a moment of the running
        loop's clock, everything. The body is cut where it grows longer than `most_bytes`.
        """
        request = httpx.Request("GET", url, headers=_headers(url))
        if cookies is not None:
            request.headers.encoding = "utf-8"  # what servers set is not always ASCII
            cookies.set_cookie_header(request)
        return await self._ask(request, seconds=seconds, deadline=deadline, cookies=cookies, most_bytes=most_bytes)

    async def post(
        self, url: httpx.URL, *, body: bytes, content_type: str, seconds: float, deadline: float, most_bytes: int
    ) -> HttpAnswer:
        """Send a body to one URL; the bounds are those of `get`."""
        headers = [*_headers(url), ("Content-Type", content_type)]
        request = httpx.Request("POST", url, headers=headers, content=body)
        return await self._ask(request, seconds=seconds, deadline=deadline, cookies=None, most_bytes=most_bytes)

    async def _ask(
        self,
        request: httpx.Request,
        *,
        seconds: float,
        deadline: float,
        cookies: httpx.Cookies | None,
        most_bytes: int,
    ) -> HttpAnswer:
        loop = asyncio.get_running_loop()
        url = request.url
        if loop.time() >= deadline:
            return HttpAnswer(outcome=HttpOutcome.NOT_TRIED, url=str(url))
        started = time.monotonic()
        self._allowance = limits.HTTP_BYTES - limits.BODY_BYTES + most_bytes
        self._stream.allow(self._allowance)
        body = bytearray()
        response: httpx.Response | None = None
        outcome, error = HttpOutcome.ANSWERED, None
        try:
            async with asyncio.timeout_at(min(loop.time() + seconds, deadline)):
                response = await self.handle_async_request(request)
                async for chunk in response.aiter_raw():
                    body += chunk
                    if len(body) >= most_bytes:
                        break
        except TimeoutError:
            outcome, error = HttpOutcome.TIMEOUT, "no answer in time"
        except InvalidHttpError as problem:
            outcome, error = self._broken(), str(problem)[:200]
        except OSError:
            outcome, error = HttpOutcome.CLOSED, "the connection broke"
        except TooManyBytesError:
            outcome, error = HttpOutcome.INVALID, "more bytes than any page needs, and no end"
        except SSL.Error:
            outcome = HttpOutcome.CLOSED
        alert = self._alert()
        if response is None and alert is not None:
            outcome = HttpOutcome.ALERT
        if response is None:
            self._stream.close()
            return HttpAnswer(
                outcome=outcome,
                url=str(url),
                body=bytes(self._watched.seen),
                alert=alert,
                error=error,
                seconds=time.monotonic() - started,
            )
        if cookies is not None:
            keep_cookies(cookies, response)
        if outcome is HttpOutcome.ANSWERED and len(body) < most_bytes:
            await response.aclose()
        else:
            self._stream.close()
        # A body that breaks off or never ends does not undo the answer: its status and headers are known.
        return HttpAnswer(
            outcome=HttpOutcome.ANSWERED,
            url=str(url),
            status=response.status_code,
            headers=tuple(_decoded(response.headers.raw)),
            body=bytes(body[:most_bytes]),
            error=error,
            seconds=time.monotonic() - started,
        )

    def close(self) -> None:
        """Close the connection at once."""
        self._stream.close()

    async def _begin_again(self) -> bool:
        """Go on over a connection for HTTP/1.1, once."""
        open_another, self._over_http1 = self._over_http1, None
        stream = await open_another() if open_another is not None else None
        if stream is None:
            return False
        self._stream.close()
        stream.allow(self._allowance)
        self._stream, self._watched = stream, _Watched(stream)
        self._http = Http1(self._watched)
        return True

    def _broken(self) -> HttpOutcome:
        """An end without a byte is a closed connection; bytes that are no HTTP are an invalid answer."""
        return HttpOutcome.INVALID if self._watched.seen else HttpOutcome.CLOSED

    def _alert(self) -> int | None:
        alerts: tuple[Alert, ...] = getattr(self._stream, "alerts", ())
        return next((alert.number for alert in reversed(alerts) if alert.number != 0), None)


def keep_cookies(cookies: httpx.Cookies, response: httpx.Response) -> None:
    """Keep what an answer sets; of what it cannot read the standard library would warn, with a traceback."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cookies.extract_cookies(response)


def _http2(stream: Stream) -> "Http2":
    from diagnostics.probes.http2 import Http2  # late: it is a library of its own

    return Http2(stream)


def _headers(url: httpx.URL) -> list[tuple[str, str]]:
    return [*_HEADERS, ("Host", url.netloc.decode("ascii"))]


def _decoded(headers: Iterable[tuple[bytes, bytes]]) -> Iterable[tuple[str, str]]:
    """Header names in lower case, values as UTF-8 or else Latin-1, which never fails."""
    for name, value in headers:
        try:
            text = value.decode("utf-8")
        except UnicodeDecodeError:
            text = value.decode("latin-1")
        yield name.decode("latin-1").lower(), text[: limits.LOCATION_CHARACTERS]
