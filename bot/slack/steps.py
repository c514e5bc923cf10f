"""Shows the steps of a look as they end, in the sign that a question is being worked on."""

import asyncio
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from bot.render.rich_text import SlackMessage
from bot.slack.delivery import Delivery
from bot.slack.pace import Pace

if TYPE_CHECKING:
    from diagnostics.judge import Check


class Steps:
    """The steps of one question's looks; `targets` are asked for where the answer takes its time."""

    def __init__(self, targets: Callable[[], Sequence[str]], *, ahead: Callable[[], int]) -> None:
        self._checks: dict[str, list[Check]] = {}
        self._targets = cache(targets)
        self._ahead = ahead
        self._changed = asyncio.Event()

    def tell(self, target: str, check: "Check") -> None:
        """A step has ended."""
        self._checks.setdefault(target, []).append(check)
        self._changed.set()

    def message(self) -> SlackMessage:
        """How far it is; what ends from now on is news."""
        from bot.render.slack_steps import steps

        self._changed.clear()
        order = dict.fromkeys([*self._targets(), *self._checks])
        return steps([(target, self._checks.get(target, ())) for target in order], ahead=self._ahead())

    async def show(self, delivery: Delivery, *, pace: Pace, channel: str, until: "asyncio.Task[object]") -> None:
        """Show the steps, at most one a second in the channel, until the answer is ready."""
        changed = asyncio.create_task(self._changed.wait())
        try:
            while not until.done():
                await asyncio.wait({until, changed}, return_when=asyncio.FIRST_COMPLETED)
                # Two looks in one channel share its second, so the wait may have to begin anew.
                while not until.done() and (seconds := pace.seconds_to_step(channel)):
                    await asyncio.wait({until}, timeout=seconds)
                if until.done():
                    return
                pace.stepped(channel)
                message = self.message()
                changed = asyncio.create_task(self._changed.wait())
                step = await delivery.step(message)
                if step is not None:
                    await asyncio.wait({until, step}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            changed.cancel()
