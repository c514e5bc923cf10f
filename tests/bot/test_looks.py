"""Looks at hosts for many askers: once for all who ask at once, within limits, so many at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.looks import Asker, Limited, Looks
from bot.metrics import Metrics
from bot.store.buckets import CHANNEL, PERSON, TARGET
from bot.store.store import Store
from diagnostics.instruments import Instruments
from diagnostics.judge import Check, Diagnosis
from diagnostics.options import Options

# Refused without a look-up, so that no network is needed; what is measured here is who looks, not at what.
HOST = "192.0.2.7"
OPTIONS = Options(nameservers=("127.0.0.1:9",))


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    yield opened
    await opened.close()


@pytest.fixture
def looks(store: Store, clock: Clock) -> Looks:
    return Looks(Instruments(OPTIONS), jobs=2, store=store, metrics=Metrics(), clock=clock)


async def look(looks: Looks, target: str, *, at: float, person: str = "U1", channel: str = "C1") -> Diagnosis:
    asker = Asker(person=person, channel=channel, asked_at=at)
    return await looks.for_asker(asker)(target, options=OPTIONS)


async def test_those_who_ask_at_once_share_a_look_however_they_spell_the_host(looks: Looks, clock: Clock) -> None:
    targets = (HOST, f"https://{HOST}/cart", f"{HOST}:443")
    found = await asyncio.gather(*(look(looks, target, at=clock.now) for target in targets))
    assert found[0] is found[1] is found[2]


async def test_who_asks_before_the_answer_is_out_shares_it(looks: Looks, clock: Clock) -> None:
    first = await look(looks, HOST, at=clock.now)
    clock.now += 5
    assert await look(looks, HOST, at=clock.now) is first


async def test_who_joins_a_look_is_told_what_it_has_seen_already(looks: Looks, clock: Clock) -> None:
    asker = Asker(person="U1", channel="C1", asked_at=clock.now)
    first, second = list[Check](), list[Check]()
    for seen in (first, second):
        await looks.for_asker(asker)("shop.example.com", options=OPTIONS, progress=seen.append)
    assert [check.name for check in first][:1] == ["dns"]
    assert second == first


async def test_who_asks_after_the_answer_is_out_has_a_new_look(looks: Looks, clock: Clock) -> None:
    first = await look(looks, HOST, at=clock.now)
    looks.out(HOST)
    asked_before = clock.now
    clock.now += 0.001
    assert await look(looks, HOST, at=asked_before) is first
    assert await look(looks, HOST, at=clock.now) is not first


async def test_another_port_is_another_look(looks: Looks, clock: Clock) -> None:
    assert await look(looks, HOST, at=clock.now) is not await look(looks, f"{HOST}:8443", at=clock.now)


async def asked(looks: Looks, times: int, **who: str) -> None:
    for number in range(times):
        await look(looks, f"192.0.2.{number % 250}", at=0.0, **who)


async def test_a_person_is_limited_and_another_is_not(looks: Looks) -> None:
    await asked(looks, PERSON.burst)
    with pytest.raises(Limited) as caught:
        await look(looks, HOST, at=0.0)
    assert caught.value.limit is PERSON
    await look(looks, HOST, at=0.0, person="U2")


async def test_a_channel_is_limited_and_another_is_not(looks: Looks) -> None:
    for person in ("U1", "U2"):
        await asked(looks, CHANNEL.burst // 2, person=person)
    with pytest.raises(Limited) as caught:
        await look(looks, HOST, at=0.0, person="U3")
    assert caught.value.limit is CHANNEL
    await look(looks, HOST, at=0.0, person="U3", channel="C2")


async def test_a_host_is_limited_for_everybody_together_and_another_is_not(looks: Looks, clock: Clock) -> None:
    for number in range(TARGET.burst):
        await look(looks, HOST, at=clock.now, person=f"U{number}")
        looks.out(HOST)
        clock.now += 0.001
    with pytest.raises(Limited) as caught:
        await look(looks, HOST, at=clock.now, person="U99")
    assert caught.value.limit is TARGET
    await look(looks, "192.0.2.8", at=clock.now, person="U99")


@asynccontextmanager
async def silent_dns() -> AsyncIterator[str]:
    """A DNS server that never answers."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0))
    yield "127.0.0.1:" + str(transport.get_extra_info("sockname")[1])
    transport.close()


async def test_what_finds_no_place_waits_and_the_queue_is_known(store: Store, clock: Clock) -> None:
    async with silent_dns() as server:
        options = Options(nameservers=(server,), timeout=30)
        looks = Looks(Instruments(options), jobs=2, store=store, metrics=Metrics(), clock=clock)
        diagnose = looks.for_asker(Asker(person="U1", channel="C1", asked_at=clock.now))
        asking = [asyncio.ensure_future(diagnose(f"host-{n}.example.com", options=options)) for n in range(5)]
        while looks.under_way < 5:  # noqa: ASYNC110 - it has no bell, and needs none
            await asyncio.sleep(0)
        assert looks.ahead == 3
        looks.close()
        await asyncio.gather(*asking, return_exceptions=True)
