"""Takes in what people ask and press, and what Padlock says of its own accord, each once."""

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation import Conversation
from bot.store.claims import EMPTY
from bot.store.records import ASKED, Accepted, Claim, Incoming, Kind, State
from bot.store.tables import questions, threads

Insert = Callable[..., Any]


async def accept(connection: AsyncConnection, incoming: Incoming, *, insert: Insert) -> Accepted:
    """Keep what came in; a question makes Padlock part of its thread, a press does not."""
    if incoming.kind is Kind.FOLLOW_UP and not await _knows_thread(connection, incoming):
        return Accepted.FOREIGN
    if not await _add(connection, incoming, insert=insert, state=State.OPEN):
        return Accepted.KNOWN
    if incoming.thread and incoming.kind in ASKED:
        await _join(connection, incoming, conversation=EMPTY, now=incoming.created_at, insert=insert)
    return Accepted.STORED


async def say(
    connection: AsyncConnection, incoming: Incoming, *, answer: str, outcome: str, insert: Insert
) -> Accepted:
    """Keep a note with what it says, to be delivered."""
    added = await _add(connection, incoming, insert=insert, state=State.READY, answer=answer, outcome=outcome)
    return Accepted.STORED if added else Accepted.KNOWN


async def remember(
    connection: AsyncConnection, claim: Claim, *, conversation: Conversation, now: float, insert: Insert
) -> None:
    """What the question's thread remembers from now on; an answer to a press makes Padlock part of its thread."""
    stored = json.dumps(conversation.to_dict())
    if claim.kind not in ASKED:
        await _join(connection, claim, conversation=stored, now=now, insert=insert)
    await connection.execute(
        update(threads)
        .where(threads.c.team == claim.team, threads.c.channel == claim.channel, threads.c.thread == claim.thread)
        .values(conversation=stored, updated_at=now)
    )


async def touch(connection: AsyncConnection, question: int, *, now: float) -> None:
    """Note that the thread of a question is in use, so that it is not forgotten."""
    place = select(questions.c.team, questions.c.channel, questions.c.thread).where(questions.c.id == question)
    await connection.execute(
        update(threads)
        .where(tuple_(threads.c.team, threads.c.channel, threads.c.thread).in_(place))
        .values(updated_at=now)
    )


async def _add(connection: AsyncConnection, incoming: Incoming, *, insert: Insert, **more: object) -> bool:
    """Whether it was new."""
    values = {name: getattr(incoming, name) for name in incoming.__dataclass_fields__ if name in questions.c}
    begin = {"attempt": 0, "lease": 0, "posting": -1, "posted": "[]"}
    added = await connection.execute(
        insert(questions).values(values | begin | more).on_conflict_do_nothing().returning(questions.c.id)
    )
    return added.first() is not None


async def _knows_thread(connection: AsyncConnection, incoming: Incoming) -> bool:
    found = await connection.execute(
        select(threads.c.thread).where(
            threads.c.team == incoming.team,
            threads.c.channel == incoming.channel,
            threads.c.thread == incoming.thread,
        )
    )
    return found.first() is not None


async def _join(
    connection: AsyncConnection, place: Incoming | Claim, *, conversation: str, now: float, insert: Insert
) -> None:
    await connection.execute(
        insert(threads)
        .values(team=place.team, channel=place.channel, thread=place.thread, conversation=conversation, updated_at=now)
        .on_conflict_do_nothing()
    )
