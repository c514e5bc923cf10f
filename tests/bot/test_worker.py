"""The worker takes questions from the store, and leaves alone for a while what fails."""

import asyncio
import time
from pathlib import Path

from bot.metrics import Metrics
from bot.store.records import Claim, Incoming, Kind
from bot.store.store import Store
from bot.worker import PAUSE_LEAST, Worker

QUESTION = Incoming(
    key="T1:C1:1.1",
    event_id=None,
    kind=Kind.MESSAGE,
    team="T1",
    channel="C1",
    thread="1.1",
    ts="1.1",
    person="U1",
    text="what is https?",
    direct=False,
    response_url=None,
    created_at=1_800_000_000.0,
)


async def test_what_fails_again_and_again_is_tried_at_growing_intervals(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    begun: list[float] = []
    enough = asyncio.Event()

    async def fail(_: Claim) -> None:
        begun.append(time.monotonic())
        if len(begun) == 3:
            enough.set()
        raise RuntimeError

    worker = Worker(
        store,
        handle=fail,
        owner="one",
        metrics=Metrics(),
        monotonic=time.monotonic,
        clock=time.time,
        retention_days=30_000,
    )
    await store.accept(QUESTION)
    worker.start()
    async with asyncio.timeout(30):
        await enough.wait()
    await worker.stop(seconds=0)
    await store.close()
    first, second, third = begun
    assert second - first >= PAUSE_LEAST
    assert third - second >= 2 * PAUSE_LEAST
