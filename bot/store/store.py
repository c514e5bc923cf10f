"""START HERE: the store's every question and change, in the same statements for SQLite and PostgreSQL."""

import json
from collections.abc import Collection, Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.conversation import Conversation
from bot.store import buckets, claims, retention
from bot.store.claims import EMPTY, PENDING
from bot.store.database import Writer, engine_for, migrate, reading, reason
from bot.store.records import Accepted, Claim, Incoming, Kind, Lost, State, StoreError
from bot.store.tables import questions, threads, workers


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
            await connection.execute(update(workers).where(workers.c.owner == "").values(beat=0))

        await self._writer.write(touch)

    # Questions come in

    async def accept(self, incoming: Incoming) -> Accepted:
        """Keep a question, once however often it arrives; it may be acknowledged when this returns."""

        async def keep(connection: AsyncConnection) -> Accepted:
            if incoming.kind is Kind.FOLLOW_UP and not await self._knows_thread(connection, incoming):
                return Accepted.FOREIGN
            values = {
                name: getattr(incoming, name) for name in incoming.__dataclass_fields__ if name in questions.c
            } | {"state": State.OPEN, "attempt": 0, "lease": 0, "posting": -1, "posted": "[]"}
            added = await connection.execute(
                self._insert(questions).values(values).on_conflict_do_nothing().returning(questions.c.id)
            )
            if added.first() is None:
                return Accepted.KNOWN
            if incoming.thread:
                place = {name: getattr(incoming, name) for name in ("team", "channel", "thread")}
                await connection.execute(
                    self._insert(threads)
                    .values(**place, conversation=EMPTY, updated_at=incoming.created_at)
                    .on_conflict_do_nothing()
                )
            return Accepted.STORED

        return await self._writer.write(keep)

    async def _knows_thread(self, connection: AsyncConnection, incoming: Incoming) -> bool:
        found = await connection.execute(
            select(threads.c.thread).where(
                threads.c.team == incoming.team,
                threads.c.channel == incoming.channel,
                threads.c.thread == incoming.thread,
            )
        )
        return found.first() is not None

    # Questions are worked on

    async def claim(self, owner: str, *, most: int) -> list[Claim]:
        """Take questions nobody has in hand, oldest first; of a thread one at a time, for each builds on the last."""
        return await self._writer.write(lambda connection: claims.take(connection, owner=owner, most=most))

    async def waiting(self) -> int:
        """How many questions have no answer yet."""
        async with reading(self._engine) as connection:
            found = await connection.execute(
                select(func.count()).select_from(questions).where(questions.c.state.in_(PENDING))
            )
            return int(found.scalar_one())

    async def answered(
        self, claim: Claim, *, answer: str, outcome: str, conversation: Conversation | None, now: float
    ) -> None:
        """Keep the answer until Slack has it, and what the thread remembers from now on."""

        async def keep(connection: AsyncConnection) -> None:
            await self._change(connection, claim, state=State.READY, answer=answer, outcome=outcome)
            if conversation is not None and claim.thread:
                await connection.execute(
                    update(threads)
                    .where(
                        threads.c.team == claim.team,
                        threads.c.channel == claim.channel,
                        threads.c.thread == claim.thread,
                    )
                    .values(conversation=json.dumps(conversation.to_dict()), updated_at=now)
                )

        await self._writer.write(keep)

    async def posting(self, claim: Claim, *, place: int) -> None:
        """Note that the posting of a message begins: if it is not noted as posted later, it may or may not be there."""
        await self._update(claim, posting=place)

    async def posted(self, claim: Claim, *, posted: Sequence[str]) -> None:
        """Note the messages that Slack has confirmed, in their order."""
        await self._update(claim, posting=-1, posted=json.dumps(list(posted)))

    async def finish(self, claim: Claim, *, posted: Sequence[str], outcome: str, now: float) -> None:
        """The question is over: the answer is with Slack, and need not be kept."""
        await self._update(
            claim,
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

    # Who works

    async def beat(self, owner: str, *, beat: int) -> bool:
        """Show that this process lives; False where another one has taken it for dead and its questions away."""

        async def show(connection: AsyncConnection) -> bool:
            known = await connection.execute(
                update(workers).where(workers.c.owner == owner).values(beat=beat).returning(workers.c.owner)
            )
            if known.first() is not None:
                return True
            await connection.execute(self._insert(workers).values(owner=owner, beat=beat).on_conflict_do_nothing())
            return False

        return await self._writer.write(show)

    async def beats(self) -> dict[str, int | None]:
        """The last beat of every process that has questions in hand or has ever shown itself."""
        async with reading(self._engine) as connection:
            shown = {row.owner: int(row.beat) for row in await connection.execute(select(workers))}
            holding = await connection.execute(
                select(questions.c.owner).where(questions.c.state.in_(PENDING), questions.c.owner.is_not(None))
            )
            return {row.owner: None for row in holding} | shown

    async def take_from(self, owner: str) -> int:
        """Free the questions of a process that is dead, or that ends; how many there were."""

        async def take(connection: AsyncConnection) -> int:
            freed = await connection.execute(
                update(questions)
                .where(questions.c.owner == owner, questions.c.state.in_(PENDING))
                .values(owner=None, lease=questions.c.lease + 1)
                .returning(questions.c.id)
            )
            await connection.execute(delete(workers).where(workers.c.owner == owner))
            return len(freed.all())

        return await self._writer.write(take)

    async def free_orphans(self, owner: str, *, known: Collection[int]) -> int:
        """Free what is this process's by the store and not by its own account, as after a lost confirmation."""

        async def free(connection: AsyncConnection) -> int:
            freed = await connection.execute(
                update(questions)
                .where(questions.c.owner == owner, questions.c.state.in_(PENDING), questions.c.id.not_in(known))
                .values(owner=None, lease=questions.c.lease + 1)
                .returning(questions.c.id)
            )
            return len(freed.all())

        return await self._writer.write(free)

    # Limits, and what is forgotten

    async def draw(self, wanted: Sequence[buckets.Draw], *, now: float) -> buckets.Refusal | None:
        """Draw from these limits; the first that is exhausted is the answer, and nothing is drawn after it."""

        async def take(connection: AsyncConnection) -> buckets.Refusal | None:
            return await buckets.draw(connection, wanted, now=now, insert=self._insert)

        return await self._writer.write(take)

    async def purge(self, *, days: int, now: float) -> int:
        """Forget what is older than so many days; how many questions that were."""
        return await self._writer.write(lambda connection: retention.purge(connection, days=days, now=now))

    async def forget(self, person: str) -> int:
        """Delete what is kept of a person: their questions, the threads they asked in, their limits."""

        return await self._writer.write(lambda connection: retention.forget(connection, person=person))


def _cannot_open(error: BaseException) -> str:
    return f"the store cannot be opened ({reason(error)}); PADLOCK_DATABASE says where it is"
