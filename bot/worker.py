"""Takes questions from the store and has each of them answered, also those that a dead process has left."""

import asyncio
import contextlib
import logging
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable

from bot.metrics import Metrics
from bot.store.patience import persist
from bot.store.records import Claim, Lost, StoreError
from bot.store.store import Store

log = logging.getLogger(__name__)

# Questions in hand at once. Most of them wait for a host or for Slack; the looks themselves have a bound of their own.
IN_HAND_MOST = 256
# How long a question may wait that another process has stored or left, where nothing wakes this one.
POLL_SECONDS = 1.0
BEAT_SECONDS = 1.0
# A process that has not shown itself for five beats is dead, or so slow that another one is better.
LEASE_SECONDS = 5.0
ORPHANS_SECONDS = 10.0
PURGE_SECONDS = 3600.0
# A question that fails is left alone for a while, longer each time, so that it does not keep the process busy.
PAUSE_LEAST, PAUSE_MOST = 0.25, 60.0


class Worker:
    """Works on questions until it is stopped.

    `handle` answers one; what it raises makes the question come up again, and counts as an attempt. `owner` is this
    process's name in the store, `monotonic` a clock that is never put back, `clock` seconds since 1970.
    """

    def __init__(
        self,
        store: Store,
        *,
        handle: Callable[[Claim], Awaitable[None]],
        owner: str,
        metrics: Metrics,
        monotonic: Callable[[], float],
        clock: Callable[[], float],
        retention_days: int,
    ) -> None:
        self._store = store
        self._handle = handle
        self._owner = owner
        self._metrics = metrics
        self._monotonic = monotonic
        self._clock = clock
        self._retention_days = retention_days
        self._running: dict[int, asyncio.Task[None]] = {}
        self._work = asyncio.Event()
        self._loops: list[asyncio.Task[None]] = []
        self._seen: dict[str, tuple[int | None, float]] = {}
        self._beat = 0
        self._failed: Counter[int] = Counter()

    def wake(self) -> None:
        """There may be something to do."""
        self._work.set()

    def start(self) -> None:
        """Begin to work."""
        self._loops = [
            asyncio.create_task(self._take(), name="take questions"),
            asyncio.create_task(self._every(BEAT_SECONDS, self._live), name="show that it lives"),
            asyncio.create_task(self._every(PURGE_SECONDS, self._purge), name="forget what is old"),
        ]

    async def stop(self, *, seconds: float) -> None:
        """Take no more; finish what is in hand within so many seconds, and hand on the rest."""
        self._loops[0].cancel()
        running = list(self._running.values())
        if running:
            await asyncio.wait(running, timeout=seconds)
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        with contextlib.suppress(StoreError):
            await self._store.take_from(self._owner)

    async def _take(self) -> None:
        orphans_at = self._monotonic() + ORPHANS_SECONDS
        while True:
            self._work.clear()
            taken: list[Claim] = []
            try:
                room = IN_HAND_MOST - len(self._running)
                if room > 0:
                    taken = await self._store.claim(self._owner, most=room)
                if self._monotonic() > orphans_at:
                    orphans_at = self._monotonic() + ORPHANS_SECONDS
                    held = {*self._running, *(claim.id for claim in taken)}
                    await self._store.free_orphans(self._owner, known=held)
            except StoreError as error:
                log.warning("no questions can be taken from the store: %s", error)
            for claim in taken:
                self._running[claim.id] = asyncio.create_task(self._answer(claim))
            if not taken:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._work.wait(), POLL_SECONDS)

    async def _answer(self, claim: Claim) -> None:
        try:
            await self._handle(claim)
            self._failed.pop(claim.id, None)
        except Lost:
            log.info("question %d is another process's now", claim.id)
        except asyncio.CancelledError:
            with contextlib.suppress(Lost, StoreError):
                await self._store.release(claim, counts=False)
            raise
        except Exception as error:
            # Its message may hold what somebody wrote, so only its kind and place are logged.
            frames = "".join(traceback.format_tb(error.__traceback__)[-6:])
            log.error("question %d failed, attempt %d: %s\n%s", claim.id, claim.attempt, type(error).__name__, frames)
            await asyncio.sleep(min(PAUSE_LEAST * 2 ** self._failed[claim.id], PAUSE_MOST))
            self._failed[claim.id] = min(self._failed[claim.id] + 1, 16)
            with contextlib.suppress(Lost):
                await persist(lambda: self._store.release(claim))
        finally:
            self._running.pop(claim.id, None)
            self.wake()

    async def _every(self, seconds: float, do: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await do()
            except StoreError as error:
                log.warning("the store does not work: %s", error)
            await asyncio.sleep(seconds)

    async def _live(self) -> None:
        """Show that this process lives, and take over from those that no longer do."""
        self._beat += 1
        if not await self._store.beat(self._owner, beat=self._beat) and self._beat > 1:
            log.warning("another process had taken this one for dead, and its questions over")
        now = self._monotonic()
        beats = await self._store.beats()
        self._seen = {owner: seen for owner, seen in self._seen.items() if owner in beats}
        for owner, beat in beats.items():
            known = self._seen.get(owner)
            if owner == self._owner:
                continue
            if known is None or known[0] != beat:
                self._seen[owner] = (beat, now)
            elif now - known[1] >= LEASE_SECONDS:
                freed = await self._store.take_from(owner)
                log.warning("process %s has gone; %d of its questions taken over", owner, freed)
                self.wake()
        self._metrics.waiting.set(await self._store.waiting())

    async def _purge(self) -> None:
        gone = await self._store.purge(days=self._retention_days, now=self._clock())
        if gone:
            log.info("%d questions are older than %d days and were deleted", gone, self._retention_days)
