"""Takes questions in hand, each with what its thread remembers."""

import json
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, exists, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation import Conversation
from bot.store.records import ASKED, Claim, Kind, State
from bot.store.tables import questions, threads

# Named one by one, so that an index on the state helps.
PENDING = (State.OPEN, State.READY)
EMPTY = json.dumps(Conversation().to_dict())


async def take(connection: AsyncConnection, *, owner: str, most: int) -> list[Claim]:
    """Take questions nobody has in hand, oldest first; of a thread one at a time, for each builds on the last."""
    free = (
        select(questions.c.id)
        .where(questions.c.state.in_(PENDING), questions.c.owner.is_(None), ~_waits())
        .order_by(questions.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
        # As a subquery PostgreSQL may evaluate it once for each row, and then takes more than the limit.
        .cte("free")
    )
    taken = (
        update(questions)
        .where(questions.c.id.in_(select(free.c.id)), questions.c.owner.is_(None))
        .values(
            owner=owner,
            lease=questions.c.lease + 1,
            attempt=questions.c.attempt + _one_if(questions.c.state == State.OPEN),
        )
        .returning(questions)
    )
    rows = sorted((await connection.execute(taken)).all(), key=lambda row: int(row.id))
    return [_claim(row, conversation=await _conversation(connection, row)) for row in rows]


def _waits() -> ColumnElement[bool]:
    """Whether an earlier one of the same thread has to be over first.

    A question waits for the answers before it, and a note for the notes before it ("taken" comes before "solved"). A
    press waits for nothing: it is about an answer that stands.
    """
    earlier = questions.alias("earlier")
    return exists().where(
        earlier.c.team == questions.c.team,
        earlier.c.channel == questions.c.channel,
        earlier.c.thread == questions.c.thread,
        earlier.c.thread != "",
        earlier.c.id < questions.c.id,
        or_(
            and_(earlier.c.state == State.OPEN, earlier.c.kind.in_(ASKED), questions.c.kind.in_(ASKED)),
            and_(earlier.c.state == State.READY, earlier.c.kind == Kind.NOTE, questions.c.kind == Kind.NOTE),
        ),
    )


def _one_if(condition: Any) -> Any:
    return case((condition, 1), else_=0)


async def _conversation(connection: AsyncConnection, row: Row[Any]) -> Conversation:
    """What the question's thread remembers; in a direct conversation a new thread goes on from the last one."""
    if not row.thread:
        return Conversation()
    this = threads.c.thread == row.thread
    found = await connection.execute(
        select(threads.c.conversation)
        .where(
            threads.c.team == row.team,
            threads.c.channel == row.channel,
            threads.c.conversation != EMPTY,
            or_(this, literal(row.direct)),
        )
        .order_by(_one_if(this).desc(), threads.c.updated_at.desc())
        .limit(1)
    )
    stored = found.scalar()
    return Conversation.from_dict(json.loads(stored)) if stored else Conversation()


def _claim(row: Row[Any], *, conversation: Conversation) -> Claim:
    values = {name: value for name, value in row._mapping.items() if name in Claim.__dataclass_fields__}
    return Claim(
        **values
        | {
            "kind": Kind(row.kind),
            "state": State(row.state),
            "posted": tuple(json.loads(row.posted)),
            "conversation": conversation,
        }
    )
