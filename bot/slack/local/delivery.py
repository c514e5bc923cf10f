"""Getting a payload to the app: attempts, acknowledgement, redelivery, and a record of each."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from .wire import JsonObject


class Kind(StrEnum):
    """What is delivered, by the envelope's name for it."""

    EVENT = "events_api"
    COMMAND = "slash_commands"
    INTERACTION = "interactive"


class Outcome(StrEnum):
    """How a delivery ended."""

    PENDING = "pending"
    ACKNOWLEDGED = "acknowledged"
    GIVEN_UP = "given_up"


@dataclass(slots=True, kw_only=True)
class Attempt:
    """One try at a delivery; times are monotonic seconds."""

    number: int
    reason: str | None
    sent_at: float
    acknowledged_at: float | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Delivery:
    """One payload on its way to the app."""

    kind: Kind
    payload: JsonObject
    attempts: list[Attempt] = field(default_factory=list)
    outcome: Outcome = Outcome.PENDING
    response: JsonObject | None = None
    """What the app said with its acknowledgement."""
    settled: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_acknowledged(self) -> bool:
        """Whether the app has acknowledged any attempt, in time or late."""
        return any(attempt.acknowledged_at is not None for attempt in self.attempts)

    @property
    def seconds_to_acknowledge(self) -> float:
        """From the first sending to the first acknowledgement."""
        times = [attempt.acknowledged_at for attempt in self.attempts if attempt.acknowledged_at is not None]
        return min(times) - self.attempts[0].sent_at

    @property
    def event(self) -> JsonObject:
        """The inner event."""
        inner: JsonObject = self.payload["event"]
        return inner

    async def wait(self, *, timeout: float = 10.0) -> "Delivery":
        """Wait until it is acknowledged or given up."""
        async with asyncio.timeout(timeout):
            await self.settled.wait()
        return self


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back from one attempt; `reason` is why it failed, in the words of Slack's retry header."""

    acknowledged: bool
    body: JsonObject | None = None
    reason: str = ""
    no_retry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long Slack waits and how often it tries again; a test shortens the times."""

    acknowledgement: float = 3.0
    """Seconds that an acknowledgement may take."""
    pauses: tuple[float, ...] = (0.0, 60.0, 300.0)
    """Seconds before each redelivery of an event; as many redeliveries as there are pauses."""


class Transport(Protocol):
    """A way to the app: its sockets, or its HTTP endpoint."""

    async def send(self, delivery: Delivery, attempt: Attempt, *, timeout: float) -> Reply:
        """Try once; `attempt.sent_at` is set anew when the payload goes out."""
        ...


class Post:
    """Delivers payloads, each in its own task, so that one that hangs holds up no other."""

    def __init__(self, *, patience: Patience, over: Transport, on_settled: Callable[[Delivery], None]) -> None:
        self.patience = patience
        self.over = over
        self.deliveries: list[Delivery] = []
        self._on_settled = on_settled
        self._tasks: set[asyncio.Task[None]] = set()

    def deliver(self, kind: Kind, payload: JsonObject) -> Delivery:
        """Start to deliver a payload."""
        delivery = Delivery(kind=kind, payload=payload)
        self.deliveries.append(delivery)
        self._start(delivery)
        return delivery

    def deliver_again(self, delivery: Delivery) -> None:
        """Deliver the same payload once more though it may have been acknowledged, as Slack does at times."""
        delivery.outcome = Outcome.PENDING
        delivery.settled.clear()
        self._start(delivery)

    async def close(self) -> None:
        """Stop all deliveries."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, delivery: Delivery) -> None:
        task = asyncio.create_task(self._deliver(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, delivery: Delivery) -> None:
        # Only events are tried again: a command or a press that fails is shown to the person instead.
        pauses = self.patience.pauses if delivery.kind is Kind.EVENT else ()
        reason = "timeout" if delivery.attempts else None
        for pause in (None, *pauses):
            if pause is not None:
                await asyncio.sleep(pause)
            attempt = Attempt(number=len(delivery.attempts), reason=reason, sent_at=time.monotonic())
            delivery.attempts.append(attempt)
            reply = await self.over.send(delivery, attempt, timeout=self.patience.acknowledgement)
            if reply.acknowledged:
                attempt.acknowledged_at = attempt.acknowledged_at or time.monotonic()
                delivery.response = reply.body
                delivery.outcome = Outcome.ACKNOWLEDGED
                break
            reason = reply.reason
            if reply.no_retry:
                break
        if delivery.outcome is Outcome.PENDING:
            delivery.outcome = Outcome.GIVEN_UP
        self._on_settled(delivery)
        delivery.settled.set()
