"""One press in hand: whose answer it is about, what its presser is told, and what becomes of the answer's messages."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.looks import Looks
from bot.render.rich_text import SlackMessage, small_print
from bot.render.slack import sentence
from bot.slack import words
from bot.slack.alone import ALONE_TRIES, to_one
from bot.slack.delivery import Delivery
from bot.slack.handing import link_to, showing
from bot.slack.notes import Notes
from bot.slack.pace import Pace
from bot.slack.post import Doubtful, NotShown, Poster, Refused
from bot.slack.press import Press
from bot.slack.thinking import Thinker
from bot.slack.thought import Thought, dumped, fitted, loaded
from bot.store.patience import persist
from bot.store.records import Claim, Kept
from bot.store.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What presses are worked on with; `clock` is seconds since 1970, `wake` says that there is something to do."""

    store: Store
    poster: Poster
    pace: Pace
    looks: Looks
    thinker: Thinker
    notes: Notes
    clock: Callable[[], float]
    wake: Callable[[], None]
    support_channel: str | None


class Pressed:
    """A press, and what can be done about it; `lock` is held by one press of the same answer at a time."""

    def __init__(self, claim: Claim, press: Press, *, tools: Tools, lock: asyncio.Lock) -> None:
        self.claim = claim
        self.press = press
        self.tools = tools
        self.lock = lock

    async def answer(self) -> Kept | None:
        """The answer that the button stands under; None, and the presser told, where they may not press it."""
        kept = await persist(lambda: self.tools.store.kept(self.press.question))
        if kept is None:
            await self.tell(words.NO_LONGER_KEPT)
        elif (kept.team, kept.channel) != (self.claim.team, self.claim.channel):
            await self.tell(words.NOT_HERE)
        elif not kept.thread and kept.person != self.claim.person:
            await self.show_alone(words.only_for(kept.person))
        else:
            return kept
        return None

    async def tell(self, text: str) -> None:
        """Say something to the presser alone, in Markdown."""
        await self.show_alone(sentence(text))

    async def show_alone(self, *messages: SlackMessage) -> None:
        """Show something to the presser alone, in the thread they pressed in."""
        for message in messages:
            try:
                await to_one(lambda shown=message: self._to_presser(shown), tries=ALONE_TRIES)  # type: ignore[misc]
            except (Refused, NotShown) as failure:
                log.info("what a press led to could not be shown: %s", failure.error)

    async def replace(self, kept: Kept, messages: Sequence[SlackMessage]) -> None:
        """Put these messages in the place of the answer's."""
        if kept.thread:
            await self._update(kept, messages)
            return
        first, *others = messages  # of an answer to one person alone, only the message that was pressed can be changed
        try:
            await to_one(lambda: self._in_place(first), tries=ALONE_TRIES)
        except (Refused, NotShown) as failure:
            log.info("an answer to one person could not be replaced: %s", failure.error)
            await self.show_alone(first)
        await self.show_alone(*others)

    async def as_handed_over(self, thought: Thought) -> Thought:
        """A new answer, which shows that the question was handed over where it was."""
        handover = await persist(lambda: self.tools.store.handover(self.press.question))
        if handover is None:
            return thought
        link = await link_to(handover, poster=self.tools.poster)
        shown = showing(thought.messages, by=handover.handed_by, link=link)
        made_of = replace(thought.made_of, messages=dumped(shown)) if thought.made_of else None
        return replace(thought, messages=shown, made_of=made_of)

    async def mark(self, kept: Kept, text: str) -> bool:
        """Say above the answer that something is under way, if that works at the first try."""
        shown = loaded(kept.messages)
        if not kept.thread or not shown:
            return False
        marked = replace(shown[0], blocks=(small_print(text), *shown[0].blocks))
        try:
            await self.tools.poster.update(kept.channel, self._posted(kept)[0], marked)
        except (NotShown, Doubtful, Refused) as failure:
            log.info("no sign could be shown: %s", failure.error)
            return False
        return True

    async def restore(self, kept: Kept) -> None:
        """Show the answer as it was; one that its asker alone sees was never marked."""
        if kept.thread and (messages := loaded(kept.messages)):
            await self._update(kept, messages)

    async def deliver(self, message: SlackMessage, *, ts: str) -> None:
        """Change the message of ours that was pressed."""
        claim = replace(self.claim, posted=(ts,), posting=-1)
        await self._delivery(claim).deliver(Thought(messages=(message,), outcome=""))

    def delivery(self) -> Delivery:
        """Posts messages for this press, where it was pressed."""
        return self._delivery(self.claim)

    def _delivery(self, claim: Claim) -> Delivery:
        return Delivery(claim, poster=self.tools.poster, store=self.tools.store, pace=self.tools.pace)

    async def _update(self, kept: Kept, messages: Sequence[SlackMessage]) -> None:
        posted = self._posted(kept)
        claim = replace(self.claim, channel=kept.channel, thread=kept.thread, posted=posted, posting=-1)
        await self._delivery(claim).deliver(Thought(messages=tuple(fitted(messages, count=len(posted))), outcome=""))

    def _posted(self, kept: Kept) -> tuple[str, ...]:
        # It is pressed a moment before it is noted that it stands.
        return kept.posted or (self.press.message,)

    async def _in_place(self, message: SlackMessage) -> None:
        if self.claim.response_url is None or not self.press.alone:
            raise Refused("no_response_url")
        await self.tools.poster.respond(self.claim.response_url, message, replaces=True)

    async def _to_presser(self, message: SlackMessage) -> None:
        claim, thread = self.claim, self.press.thread
        if claim.response_url is not None:
            try:
                await self.tools.poster.respond(claim.response_url, message, thread=thread)
            except Refused as refused:
                # The address is good for half an hour; after that there is another way.
                log.info("a response_url is no longer good: %s", refused.error)
            else:
                return
        await self.tools.poster.post_alone(claim.channel, thread, claim.person, message)
