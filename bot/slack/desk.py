"""Where everything in the store is worked on: questions get a sign and their answer, presses and notes their due."""

import asyncio
import logging
import traceback
from collections.abc import Callable
from dataclasses import replace

from bot.looks import Looks
from bot.metrics import Metrics
from bot.slack import words
from bot.slack.certificates import Certificates
from bot.slack.delivery import Delivery
from bot.slack.notes import Notes
from bot.slack.pace import Pace
from bot.slack.post import Poster
from bot.slack.press import Deed, Press
from bot.slack.presses import Presses
from bot.slack.steps import Steps
from bot.slack.thinking import Thinker
from bot.slack.thought import Thought, fitted, loaded
from bot.store.patience import persist
from bot.store.records import Claim, Kind, Lost, State
from bot.store.store import Store

log = logging.getLogger(__name__)

# An answer that is ready by then is its own sign; one second is promised.
SIGN_AFTER_SECONDS = 0.6
ATTEMPTS_MOST = 2


class Desk:
    """Where every question of this process is answered."""

    def __init__(
        self,
        *,
        thinker: Thinker,
        certificates: Certificates,
        presses: Presses,
        notes: Notes,
        looks: Looks,
        poster: Poster,
        store: Store,
        metrics: Metrics,
        pace: Pace,
        clock: Callable[[], float],
    ) -> None:
        self._thinker = thinker
        self._certificates = certificates
        self._presses = presses
        self._notes = notes
        self._looks = looks
        self._poster = poster
        self._store = store
        self._metrics = metrics
        self._pace = pace
        self._clock = clock

    async def work(self, claim: Claim) -> None:
        """Do what there is to do, from wherever it was left."""
        match claim.kind:
            case Kind.PRESS if Press.loads(claim.text).action != Deed.FILES:
                await self._presses.work(claim)
            case Kind.NOTE:
                await self._notes.work(claim)
            case _:
                await self._answer(claim)

    async def _answer(self, claim: Claim) -> None:
        delivery = Delivery(claim, poster=self._poster, store=self._store, pace=self._pace)
        begun_before = claim.state is State.READY and claim.answer is not None
        if begun_before:
            thought = Thought.loads(claim.answer or "", outcome=claim.outcome or "")
        else:
            thought = await self._thought(claim, delivery)
            await persist(
                lambda: self._store.answered(
                    claim,
                    answer=thought.dumps(),
                    outcome=thought.outcome,
                    conversation=thought.conversation,
                    now=self._clock(),
                    kept=thought.made_of,
                )
            )
        for target in thought.targets:
            self._looks.out(target)
        outcome = await delivery.deliver(thought)
        if begun_before and claim.kind is not Kind.COMMAND:
            await self._catch_up(claim, delivery, thought)
        now = self._clock()
        await persist(lambda: self._store.finish(claim, posted=delivery.posted, outcome=outcome, now=now))
        seconds = max(0.0, now - claim.created_at)
        if not delivery.was_signed:
            self._metrics.first_sign.observe(seconds)
        self._metrics.answer.observe(seconds)
        self._metrics.questions.labels(outcome).inc()
        log.info("question %d answered: %s after %.2f s, attempt %d", claim.id, outcome, seconds, claim.attempt)

    async def _catch_up(self, claim: Claim, delivery: Delivery, thought: Thought) -> None:
        """Show an answer as its buttons have made it: it may have stood, and been pressed, before it was delivered."""
        shown = thought.messages
        while (kept := await persist(lambda: self._store.kept(claim.id))) is not None:
            messages = tuple(fitted(loaded(kept.messages), count=len(thought.messages)))
            if not loaded(kept.messages) or messages == shown:
                return
            await delivery.deliver(replace(thought, messages=messages, alone=None))
            shown = messages

    async def _thought(self, claim: Claim, delivery: Delivery) -> Thought:
        if claim.attempt > ATTEMPTS_MOST:
            return Thought.saying(words.INTERRUPTED, outcome="failed")
        # Nobody sees the steps of an answer that goes to one person alone.
        seen = claim.kind is not Kind.COMMAND
        with_files = claim.kind is Kind.PRESS
        steps = Steps(
            lambda: () if with_files else self._thinker.targets(claim),
            ahead=lambda: 0 if with_files else self._thinker.ahead,
        )
        thinking = asyncio.create_task(
            self._certificates.think(claim)
            if with_files
            else self._thinker.think(claim, progress=steps.tell if seen else None)
        )
        try:
            if seen:
                await asyncio.wait({thinking}, timeout=SIGN_AFTER_SECONDS)
                if not thinking.done() and await delivery.sign(steps.message()):
                    self._metrics.first_sign.observe(max(0.0, self._clock() - claim.created_at))
                if delivery.posted:
                    await steps.show(delivery, pace=self._pace, channel=claim.channel, until=thinking)
            return await thinking
        except asyncio.CancelledError:
            raise
        except Exception as error:
            if claim.attempt < ATTEMPTS_MOST or isinstance(error, Lost):
                raise
            frames = "".join(traceback.format_tb(error.__traceback__)[-6:])
            log.error("question %d failed for good: %s\n%s", claim.id, type(error).__name__, frames)
            return Thought.saying(words.BROKEN, outcome="failed")
        finally:
            thinking.cancel()
