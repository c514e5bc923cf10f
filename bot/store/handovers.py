"""Questions that were handed over to people: by whom, who has taken them, who has solved them."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Delete, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.answers import exists
from bot.store.records import Handover
from bot.store.tables import handovers


async def hand_over(
    connection: AsyncConnection, question: int, *, person: str, now: float, insert: Callable[..., Any]
) -> Handover | None:
    """Hand a question over, once; None where the question is gone."""
    if not await exists(connection, question):
        return None
    await connection.execute(
        insert(handovers).values(question=question, handed_by=person, handed_at=now).on_conflict_do_nothing()
    )
    return await find(connection, question)


async def posted(connection: AsyncConnection, question: int, *, channel: str, ts: str) -> None:
    """Note where the hand-over's message stands; the first one counts."""
    await connection.execute(_of(question).where(handovers.c.ts.is_(None)).values(channel=channel, ts=ts))


async def take(connection: AsyncConnection, question: int, *, person: str, now: float) -> Handover | None:
    """Have a person take a question that nobody has taken or solved; the hand-over as it is then, if there is one."""
    free = _of(question).where(handovers.c.taken_by.is_(None), handovers.c.solved_by.is_(None))
    await connection.execute(free.values(taken_by=person, taken_at=now))
    return await find(connection, question)


async def solve(connection: AsyncConnection, question: int, *, person: str, now: float) -> Handover | None:
    """Note who has solved a question, whoever had taken it; the first one counts."""
    unsolved = _of(question).where(handovers.c.solved_by.is_(None))
    await connection.execute(unsolved.values(solved_by=person, solved_at=now))
    return await find(connection, question)


async def find(connection: AsyncConnection, question: int) -> Handover | None:
    """The hand-over of a question."""
    row = (await connection.execute(select(handovers).where(handovers.c.question == question))).first()
    return None if row is None else Handover(**row._mapping)


def _of(question: int) -> Any:
    return update(handovers).where(handovers.c.question == question)


def forget(person: str) -> Delete:
    """Forget the hand-overs in which a person is named."""
    named = (handovers.c.handed_by, handovers.c.taken_by, handovers.c.solved_by)
    return delete(handovers).where(or_(*(column == person for column in named)))
