"""START HERE: the store's every question and change, in the same statements for SQLite and PostgreSQL."""

import json
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.conversation import Conversation
from bot.store import answers, arrivals, beats, buckets, claims, feedback, handovers, history, retention
from bot.store.claims import PENDING
from bot.store.database import Writer, engine_for, migrate, reading, reason
from bot.store.records import (
    Accepted,
    Answered,
    Claim,
    Gap,
    Handover,
    Incoming,
    Kept,
    Kind,
    Lost,
    Recent,
    State,
    StoreError,
)
from bot.store.tables import questions, workers

P = ParamSpec("P")
T = TypeVar("T")


class Store:
    """The store of one process; every method that changes something returns when the change is on the disk."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = Writer(engine)
        self._insert = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert

    @classmethod
    async def open(cls, url: str) -> "Store":
        """Open the store and bring its tables up to date; a StoreError says why that is impossible."""
        engine = engine_for(url)
        try:
            await migrate(engine)
        except Exception as error:
            await engine.dispose()
            raise error if isinstance(error, StoreError) else StoreError(_cannot_open(error)) from error
        return cls(engine)

    async def close(self) -> None:
        """End all connections."""
        await self._engine.dispose()

    async def ping(self) -> None:
        """Return where the store can be read and written; else a StoreError."""

        async def touch(connection: AsyncConnection) -> None:
            # A row of nobody's, which nobody sees: what changes no row would succeed on a full disk.
            await connection.execute(self._insert(workers).values(owner="", beat=0).on_conflict_do_nothing())
            await connection.execute(delete(workers).where(workers.c.owner == ""))

        await self._writer.write(touch)

    # Questions come in

    async def accept(self, incoming: Incoming) -> Accepted:
        """Keep a question or a press, once however often it arrives; it may be acknowledged when this returns."""
        return await self._write(arrivals.accept, incoming, insert=self._insert)

    async def say(self, incoming: Incoming, *, answer: str, outcome: str) -> Accepted:
        """Have something said of Padlock's own accord, once for each key; `person` is whose question it is about."""
        return await self._write(arrivals.say, incoming, answer=answer, outcome=outcome, insert=self._insert)

    # Questions are worked on

    async def claim(self, owner: str, *, most: int) -> list[Claim]:
        """Take what nobody has in hand, oldest first; of a thread one at a time, for each builds on the last."""
        return await self._write(claims.take, owner=owner, most=most)

    async def waiting(self) -> int:
        """How many questions have no answer yet."""
        async with reading(self._engine) as connection:
            found = await connection.execute(
                select(func.count()).select_from(questions).where(questions.c.state.in_(PENDING))
            )
            return int(found.scalar_one())

    async def answered(
        self,
        claim: Claim,
        *,
        answer: str,
        outcome: str,
        conversation: Conversation | None,
        now: float,
        kept: Answered | None = None,
    ) -> None:
        """Keep the answer until Slack has it, what it was made of, and what the thread remembers from now on."""

        async def keep(connection: AsyncConnection) -> None:
            await self._change(connection, claim, state=State.READY, answer=answer, outcome=outcome)
            if conversation is not None and claim.thread:
                await arrivals.remember(connection, claim, conversation=conversation, now=now, insert=self._insert)
            if kept is not None:
                await answers.keep(connection, claim.id, answered=kept, insert=self._insert)

        await self._writer.write(keep)

    async def join(self, claim: Claim, *, thread: str, conversation: Conversation, now: float) -> None:
        """Make Padlock part of the thread below a note, which has begun it in a channel."""

        async def keep(connection: AsyncConnection) -> None:
            await self._change(connection, claim, thread=thread)
            below = replace(claim, thread=thread)
            await arrivals.remember(connection, below, conversation=conversation, now=now, insert=self._insert)

        await self._writer.write(keep)

    async def posting(self, claim: Claim, *, place: int) -> None:
        """Note that the posting of a message begins: if it is not noted as posted later, it may or may not be there."""
        await self._update(claim, posting=place)

    async def posted(self, claim: Claim, *, posted: Sequence[str]) -> None:
        """Note the messages that Slack has confirmed, in their order."""
        await self._update(claim, posting=-1, posted=json.dumps(list(posted)))

    async def finish(self, claim: Claim, *, posted: Sequence[str], outcome: str, now: float) -> None:
        """The question is over: the answer is with Slack, and need not be kept, nor what a note was about."""
        told: dict[str, object] = {"text": ""} if claim.kind is Kind.NOTE else {}
        await self._update(
            claim,
            **told,
            state=State.DONE,
            posting=-1,
            posted=json.dumps(list(posted)),
            outcome=outcome,
            answer=None,
            response_url=None,
            owner=None,
            finished_at=now,
        )

    async def release(self, claim: Claim, *, counts: bool = True) -> None:
        """Give a question back; `counts` is false where the attempt was broken off and no fault of the question."""
        back = 0 if counts or claim.state is not State.OPEN else 1
        await self._update(claim, owner=None, attempt=questions.c.attempt - back)

    async def _update(self, claim: Claim, **values: object) -> None:
        async def change(connection: AsyncConnection) -> None:
            await self._change(connection, claim, **values)

        await self._writer.write(change)

    async def _change(self, connection: AsyncConnection, claim: Claim, **values: object) -> None:
        """Change a question that is still in these hands; Lost where it is not.

        The lease tells a claim from a later one of the same process, which may have been paused in between.
        """
        changed = await connection.execute(
            update(questions)
            .where(questions.c.id == claim.id, questions.c.lease == claim.lease, questions.c.owner.is_not(None))
            .values(**values)
            .returning(questions.c.id)
        )
        if changed.first() is None:
            raise Lost

    # What the buttons below an answer need

    async def kept(self, question: int) -> Kept | None:
        """An answer with its question, and None where there is none, or it is forgotten."""
        return await self._read(answers.kept, question)

    async def renew(self, question: int, *, answered: Answered, now: float) -> None:
        """Keep what a later look has found in the place of what was kept; its thread is in use."""

        async def keep(connection: AsyncConnection) -> None:
            await answers.keep(connection, question, answered=answered, insert=self._insert)
            await arrivals.touch(connection, question, now=now)

        await self._writer.write(keep)

    async def rate(self, question: int, *, person: str, helpful: bool, now: float) -> None:
        """Note whether an answer has helped a person; `now` is when they pressed, and the last press counts."""
        await self._write(feedback.rate, question, person=person, helpful=helpful, now=now, insert=self._insert)

    async def choose(self, question: int, *, person: str, article: str, now: float) -> None:
        """Note which entry a person had meant; `now` is when they pressed, and the last press counts."""
        await self._write(feedback.choose, question, person=person, article=article, now=now, insert=self._insert)

    async def hand_over(self, question: int, *, person: str, now: float) -> Handover | None:
        """Hand a question over to people, once: the hand-over that is there then; None where the question is gone."""
        return await self._write(handovers.hand_over, question, person=person, now=now, insert=self._insert)

    async def handover_posted(self, question: int, *, channel: str, ts: str) -> None:
        """Note where the hand-over's message stands; the first one counts."""
        await self._write(handovers.posted, question, channel=channel, ts=ts)

    async def handover(self, question: int) -> Handover | None:
        """The hand-over of a question, if there is one."""
        return await self._read(handovers.find, question)

    async def take(self, question: int, *, person: str, now: float) -> Handover | None:
        """Have a person take a handed-over question; the first one has it, as the hand-over that comes back tells."""
        return await self._write(handovers.take, question, person=person, now=now)

    async def solve(self, question: int, *, person: str, now: float) -> Handover | None:
        """Note who has solved a handed-over question; the first one counts."""
        return await self._write(handovers.solve, question, person=person, now=now)

    # Looking back

    async def recent(self, team: str, person: str, *, most: int) -> list[Recent]:
        """A person's last questions, the latest first."""
        return await self._read(history.recent, team=team, person=person, most=most)

    async def gaps(self, *, since: float) -> list[Gap]:
        """The questions since then that the knowledge did not serve well, the latest first."""
        return await self._read(history.gaps, since=since)

    # Who works

    async def beat(self, owner: str, *, beat: int) -> bool:
        """Show that this process lives; False where another one has taken it for dead and its questions away."""
        return await self._write(beats.show, owner=owner, beat=beat, insert=self._insert)

    async def beats(self) -> dict[str, int | None]:
        """The last beat of every process that has questions in hand or has ever shown itself."""
        return await self._read(beats.shown)

    async def take_from(self, owner: str) -> int:
        """Free the questions of a process that is dead, or that ends; how many there were."""
        return await self._write(beats.take_from, owner=owner)

    async def free_orphans(self, owner: str, *, known: Collection[int]) -> int:
        """Free what is this process's by the store and not by its own account, as after a lost confirmation."""
        return await self._write(beats.free_orphans, owner=owner, known=known)

    # Limits, and what is forgotten

    async def draw(self, wanted: Sequence[buckets.Draw], *, now: float) -> buckets.Refusal | None:
        """Draw from these limits; the first that is exhausted is the answer, and nothing is drawn after it."""
        return await self._write(buckets.draw, wanted, now=now, insert=self._insert)

    async def purge(self, *, days: int, now: float) -> int:
        """Forget what is older than so many days; how many questions that were."""
        return await self._write(retention.purge, days=days, now=now)

    async def forget(self, person: str) -> int:
        """Delete what is kept of a person; how many questions that were."""
        return await self._write(retention.forget, person=person)

    async def _write(
        self,
        statements: Callable[Concatenate[AsyncConnection, P], Awaitable[T]],
        *arguments: P.args,
        **named: P.kwargs,
    ) -> T:
        return await self._writer.write(lambda connection: statements(connection, *arguments, **named))

    async def _read(
        self,
        statements: Callable[Concatenate[AsyncConnection, P], Awaitable[T]],
        *arguments: P.args,
        **named: P.kwargs,
    ) -> T:
        async with reading(self._engine) as connection:
            return await statements(connection, *arguments, **named)


def _cannot_open(error: BaseException) -> str:
    return f"the store cannot be opened ({reason(error)}); PADLOCK_DATABASE says where it is"
