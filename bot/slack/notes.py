"""What Padlock says of its own accord: each note once, and what follows when it stands."""

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from enum import StrEnum

from bot.conversation import Conversation
from bot.render.rich_text import SlackMessage
from bot.render.slack import sentence
from bot.render.slack_handover import told_handed_over
from bot.slack import words
from bot.slack.alone import ALONE_TRIES, to_one
from bot.slack.delivery import UNDELIVERABLE, Delivery
from bot.slack.handing import as_answered, showing
from bot.slack.pace import Pace
from bot.slack.payload import mapping, text
from bot.slack.post import NotShown, Poster, Refused
from bot.slack.thought import Thought, loaded
from bot.store.patience import persist
from bot.store.records import Accepted, Claim, Incoming, Kept, Kind
from bot.store.store import Store

log = logging.getLogger(__name__)

SETTLING_TRIES, SETTLING_PAUSE = 40, 0.5


class About(StrEnum):
    """What a note is about; of each, a question has one."""

    HANDED_OVER = "handed_over"  # in the support channel
    TOLD = "told"  # the same, in the asker's thread
    TAKEN = "taken"
    SOLVED = "solved"
    SHARED = "shared"


class Notes:
    """The notes of this process; `wake` says that there is something to do, `clock` is seconds since 1970."""

    def __init__(
        self, *, store: Store, poster: Poster, pace: Pace, clock: Callable[[], float], wake: Callable[[], None]
    ) -> None:
        self._store = store
        self._poster = poster
        self._pace = pace
        self._clock = clock
        self._wake = wake

    async def say(
        self,
        about: About,
        kept: Kept,
        messages: Sequence[SlackMessage],
        *,
        by: str,
        channel: str,
        thread: str = "",
        response_url: str | None = None,
    ) -> Accepted:
        """Have something said about a question, once; `by` is who has caused it."""
        note = Incoming(
            key=f"{kept.team}:note:{kept.question}:{about}",
            event_id=None,
            kind=Kind.NOTE,
            team=kept.team,
            channel=channel,
            thread=thread,
            ts=thread,
            person=kept.person,
            text=json.dumps({"question": kept.question, "by": by}),
            direct=channel.startswith(("D", "U", "W")),
            response_url=response_url,
            created_at=self._clock(),
        )
        said = Thought(messages=tuple(messages), outcome=about)
        accepted = await persist(lambda: self._store.say(note, answer=said.dumps(), outcome=about))
        if accepted is Accepted.STORED:
            self._wake()
        return accepted

    async def tell_asker(self, about: About, kept: Kept, message: SlackMessage, *, by: str) -> None:
        """Say it in the thread of the question, or to the asker directly where there is none."""
        where = kept.channel if kept.thread else kept.person
        await self.say(about, kept, [message], by=by, channel=where, thread=kept.thread)

    async def work(self, claim: Claim) -> None:
        """Deliver a note, from wherever it was left, and do what follows."""
        about = claim.outcome or ""
        thought = Thought.loads(claim.answer or "", outcome=about)
        delivery = Delivery(claim, poster=self._poster, store=self._store, pace=self._pace)
        outcome = await delivery.deliver(thought)
        if outcome == UNDELIVERABLE:
            await self._failed(claim, about, thought)
        else:
            await self._follow(claim, about, ts=delivery.posted[0])
        now = self._clock()
        await persist(lambda: self._store.finish(claim, posted=delivery.posted, outcome=outcome, now=now))
        log.info("note %d: %s", claim.id, outcome if outcome == about else f"{about}, {outcome}")

    async def _follow(self, claim: Claim, about: str, *, ts: str) -> None:
        note = mapping(json.loads(claim.text))
        number, by = note.get("question"), text(note, "by")
        if about not in (About.HANDED_OVER, About.SHARED) or not isinstance(number, int):
            return
        link = None
        if about == About.HANDED_OVER:
            await persist(lambda: self._store.handover_posted(number, channel=claim.channel, ts=ts))
            link = await self._poster.permalink(claim.channel, ts)
        kept = await self._settled(number)
        if kept is None:
            return
        if about == About.HANDED_OVER:
            await self._handed_over(kept, by=by, link=link)
        else:
            causes = (kept.cause,) if kept.cause else ()
            talk = Conversation(targets=kept.targets, causes=causes, article=kept.article)
            await persist(lambda: self._store.join(claim, thread=ts, conversation=talk, now=self._clock()))

    async def _settled(self, question: int) -> Kept | None:
        """An answer, when it is noted where it stands: after a kill that may come later than a press of its buttons."""
        kept = await persist(lambda: self._store.kept(question))
        for _ in range(SETTLING_TRIES):
            if kept is None or kept.posted or not kept.thread:
                break
            await asyncio.sleep(SETTLING_PAUSE)
            kept = await persist(lambda: self._store.kept(question))
        return kept

    async def _handed_over(self, kept: Kept, *, by: str, link: str | None) -> None:
        """Tell the asker, and show it in the answer."""
        await self.tell_asker(About.TOLD, kept, told_handed_over(by, message=link), by=by)
        shown = showing(loaded(kept.messages), by=by, link=link)
        if not (shown and kept.thread and kept.posted):
            return
        await persist(lambda: self._store.renew(kept.question, answered=as_answered(kept, shown), now=self._clock()))
        place = kept.posted[: len(shown)][-1]
        try:
            await to_one(lambda: self._poster.update(kept.channel, place, shown[-1]), tries=ALONE_TRIES)
        except (Refused, NotShown) as failure:
            log.info("an answer does not show that it was handed over: %s", failure.error)

    async def _failed(self, claim: Claim, about: str, thought: Thought) -> None:
        """Another way, or a word to whoever has pressed."""
        url = claim.response_url
        if url is None:
            return
        if about == About.SHARED:
            messages, to_all = thought.messages, True
        elif about == About.HANDED_OVER:
            messages, to_all = (sentence(words.NOT_HANDED_OVER),), False
        else:
            return
        for message in messages:
            try:
                await to_one(
                    lambda shown=message: self._poster.respond(url, shown, to_all=to_all),  # type: ignore[misc]
                    tries=ALONE_TRIES,
                )
            except (Refused, NotShown) as failure:
                log.warning("note %d could not be shown in any way: %s", claim.id, failure.error)
