"""How fast messages are shown in a channel."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable

# Slack takes about one message a second in a channel for long; steps are the least of what is to be shown.
STEP_SECONDS = 1.0


class Pace:
    """How fast each channel takes messages: freely, until Slack asks to wait; from then on one after the other."""

    def __init__(self, *, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._steps: dict[str, float] = {}
        self._until: dict[str, float] = {}
        self._queues: dict[str, asyncio.Lock] = {}
        self._in_queue: Counter[str] = Counter()

    def is_slow(self, channel: str) -> bool:
        """Whether messages wait for their turn there."""
        return channel in self._queues

    def seconds_to_step(self, channel: str) -> float:
        """How long to wait before a message there may show another step; what is the answer never waits for that."""
        return max(0.0, self._steps.get(channel, 0.0) - self._monotonic())

    def stepped(self, channel: str, *, seconds: float = STEP_SECONDS) -> None:
        """A message there shows another step now, or is not to show one for so long."""
        now = self._monotonic()
        until = max(now + seconds, self._steps.get(channel, 0.0))
        self._steps = {one: at for one, at in self._steps.items() if at > now} | {channel: until}

    @contextlib.asynccontextmanager
    async def turn(self, channel: str) -> AsyncIterator[None]:
        """The time in which one message may be shown in the channel."""
        queue = self._queues.get(channel)
        if queue is None:
            yield
            return
        self._in_queue[channel] += 1
        try:
            async with queue:
                await asyncio.sleep(max(0.0, self._until[channel] - self._monotonic()))
                yield
        finally:
            self._in_queue[channel] -= 1
            if not self._in_queue[channel]:
                del self._in_queue[channel], self._queues[channel], self._until[channel]

    def pause(self, channel: str, *, seconds: float) -> None:
        """Leave the channel alone for so long."""
        self._queues.setdefault(channel, asyncio.Lock())
        self._until[channel] = max(self._until.get(channel, 0.0), self._monotonic() + seconds)
