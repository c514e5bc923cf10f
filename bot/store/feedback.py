"""What people thought of answers: whether they helped, and which entry had been meant."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Delete, delete, or_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.answers import exists
from bot.store.tables import feedback


async def rate(
    connection: AsyncConnection, question: int, *, person: str, helpful: bool, now: float, insert: Callable[..., Any]
) -> None:
    """Note whether an answer helped a person; the later of two presses counts, in whatever order they come."""
    if await exists(connection, question):
        values = {"helpful": helpful, "rated_at": now}
        await connection.execute(_put(question, person=person, values=values, since="rated_at", insert=insert))


async def choose(
    connection: AsyncConnection, question: int, *, person: str, article: str, now: float, insert: Callable[..., Any]
) -> None:
    """Note which entry a person had meant; the later of two presses counts."""
    if await exists(connection, question):
        values = {"article": article, "chosen_at": now}
        await connection.execute(_put(question, person=person, values=values, since="chosen_at", insert=insert))


def _put(question: int, *, person: str, values: dict[str, Any], since: str, insert: Callable[..., Any]) -> Any:
    before = feedback.c[since]
    return (
        insert(feedback)
        .values(question=question, person=person, **values)
        .on_conflict_do_update(
            index_elements=[feedback.c.question, feedback.c.person],
            set_=values,
            where=or_(before.is_(None), before <= values[since]),
        )
    )


def forget(person: str) -> Delete:
    """Forget what a person thought."""
    return delete(feedback).where(feedback.c.person == person)
