"""Gets an answer to Slack exactly once, whatever fails on the way and however often this begins anew."""

import asyncio
import logging

from bot.render.rich_text import SlackMessage
from bot.slack.alone import ALONE_TRIES, to_one
from bot.slack.pace import Pace
from bot.slack.post import PAUSE_LEAST, PAUSE_MOST, Doubtful, NotShown, Poster, Refused
from bot.slack.thought import Thought
from bot.store.patience import persist
from bot.store.records import Claim, Kind
from bot.store.store import Store

log = logging.getLogger(__name__)

# An answer waits so long for the reply to a step's update; if the reply comes later, the answer is shown once more.
STEP_REPLY_SECONDS = 0.5
# The outcome of what Slack will never take.
UNDELIVERABLE = "undeliverable"
# Slack's clock and ours.
CLOCKS_DIFFER_SECONDS = 600.0
# Why an update may fail although a new message would be taken.
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})


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
        self._step: asyncio.Task[None] | None = None

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

    async def step(self, message: SlackMessage) -> "asyncio.Task[None] | None":
        """Begin to show in the sign how far the work is; None where there is no sign or Slack asks to wait.

        Raises Lost where another process has the question, whose answer may stand there already.
        """
        if not self._posted or self._doubt >= 0 or self._pace.is_slow(self._claim.channel):
            return None
        await self._note()
        self._step = asyncio.create_task(self._show_step(message), name="show a step")
        return self._step

    async def deliver(self, thought: Thought) -> str:
        """Show the answer; the outcome, which is `undeliverable` where Slack will never take it."""
        if self._step is not None:
            await asyncio.wait({self._step}, timeout=STEP_REPLY_SECONDS)
        try:
            if self._claim.kind is Kind.COMMAND:
                await self._respond(thought)
            else:
                for place, message in enumerate(thought.messages):
                    await self._at_place(place, message)
                if self._step is not None and not self._step.done():
                    # Nobody knows which of the two came first.
                    await self._step
                    await self._at_place(0, thought.messages[0])
                if thought.alone is not None:
                    await self._alone(thought.alone)
        except Refused as refused:
            log.warning("question %d cannot be answered: Slack says %s", self._claim.id, refused.error)
            return UNDELIVERABLE
        return thought.outcome

    @property
    def posted(self) -> list[str]:
        """The ts of the messages that stand."""
        return list(self._posted)

    async def _show_step(self, message: SlackMessage) -> None:
        try:
            await self._poster.update(self._claim.channel, self._posted[0], message)
        except (NotShown, Doubtful, Refused) as failure:
            log.info("a step could not be shown: %s", failure.error)
            if isinstance(failure, NotShown) and failure.seconds is not None:
                # The answer does not wait for that; if Slack takes it no sooner, it says so again.
                self._pace.stepped(self._claim.channel, seconds=failure.seconds)

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
            found = await self._poster.find(
                claim.channel, claim.thread, after=claim.ts or _moment(claim), key=claim.key
            )
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
        for message in thought.messages:
            await to_one(lambda shown=message: self._to_asker(shown))  # type: ignore[misc]

    async def _to_asker(self, message: SlackMessage) -> None:
        claim = self._claim
        if claim.response_url is not None:
            try:
                await self._poster.respond(claim.response_url, message)
            except Refused as refused:
                # The address is good for half an hour; after that there is another way.
                log.info("a response_url is no longer good: %s", refused.error)
            else:
                return
        await self._poster.post_alone(claim.channel, "", claim.person, message)

    async def _alone(self, message: SlackMessage) -> None:
        # Nobody can look whether it is there already, as after a kill: a second one is better than none.
        claim = self._claim
        try:
            await to_one(
                lambda: self._poster.post_alone(claim.channel, claim.thread, claim.person, message), tries=ALONE_TRIES
            )
        except (Refused, NotShown) as failure:
            log.info("what is for the asker alone could not be shown: %s", failure.error)

    async def _begin(self, place: int) -> None:
        await persist(lambda: self._store.posting(self._claim, place=place))
        self._doubt = place

    async def _note(self) -> None:
        await persist(lambda: self._store.posted(self._claim, posted=self._posted))
        self._doubt = -1


def _moment(claim: Claim) -> str:
    """From when on a message may stand that is under no other: since before it was asked for, by whatever clock."""
    return f"{max(0.0, claim.created_at - CLOCKS_DIFFER_SECONDS):.6f}"
