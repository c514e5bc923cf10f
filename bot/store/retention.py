"""What is forgotten: what is too old, and people who ask for it."""

from sqlalchemy import delete, exists
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import buckets
from bot.store.records import State
from bot.store.tables import questions, threads

DAY_SECONDS = 86_400.0


async def purge(connection: AsyncConnection, *, days: int, now: float) -> int:
    """Forget what is older than so many days; how many questions that were."""
    before = now - days * DAY_SECONDS
    old = await connection.execute(
        delete(questions)
        .where(questions.c.state == State.DONE, questions.c.created_at < before)
        .returning(questions.c.id)
    )
    await connection.execute(delete(threads).where(threads.c.updated_at < before))
    await connection.execute(buckets.forget_full(now=now))
    return len(old.all())


async def forget(connection: AsyncConnection, *, person: str) -> int:
    """Delete what is kept of a person: their questions, the threads they asked in, their limits."""
    theirs = exists().where(
        questions.c.person == person,
        questions.c.team == threads.c.team,
        questions.c.channel == threads.c.channel,
        questions.c.thread == threads.c.thread,
    )
    await connection.execute(delete(threads).where(theirs))
    gone = await connection.execute(delete(questions).where(questions.c.person == person).returning(questions.c.id))
    await connection.execute(buckets.forget(person))
    return len(gone.all())
