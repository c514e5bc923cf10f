"""Looks at hosts for many askers: within limits, so many at a time, and the same host once for all who ask at once."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.store.buckets import CHANNEL, PERSON, TARGET, Draw, Limit
from bot.store.patience import persist

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from bot.metrics import Metrics
    from bot.store.store import Store
    from diagnostics.instruments import Instruments
    from diagnostics.judge import Check, Diagnosis
    from diagnostics.options import Options

# A look is kept at hand for those who asked before its answer was out; that is a matter of seconds.
REMEMBERED_SECONDS = 120.0
REMEMBERED_MOST = 200


class Limited(Exception):  # noqa: N818 - an answer for the asker, nothing has gone wrong
    """Somebody, or everybody together, has asked too much of late."""

    def __init__(self, limit: Limit, *, seconds: float, host: str) -> None:
        super().__init__(limit.name)
        self.limit = limit
        self.seconds = seconds
        self.host = host


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, where, and when (seconds since 1970)."""

    person: str
    channel: str
    asked_at: float


@dataclass(slots=True)
class _Look:
    """One look at a host; `out_at` is when its answer was first shown to anybody."""

    task: "asyncio.Task[Diagnosis]"
    begun: float
    watchers: "list[Callable[[Check], None]]"
    told: "list[Check]"
    out_at: float | None = None


class Looks:
    """All looks of one process; `jobs` of them run at a time, the others wait in the order they came."""

    def __init__(
        self,
        instruments: "Instruments",
        *,
        jobs: int,
        store: "Store",
        metrics: "Metrics",
        clock: Callable[[], float],
    ) -> None:
        self._instruments = instruments
        self._jobs = jobs
        self._store = store
        self._metrics = metrics
        self._clock = clock
        self._places = asyncio.Semaphore(jobs)
        self._looks: dict[str, _Look] = {}
        self.under_way = 0

    @property
    def ahead(self) -> int:
        """How many looks wait for one of the places, and would go before a new one."""
        return max(0, self.under_way - self._jobs)

    def for_asker(self, asker: Asker) -> "Callable[..., Awaitable[Diagnosis]]":
        """A `diagnose` for one question; it raises Limited where a limit is exhausted."""

        async def diagnose(
            target: str, *, options: "Options", progress: "Callable[[Check], None] | None" = None
        ) -> "Diagnosis":
            return await self._look(target, asker=asker, options=options, progress=progress)

        return diagnose

    def out(self, target: str) -> None:
        """The answer with this look has been shown: who asks from now on has a new one."""
        look = self._looks.get(_key(target))
        if look is not None and look.out_at is None:
            look.out_at = self._clock()

    def close(self) -> None:
        """Break off every look."""
        for look in self._looks.values():
            look.task.cancel()

    async def _look(
        self,
        target: str,
        *,
        asker: Asker,
        options: "Options",
        progress: "Callable[[Check], None] | None",
    ) -> "Diagnosis":
        await self._draw(Draw(PERSON, asker.person), Draw(CHANNEL, asker.channel), host=target)
        key = _key(target)
        look = self._looks.get(key)
        if look is None or _failed(look) or (look.out_at is not None and asker.asked_at > look.out_at):
            look = self._begin(key, target, options=options)
        if progress is not None:
            for check in look.told:
                progress(check)
            look.watchers.append(progress)
        return await asyncio.shield(look.task)

    async def _draw(self, *draws: Draw, host: str) -> None:
        refusal = await persist(lambda: self._store.draw(draws, now=self._clock()))
        if refusal is not None:
            raise Limited(refusal.limit, seconds=refusal.seconds, host=host)

    def _begin(self, key: str, target: str, *, options: "Options") -> _Look:
        self._tidy()
        watchers: list[Callable[[Check], None]] = []
        told: list[Check] = []

        def tell(check: "Check") -> None:
            told.append(check)
            for watcher in watchers:
                watcher(check)

        task = asyncio.create_task(self._run(key, target, options=options, tell=tell))
        look = self._looks[key] = _Look(task, begun=time.monotonic(), watchers=watchers, told=told)
        return look

    async def _run(self, key: str, target: str, *, options: "Options", tell: "Callable[[Check], None]") -> "Diagnosis":
        from diagnostics.diagnose import diagnose

        await self._draw(Draw(TARGET, key), host=target)
        self.under_way += 1
        try:
            async with self._places:
                self._metrics.looking.inc()
                try:
                    found = await diagnose(target, options=options, instruments=self._instruments, progress=tell)
                finally:
                    self._metrics.looking.dec()
        finally:
            self.under_way -= 1
        self._metrics.causes.labels(found.cause or "none").inc()
        return found

    def _tidy(self) -> None:
        """Forget looks whose answers are out, and the oldest where there are too many."""
        now = time.monotonic()
        over = [key for key, look in self._looks.items() if look.task.done()]
        old = [key for key in over if now - self._looks[key].begun > REMEMBERED_SECONDS]
        surplus = over[: max(0, len(self._looks) - REMEMBERED_MOST)]
        for key in {*old, *surplus}:
            del self._looks[key]


def _key(target: str) -> str:
    """The host and port of a target, the same for every spelling of it."""
    from diagnostics.target import InvalidTarget, parse_target

    parsed = parse_target(target)
    if isinstance(parsed, InvalidTarget):
        return target[:250]
    return f"{parsed.host}:{parsed.port}"


def _failed(look: _Look) -> bool:
    return look.task.done() and (look.task.cancelled() or look.task.exception() is not None)
