"""What is forgotten: what is too old, and people who ask for it."""

from sqlalchemy import delete, exists, or_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import buckets, feedback, handovers
from bot.store.records import ASKED, Kind, State
from bot.store.tables import answers, questions, threads

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
    """Delete what is kept of a person: what they asked and pressed, with what belongs to it, the threads they asked
    in, what they thought of answers, the hand-overs that name them, their limits. How many questions that were.
    """
    # Who presses a button below somebody else's answer has not asked in that thread.
    asked = or_(questions.c.kind != Kind.PRESS, exists().where(answers.c.question == questions.c.id))
    theirs = exists().where(
        questions.c.person == person,
        asked,
        questions.c.team == threads.c.team,
        questions.c.channel == threads.c.channel,
        questions.c.thread == threads.c.thread,
    )
    await connection.execute(delete(threads).where(theirs))
    gone = await connection.execute(delete(questions).where(questions.c.person == person).returning(questions.c.kind))
    await connection.execute(feedback.forget(person))
    await connection.execute(handovers.forget(person))
    await connection.execute(buckets.forget(person))
    return sum(kind in ASKED for kind in gone.scalars())
