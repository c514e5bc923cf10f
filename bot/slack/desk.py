"""Answers one question from the store: a sign, the answer, its delivery."""

import asyncio
import logging
import traceback
from collections.abc import Callable

from bot.looks import Looks
from bot.metrics import Metrics
from bot.slack import words
from bot.slack.delivery import Delivery, Pace
from bot.slack.post import Poster
from bot.slack.thinking import Thinker, Thought
from bot.store.patience import persist
from bot.store.records import Claim, Kind, State
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
        looks: Looks,
        poster: Poster,
        store: Store,
        metrics: Metrics,
        pace: Pace,
        clock: Callable[[], float],
    ) -> None:
        self._thinker = thinker
        self._looks = looks
        self._poster = poster
        self._store = store
        self._metrics = metrics
        self._pace = pace
        self._clock = clock

    async def answer(self, claim: Claim) -> None:
        """Answer a question, from wherever it was left."""
        delivery = Delivery(claim, poster=self._poster, store=self._store, pace=self._pace)
        if claim.state is State.READY and claim.answer is not None:
            thought = Thought.loads(claim.answer, outcome=claim.outcome or "")
        else:
            thought = await self._thought(claim, delivery)
            await persist(
                lambda: self._store.answered(
                    claim,
                    answer=thought.dumps(),
                    outcome=thought.outcome,
                    conversation=thought.conversation,
                    now=self._clock(),
                )
            )
        for target in thought.targets:
            self._looks.out(target)
        outcome = await delivery.deliver(thought)
        now = self._clock()
        await persist(lambda: self._store.finish(claim, posted=delivery.posted, outcome=outcome, now=now))
        seconds = max(0.0, now - claim.created_at)
        if not delivery.was_signed:
            self._metrics.first_sign.observe(seconds)
        self._metrics.answer.observe(seconds)
        self._metrics.questions.labels(outcome).inc()
        log.info("question %d answered: %s after %.2f s, attempt %d", claim.id, outcome, seconds, claim.attempt)

    async def _thought(self, claim: Claim, delivery: Delivery) -> Thought:
        if claim.attempt > ATTEMPTS_MOST:
            return Thought.saying(words.INTERRUPTED, outcome="failed")
        thinking = asyncio.create_task(self._thinker.think(claim))
        try:
            if claim.kind is not Kind.COMMAND:
                await asyncio.wait({thinking}, timeout=SIGN_AFTER_SECONDS)
                if not thinking.done() and await delivery.sign(self._thinker.sign(claim)):
                    self._metrics.first_sign.observe(max(0.0, self._clock() - claim.created_at))
            return await thinking
        except asyncio.CancelledError:
            raise
        except Exception as error:
            if claim.attempt < ATTEMPTS_MOST:
                raise
            frames = "".join(traceback.format_tb(error.__traceback__)[-6:])
            log.error("question %d failed for good: %s\n%s", claim.id, type(error).__name__, frames)
            return Thought.saying(words.BROKEN, outcome="failed")
        finally:
            thinking.cancel()
