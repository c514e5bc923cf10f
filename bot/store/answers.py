"""What answers were made of, kept beside their questions for the buttons below them."""

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.records import Answered, Kept
from bot.store.tables import answers, questions

# In bytes of JSON. An ordinary report has 4,000 and a message 3,000; a certificate with thousands of names must not
# fill the disk. What does not fit is left out whole, so that what is kept can be read.
REPORTS_MOST = 128 * 1024
DETAILS_MOST = MESSAGES_MOST = 64 * 1024


async def keep(connection: AsyncConnection, question: int, *, answered: Answered, insert: Callable[..., Any]) -> None:
    """Keep what a question's answer was made of, unless that of a later look is there, or the question is gone."""
    if not await exists(connection, question):
        return
    values = {
        "public": answered.public,
        "targets": json.dumps(answered.targets),
        "reports": fitting(answered.reports, most=REPORTS_MOST),
        "details": fitting(answered.details, most=DETAILS_MOST),
        "messages": fitting(answered.messages, most=MESSAGES_MOST),
        "article": answered.article,
        "candidates": json.dumps(answered.candidates),
        "cause": answered.cause,
        "looked_at": answered.looked_at,
    }
    await connection.execute(
        insert(answers)
        .values(question=question, **values)
        .on_conflict_do_update(
            index_elements=[answers.c.question], set_=values, where=answers.c.looked_at <= answered.looked_at
        )
    )


async def kept(connection: AsyncConnection, question: int) -> Kept | None:
    """The answer to a question, with the question."""
    found = await connection.execute(
        select(questions, *(column for column in answers.c if column.name != "question"))
        .join(answers, answers.c.question == questions.c.id)
        .where(questions.c.id == question)
    )
    row = found.first()
    if row is None:
        return None
    values = {name: value for name, value in row._mapping.items() if name in Kept.__dataclass_fields__}
    lists = {name: tuple(json.loads(values[name])) for name in ("targets", "candidates", "posted")}
    return Kept(**values | lists | {"question": question})


async def exists(connection: AsyncConnection, question: int) -> bool:
    """Whether a question is there, and will be until the end of the transaction."""
    found = await connection.execute(
        select(questions.c.id).where(questions.c.id == question).with_for_update(read=True, key_share=True)
    )
    return found.first() is not None


def fitting(items: str, *, most: int) -> str:
    """A JSON list without those of its items that would make it longer than `most` bytes."""
    encoded = items.encode("utf-8", "backslashreplace")  # a lone surrogate, which no database takes, is escaped
    if len(encoded) <= most:
        return encoded.decode()
    taken, size = [], 2  # the brackets
    for item in map(json.dumps, json.loads(items)):  # ASCII, so that a character is a byte
        if size + len(item) + 2 <= most:
            taken.append(item)
            size += len(item) + 2
    return f"[{', '.join(taken)}]"
