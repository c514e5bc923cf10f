"""What a press does, an action a file; each of them is harmless twice, and begins anew where it was broken off."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping
from weakref import WeakValueDictionary

from bot.render.slack_buttons import Action
from bot.slack import words
from bot.slack.press import Deed, Press
from bot.slack.presses.again import again
from bot.slack.presses.choose import choose
from bot.slack.presses.details import details
from bot.slack.presses.example import example
from bot.slack.presses.feedback import feedback
from bot.slack.presses.hand_over import hand_over
from bot.slack.presses.home import home, prompts
from bot.slack.presses.pressed import Pressed, Tools
from bot.slack.presses.share import share
from bot.slack.presses.solve import solve
from bot.slack.presses.take import take
from bot.store.patience import persist
from bot.store.records import Claim, Lost, State

__all__ = ["Presses", "Tools"]

log = logging.getLogger(__name__)

ATTEMPTS_MOST = 2

ACTIONS: Mapping[str, Callable[[Pressed], Awaitable[None]]] = {
    Action.AGAIN: again,
    Action.DETAILS: details,
    Action.FEEDBACK: feedback,
    Action.CHOOSE: choose,
    Action.HAND_OVER: hand_over,
    Action.SHARE: share,
    Action.TAKE: take,
    Action.SOLVE: solve,
    Action.EXAMPLE: example,
    Deed.HOME: home,
    Deed.PROMPTS: prompts,
}


class Presses:
    """Works on the presses of this process."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def work(self, claim: Claim) -> None:
        """Do what was pressed, from wherever it was left."""
        press = Press.loads(claim.text)
        lock = self._locks.get(press.question)
        if lock is None:
            lock = self._locks[press.question] = asyncio.Lock()
        pressed = Pressed(claim, press, tools=self._tools, lock=lock)
        try:
            await self._act(pressed)
        except (asyncio.CancelledError, Lost):
            raise
        except Exception as error:
            if claim.attempt < ATTEMPTS_MOST and claim.state is State.OPEN:
                raise
            frames = "".join(traceback.format_tb(error.__traceback__)[-6:])
            log.error("press %d failed for good: %s\n%s", claim.id, type(error).__name__, frames)
            await self._give_up(pressed)
        now = self._tools.clock()
        await persist(lambda: self._tools.store.finish(claim, posted=(), outcome="pressed", now=now))
        log.info("press %d: %s after %.2f s, attempt %d", claim.id, press.action, now - claim.created_at, claim.attempt)

    async def _act(self, pressed: Pressed) -> None:
        act = ACTIONS.get(pressed.press.action)
        if act is None:  # of a newer Padlock that has shared this store
            return
        if pressed.claim.attempt > ATTEMPTS_MOST and pressed.claim.state is State.OPEN:
            await self._give_up(pressed)
            return
        await act(pressed)

    async def _give_up(self, pressed: Pressed) -> None:
        """Leave nothing behind that says that something is under way."""
        kept = await persist(lambda: self._tools.store.kept(pressed.press.question))
        if kept is not None and pressed.press.action == Action.AGAIN:
            await pressed.restore(kept)
        await pressed.tell(words.PRESS_FAILED)
