"""To one address so many connections a second, and not one more; others are not held up by it."""

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any

import pytest

from diagnostics.diagnose import diagnose
from diagnostics.facts import Facts
from diagnostics.instruments import Instruments
from diagnostics.limits import CONNECTIONS_A_SECOND
from diagnostics.options import Options
from diagnostics.probes.pace import Pace
from tests.lab.hosts import Lab

ONE, OTHER = "203.0.113.7", "203.0.113.8"


class Clock(asyncio.SelectorEventLoop):
    """An event loop whose time is what has been slept for, and which therefore never waits."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0

    def time(self) -> float:
        return self._now

    def _run_once(self) -> None:
        ready, scheduled = getattr(self, "_ready"), getattr(self, "_scheduled")  # noqa: B009
        if not ready and scheduled:
            self._now = max(self._now, scheduled[0].when())
        super()._run_once()  # type: ignore[misc]


def run(work: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=Clock) as runner:
        runner.run(work)


async def opened(pace: Pace, ip: str, *, looks: int, connections: int, also: int = 0) -> list[float]:
    """When each connection is opened where so many looks begin at once; `also` are opened beyond the foreseen."""
    moments: list[float] = []

    async def look() -> None:
        await pace.turn(ip, connections=connections)
        for _ in range(also):
            pace.count(ip)
        moments.extend([asyncio.get_running_loop().time()] * (connections + also))

    await asyncio.gather(*(look() for _ in range(looks)))
    return sorted(moments)


def most_in_a_second(moments: list[float]) -> int:
    return max(sum(start <= moment < start + 1 for moment in moments) for start in moments)


@pytest.mark.parametrize(("connections", "also"), [(1, 0), (2, 0), (2, 3)])
@pytest.mark.parametrize("share", [1, 2])
def test_no_more_than_the_limit_is_opened_in_any_second(connections: int, also: int, share: int) -> None:
    async def work() -> None:
        moments = await opened(Pace(share=share), ONE, looks=150, connections=connections, also=also)
        limit = CONNECTIONS_A_SECOND / share
        assert most_in_a_second(moments) <= limit + connections + also  # a look that has begun is not broken off
        # Nor are they held up for longer than that takes.
        assert moments[-1] == pytest.approx((len(moments) - connections - also) / limit, rel=0.01)

    run(work())


def test_another_address_has_a_turn_of_its_own() -> None:
    async def work() -> None:
        pace = Pace()
        many = asyncio.create_task(opened(pace, ONE, looks=500, connections=2))
        await asyncio.sleep(1)
        started = asyncio.get_running_loop().time()
        assert await opened(pace, OTHER, looks=1, connections=2) == [started] * 2
        await many

    run(work())


def test_what_is_remembered_is_bounded() -> None:
    async def work() -> None:
        pace = Pace()
        for number in range(10_000):
            await pace.turn(f"address {number}", connections=1)
            await asyncio.sleep(1 / 1_000)
        assert len(pace._free) <= 4_100
        assert not pace._lines

    run(work())


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab() as lab:
        yield lab


async def test_what_is_waited_for_a_turn_is_not_taken_from_the_host(lab: Lab) -> None:
    """A list of many hosts on one address takes longer than one diagnosis may, and all are found to work."""
    check = lab.check(lab.site("patient.example"))
    options = Options(
        nameservers=check.nameservers, ca_file=check.ca_file, allow_networks=check.allow_networks, timeout=2.0
    )
    instruments = Instruments(options)
    (ip,) = (await facts_of(check.target, options, instruments)).resolution.addresses  # type: ignore[union-attr]
    instruments.pace.count(ip, connections=round(2.5 * CONNECTIONS_A_SECOND))
    began = asyncio.get_running_loop().time()
    found = await facts_of(check.target, options, instruments)
    assert asyncio.get_running_loop().time() - began > 2.4
    assert found.seconds < 2.0
    assert [time.name for time in found.times] == ["dns", "tcp", "handshake", "certificate", "redirect"]


async def facts_of(target: str, options: Options, instruments: Instruments) -> Facts:
    diagnosis = await diagnose(target, options=options, instruments=instruments)
    assert diagnosis.verdict == "works", diagnosis.summary
    return diagnosis.facts
