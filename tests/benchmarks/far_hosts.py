"""Measures how many round trips a healthy diagnosis takes, on a road that delays everything, DNS too.

`python -m tests.benchmarks.far_hosts [--write]` prints a line for each kind of host, and with `--write` refreshes
docs/performance.md. Round trips are counted by what waited for what: a message goes out in the round trip after the
latest answer that had come in, and a connection takes one to open. A busy machine makes that no more than it is.
"""

import argparse
import asyncio
import socket
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from diagnostics.diagnose import diagnose
from tests.benchmarks.measure import PERFORMANCE, BenchmarkError, refresh, table
from tests.lab import http, tls
from tests.lab.hosts import Check, Lab, random_address
from tests.lab.tcp import Handler, bound_socket
from tests.lab.tls import Identity

ONE_WAY_SECONDS = 0.025
MOST_ROUND_TRIPS = 6
DNS_PORT = 5353
TIMEOUT = 15.0


class Road:
    """The way between Padlock and everything else: how many round trips have been made on it."""

    def __init__(self, one_way: float) -> None:
        self.one_way = one_way
        self.round_trips = 0  # that have come back

    def opens(self) -> int:
        """The round trip in which a connection is opened."""
        return self.round_trips + 1

    def goes(self, opened: int) -> int:
        """The round trip that a message sets out on, over a connection that was opened in that one."""
        return max(self.round_trips, opened) + 1

    def comes_back(self, trip: int) -> None:
        self.round_trips = max(self.round_trips, trip)


class FarPort:
    """A TCP port that passes everything on to another address, late."""

    def __init__(self, road: Road, to: str) -> None:
        self._road, self._to = road, to
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._port = 0

    async def start(self, address: str, port: int) -> None:
        self._port = port
        self._server = await asyncio.start_server(self._carry, sock=bound_socket(address, port))

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(self._to, self._port)
        # On loopback a connection is open at once; the way there and back is made up for here.
        opened, trip = self._road.opens(), 0
        ready = time.monotonic() + 2 * self._road.one_way

        def out() -> float:
            nonlocal trip
            trip = self._road.goes(opened)
            return max(time.monotonic(), ready) + self._road.one_way

        def back() -> None:
            self._road.comes_back(trip)

        for work in (
            self._pass(reader, far_writer, leaves=out, arrives=lambda: None),
            self._pass(far_reader, writer, leaves=lambda: time.monotonic() + self._road.one_way, arrives=back),
        ):
            task = asyncio.create_task(work)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        leaves: Callable[[], float],
        arrives: Callable[[], None],
    ) -> None:
        """Pass bytes on in their order, each piece at its moment, until one side has ended."""
        try:
            while data := await reader.read(65_536):
                await asyncio.sleep(max(leaves() - time.monotonic(), 0.0))
                arrives()
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()


class FarDns(asyncio.DatagramProtocol):
    """A UDP port that passes each question on to a DNS server, and its answer back, late."""

    def __init__(self, road: Road, to: str) -> None:
        self._road = road
        host, _, port = to.rpartition(":")
        self._to = (host, int(port))
        self._transport: asyncio.DatagramTransport | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, address: str, port: int) -> None:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(address, port))

    async def stop(self) -> None:
        if self._transport is not None:
            self._transport.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def datagram_received(self, data: bytes, peer: tuple[str, int]) -> None:
        task = asyncio.get_running_loop().create_task(self._carry(data, peer, self._road.goes(0)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, data: bytes, peer: tuple[str, int], trip: int) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._road.one_way)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far:
            far.setblocking(False)
            await loop.sock_connect(far, self._to)
            await loop.sock_sendall(far, data)
            answer = await loop.sock_recv(far, 65_536)
        await asyncio.sleep(self._road.one_way)
        self._road.comes_back(trip)
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(answer, peer)


@dataclass(frozen=True, slots=True)
class Journey:
    """A host by its kind, and what a diagnosis of it took."""

    kind: str
    round_trips: int
    seconds: float


def _http1(lab: Lab, name: str) -> Identity:
    return lab.ca.leaf(name)


def _http2(lab: Lab, name: str) -> Handler:
    return tls.tls(tls.context_of(lab.ca.leaf(name), alpn=("h2",)), http.http2())


KINDS: dict[str, Callable[[Lab, str], Handler | Identity]] = {"HTTP/1.1": _http1, "HTTP/2": _http2}


def travel(lab: Lab, kind: str, *, one_way: float) -> Journey:
    """One diagnosis of a healthy host at the end of such a road; BenchmarkError where it does not work."""
    name = f"{kind.lower().replace('/', '-').replace('.', '-')}-{one_way * 1000:.0f}.example"
    site, road = lab.site(f"near.{name}", https=KINDS[kind](lab, name)), Road(one_way)
    address = random_address()
    for port in (443, 80):
        lab.put(FarPort(road, site.addresses[0]), port=port, address=address)
    lab.dns.add(name, f"A {address}")
    nameserver = lab.put(FarDns(road, lab.dns.address), port=DNS_PORT)
    check = replace(lab.check(name), nameservers=(f"{nameserver}:{DNS_PORT}",))
    return _measured(check, road, kind)


def _measured(check: Check, road: Road, kind: str) -> Journey:
    started = time.monotonic()
    diagnosis = asyncio.run(diagnose(check.target, options=check.options(timeout=TIMEOUT)))
    seconds = time.monotonic() - started
    if diagnosis.verdict != "works":
        raise BenchmarkError(f"{check.target}: {diagnosis.summary}")
    return Journey(kind, road.round_trips, seconds)


def rows(journeys: Sequence[Journey]) -> list[tuple[str, ...]]:
    there_and_back = 2 * ONE_WAY_SECONDS
    return [
        (each.kind, str(each.round_trips), f"{each.seconds * 1000:.0f}", f"{each.seconds / there_and_back:.1f}")
        for each in journeys
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="refresh docs/performance.md")
    given = parser.parse_args()
    with Lab() as lab:
        if not lab.real_ports:
            raise BenchmarkError("far hosts need ports 443 and 80")
        for kind in KINDS:
            travel(lab, kind, one_way=0.0)  # loads what is loaded late
        journeys = [travel(lab, kind, one_way=ONE_WAY_SECONDS) for kind in KINDS]
    text = table(("host", "round trips", "ms", "ms, in round trips of 50"), rows(journeys))
    print(text)
    if given.write:
        refresh(PERFORMANCE, name="far-hosts", text=text)
    return int(any(each.round_trips > MOST_ROUND_TRIPS for each in journeys))


if __name__ == "__main__":
    sys.exit(main())
