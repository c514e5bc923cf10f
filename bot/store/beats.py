"""Who works: processes show that they live, and what dead ones had in hand becomes free."""

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.claims import PENDING
from bot.store.tables import questions, workers


async def show(connection: AsyncConnection, *, owner: str, beat: int, insert: Callable[..., Any]) -> bool:
    """Show that this process lives; False where it was not known."""
    known = await connection.execute(
        update(workers).where(workers.c.owner == owner).values(beat=beat).returning(workers.c.owner)
    )
    if known.first() is not None:
        return True
    await connection.execute(insert(workers).values(owner=owner, beat=beat).on_conflict_do_nothing())
    return False


async def shown(connection: AsyncConnection) -> dict[str, int | None]:
    """The last beat of every process that has questions in hand or has ever shown itself."""
    beats = {row.owner: int(row.beat) for row in await connection.execute(select(workers))}
    holding = await connection.execute(
        select(questions.c.owner).where(questions.c.state.in_(PENDING), questions.c.owner.is_not(None))
    )
    return {row.owner: None for row in holding} | beats


async def take_from(connection: AsyncConnection, *, owner: str) -> int:
    """Free what a process has in hand, and forget the process; how many questions that were."""
    freed = await _free(connection, questions.c.owner == owner)
    await connection.execute(delete(workers).where(workers.c.owner == owner))
    return freed


async def free_orphans(connection: AsyncConnection, *, owner: str, known: Collection[int]) -> int:
    """Free what a process has in hand and does not know of; how many questions that were."""
    return await _free(connection, questions.c.owner == owner, questions.c.id.not_in(known))


async def _free(connection: AsyncConnection, *which: ColumnElement[bool]) -> int:
    freed = await connection.execute(
        update(questions)
        .where(questions.c.state.in_(PENDING), *which)
        .values(owner=None, lease=questions.c.lease + 1)
        .returning(questions.c.id)
    )
    return len(freed.all())
