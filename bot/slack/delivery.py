"""Gets an answer to Slack exactly once, whatever fails on the way and however often this begins anew."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable

from bot.render.rich_text import SlackMessage
from bot.slack.post import Doubtful, NotShown, Poster, Refused
from bot.slack.thinking import Thought
from bot.store.patience import persist
from bot.store.records import Claim, Kind
from bot.store.store import Store

log = logging.getLogger(__name__)

PAUSE_LEAST, PAUSE_MOST = 0.5, 30.0
# What goes to one person alone cannot be looked for afterwards, so it is not tried for ever.
ALONE_TRIES = 5
# Why an update may fail although a new message would be taken.
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})


class Pace:
    """How fast each channel takes messages: freely, until Slack asks to wait; from then on one after the other."""

    def __init__(self, *, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._until: dict[str, float] = {}
        self._queues: dict[str, asyncio.Lock] = {}
        self._in_queue: Counter[str] = Counter()

    def is_slow(self, channel: str) -> bool:
        """Whether messages wait for their turn there."""
        return channel in self._queues

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


class Delivery:
    """The messages of one question: first perhaps a sign that it is being worked on, which becomes the answer.

    Before a message is posted it is noted that it will be, and after it, under which ts it stands. Whoever finds the
    first note without the second looks into the thread, where the message carries the question's key.
    """

    def __init__(self, claim: Claim, *, poster: Poster, store: Store, pace: Pace) -> None:
        self._claim = claim
        self._poster = poster
        self._store = store
        self._pace = pace
        self._posted = list(claim.posted)
        self._doubt = claim.posting
        self._signed = bool(claim.posted)

    @property
    def was_signed(self) -> bool:
        """Whether the asker saw something before the answer."""
        return self._signed

    async def sign(self, message: SlackMessage) -> bool:
        """Show that the question is being worked on, if that works at the first try."""
        if self._posted or self._doubt >= 0 or self._pace.is_slow(self._claim.channel):
            return False
        await self._begin(0)
        try:
            ts = await self._post(message, place=0)
        except (NotShown, Refused) as failure:
            log.info("no sign could be shown: %s", failure.error)
            await self._note()
            return False
        except Doubtful:
            return False  # the doubt is noted; the answer looks for it
        self._posted.append(ts)
        self._signed = True
        await self._note()
        return True

    async def deliver(self, thought: Thought) -> str:
        """Show the answer; the outcome, which is `undeliverable` where Slack will never take it."""
        try:
            if self._claim.kind is Kind.COMMAND:
                await self._respond(thought)
            else:
                for place, message in enumerate(thought.messages):
                    await self._at_place(place, message)
                if thought.alone is not None:
                    await self._alone(thought.alone, place=len(thought.messages))
        except Refused as refused:
            log.warning("question %d cannot be answered: Slack says %s", self._claim.id, refused.error)
            return "undeliverable"
        return thought.outcome

    @property
    def posted(self) -> list[str]:
        """The ts of the messages that stand."""
        return list(self._posted)

    async def _at_place(self, place: int, message: SlackMessage) -> None:
        pause = PAUSE_LEAST
        while True:
            try:
                if self._doubt == place:
                    await self._look()
                if place < len(self._posted):
                    if await self._update(place, message):
                        return
                    continue
                async with self._pace.turn(self._claim.channel):
                    await self._begin(place)
                    self._posted.append(await self._post(message, place=place))
                await self._note()
                return
            except NotShown as failure:
                log.info("Slack is not reached or takes nothing (%s); question %d waits", failure.error, self._claim.id)
                if failure.seconds is not None and self._doubt != place:
                    continue  # it waits for its turn in the channel
                seconds = failure.seconds or pause
            except Doubtful as failure:
                seconds = pause
                log.info("Slack is not reached, or fails (%s); question %d waits", failure.error, self._claim.id)
            pause = min(pause * 2, PAUSE_MOST)
            await asyncio.sleep(seconds)

    async def _update(self, place: int, message: SlackMessage) -> bool:
        """Replace what stands there; False where it is gone and has to be posted anew."""
        try:
            async with self._pace.turn(self._claim.channel):
                try:
                    await self._poster.update(self._claim.channel, self._posted[place], message)
                except NotShown as failure:
                    self._heed(failure)
                    raise
        except Refused as refused:
            if refused.error not in _GONE:
                raise
            del self._posted[place:]
            await self._note()
            return False
        return True

    def _heed(self, failure: NotShown) -> None:
        if failure.seconds is not None:
            self._pace.pause(self._claim.channel, seconds=failure.seconds)

    async def _look(self) -> None:
        """Find out whether what may have been posted was."""
        claim = self._claim
        try:
            found = await self._poster.find(claim.channel, claim.thread, after=claim.ts, key=claim.key)
        except Refused as refused:
            # As without the scope to read; then silence would be worse than a second answer.
            log.warning("the thread of question %d cannot be read: Slack says %s", claim.id, refused.error)
            found = {}
        if (ts := found.get(len(self._posted))) is not None:
            self._posted.append(ts)
        await self._note()

    async def _post(self, message: SlackMessage, *, place: int) -> str:
        claim = self._claim
        try:
            return await self._poster.post(claim.channel, claim.thread, message, key=claim.key, place=place)
        except NotShown as failure:
            self._doubt = -1
            self._heed(failure)
            raise

    async def _respond(self, thought: Thought) -> None:
        url = self._claim.response_url
        if url is None:
            raise Refused("no_response_url")
        for message in thought.messages:
            try:
                await self._to_one(lambda shown=message: self._poster.respond(url, shown))  # type: ignore[misc]
            except Refused as refused:
                # The address is good for half an hour; after that there is another way.
                log.info("a response_url is no longer good: %s", refused.error)
                await self._to_one(
                    lambda shown=message: self._poster.post_alone(  # type: ignore[misc]
                        self._claim.channel, "", self._claim.person, shown
                    )
                )

    async def _alone(self, message: SlackMessage, *, place: int) -> None:
        if self._doubt == place:
            return  # it may be there, and a second one helps nobody
        await self._begin(place)
        claim = self._claim
        try:
            await self._to_one(
                lambda: self._poster.post_alone(claim.channel, claim.thread, claim.person, message), tries=ALONE_TRIES
            )
        except (Refused, NotShown) as failure:
            log.info("what is for the asker alone could not be shown: %s", failure.error)

    async def _to_one(self, show: Callable[[], Awaitable[None]], *, tries: int | None = None) -> None:
        """Show something to one person alone: in doubt it is taken for shown, as nobody can look."""
        pause, tried = PAUSE_LEAST, 0
        while True:
            try:
                await show()
            except NotShown as failure:
                tried += 1
                if tries is not None and tried >= tries:
                    raise
                await asyncio.sleep(failure.seconds or pause)
                pause = min(pause * 2, PAUSE_MOST)
            except Doubtful as failure:
                if failure.error == "no_answer":
                    return
                await asyncio.sleep(pause)  # Slack itself says that it has failed
                pause = min(pause * 2, PAUSE_MOST)
            else:
                return

    async def _begin(self, place: int) -> None:
        await persist(lambda: self._store.posting(self._claim, place=place))
        self._doubt = place

    async def _note(self) -> None:
        await persist(lambda: self._store.posted(self._claim, posted=self._posted))
        self._doubt = -1
