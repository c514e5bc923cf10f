"""What goes wrong on purpose: failures by script, and rate limits."""

import asyncio
import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from .wire import JsonObject

ANY = "*"
RESPONSE_URL = "response_url"
"""The name under which posts to response_urls fail and are recorded."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """How calls of one method go wrong, and how many more will."""

    method: str
    times: int | None
    status: int | None
    error: str | None
    retry_after: float | None
    slow: float
    lost_reply: bool
    when: Callable[[JsonObject], bool] | None

    @property
    def is_refused(self) -> bool:
        """Whether the call is answered without being carried out."""
        return self.status is not None or self.error is not None

    def answer(self) -> tuple[int, JsonObject, dict[str, str]]:
        """Status, body and headers of a refused call."""
        if self.status == 429:
            return 429, {"ok": False, "error": "ratelimited"}, retry_after(self.retry_after or 1)
        headers = retry_after(self.retry_after) if self.retry_after is not None else {}
        default = "internal_error" if (self.status or 200) >= 500 else "fatal_error"
        return self.status or 200, {"ok": False, "error": self.error or default}, headers


@dataclass(frozen=True, slots=True)
class Limit:
    """How many calls of a method Slack takes in a span of time, for each channel."""

    calls: int
    seconds: float


class Faults:
    """The script of one stand-in."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._limits: dict[str, Limit] = {}
        self._seen: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)

    def add(self, fault: Fault) -> None:
        """Let a fault happen to the next calls it fits."""
        self._faults.append(fault)

    def limit(self, method: str, limit: Limit | None) -> None:
        """Set the rate limit of a method; None lifts it."""
        if limit is None:
            self._limits.pop(method, None)
        else:
            self._limits[method] = limit

    def clear(self) -> None:
        """Let everything work again."""
        self._faults.clear()
        self._limits.clear()

    def take(self, method: str, arguments: JsonObject) -> Fault | None:
        """The fault that this call meets, used up by one."""
        for fault in self._faults:
            if fault.method in (ANY, method) and (fault.when is None or fault.when(arguments)):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._faults.remove(fault)
                return fault
        return None

    def wait(self, method: str, *, channel: str, now: float) -> float:
        """For how many seconds this call comes too early; 0 where it counts as made."""
        limit = self._limits.get(method)
        if limit is None:
            return 0.0
        seen = self._seen[method, channel]
        while seen and seen[0] <= now - limit.seconds:
            seen.popleft()
        if len(seen) >= limit.calls:
            return seen[0] + limit.seconds - now
        seen.append(now)
        return 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCall:
    """One call as it came in, and how it was answered; `status` None where the answer was lost."""

    method: str
    arguments: JsonObject
    verb: str
    at: float
    status: int | None
    answer: JsonObject

    @property
    def ok(self) -> bool:
        """Whether the caller was told that it worked."""
        return self.status == 200 and self.answer.get("ok") is True

    @property
    def error(self) -> str | None:
        """Slack's name of the error, where there was one."""
        error = self.answer.get("error")
        return None if error is None else str(error)


async def send_answer(request: web.Request, answer: web.Response, fault: Fault | None) -> web.Response:
    """Hand back an answer: at once, late, or with a broken connection instead."""
    if fault and fault.slow:
        await asyncio.sleep(fault.slow)
    if fault and fault.lost_reply and request.transport is not None:
        request.transport.abort()
    return answer


def retry_after(seconds: float) -> dict[str, str]:
    """The header that says when to come again, in whole seconds as Slack does."""
    return {"Retry-After": str(max(1, math.ceil(seconds)))}
