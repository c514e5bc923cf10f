"""HTTP/1.1 answers are read as browsers read them, odd lines included."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostics.probes.http1 import Http1
from diagnostics.probes.stream import InvalidHttpError


class _Memory:
    """A connection whose other end has said everything already."""

    def __init__(self, said: bytes) -> None:
        self._said = [said, b""]

    def allow(self, count: int) -> None: ...

    async def receive(self) -> bytes:
        return self._said.pop(0) if self._said else b""

    async def send(self, data: bytes) -> None: ...

    def close(self) -> None: ...


async def _ask(said: bytes) -> httpx.Response:
    request = httpx.Request("GET", "http://shop.example.com/")
    response = await Http1(_Memory(said)).ask(request)
    await response.aread()
    return response


@pytest.mark.parametrize(
    "odd",
    [
        b"no colon in it",
        b"Spaced Name: value",
        b": no name",
        b"X-Space : before the colon",
        b"\x80\x81: bytes that are no name",
    ],
)
async def test_a_line_that_is_no_header_is_passed_over(odd: bytes) -> None:
    response = await _ask(b"HTTP/1.1 301 Moved\r\n" + odd + b"\r\nLocation: https://shop.example.com/\r\n\r\nbody")
    assert (response.status_code, response.headers["location"]) == (301, "https://shop.example.com/")


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"garbage",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 abc no number\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon and no end\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",  # browsers refuse that
    ],
)
async def test_what_is_no_answer_is_invalid(said: bytes) -> None:
    with pytest.raises(InvalidHttpError):
        await _ask(said)


@given(st.binary(max_size=300))
async def test_no_bytes_do_harm(rest: bytes) -> None:
    for said in (rest, b"HTTP/1.1 200 OK\r\n" + rest):
        try:
            await _ask(said)
        except InvalidHttpError:
            continue
