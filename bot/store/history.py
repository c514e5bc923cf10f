"""Looks back on questions: a person's last ones, and those that the knowledge did not serve well."""

import json
from collections import defaultdict

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.records import ASKED, Gap, Recent
from bot.store.tables import answers, feedback, questions

# As many as are grouped in a few seconds; the last ones, which say most about the knowledge as it is.
GAPS_MOST = 5_000


async def recent(connection: AsyncConnection, *, team: str, person: str, most: int) -> list[Recent]:
    """A person's last questions, the latest first."""
    rows = await connection.execute(
        select(
            questions.c.text,
            questions.c.outcome,
            answers.c.cause,
            answers.c.targets,
            questions.c.created_at.label("asked_at"),
            questions.c.channel,
            questions.c.ts,
        )
        .outerjoin(answers, answers.c.question == questions.c.id)
        .where(questions.c.team == team, questions.c.person == person, questions.c.kind.in_(ASKED))
        .order_by(questions.c.created_at.desc(), questions.c.id.desc())
        .limit(most)
    )
    return [
        Recent(
            text=row.text,
            outcome=row.outcome,
            cause=row.cause,
            hosts=len(json.loads(row.targets or "[]")),
            asked_at=row.asked_at,
            channel=row.channel,
            ts=row.ts,
        )
        for row in rows
    ]


async def gaps(connection: AsyncConnection, *, since: float) -> list[Gap]:
    """The questions since then that got no answer or a choice, helped somebody not, or were meant otherwise."""
    spoken_of = exists().where(
        feedback.c.question == questions.c.id, or_(feedback.c.helpful.is_(False), feedback.c.article.is_not(None))
    )
    asked = (
        select(questions.c.id, questions.c.text, questions.c.outcome, questions.c.created_at)
        .where(
            questions.c.created_at >= since,
            questions.c.kind.in_(ASKED),
            questions.c.outcome.is_not(None),
            or_(questions.c.outcome.in_(("none", "unsure")), spoken_of),
        )
        .order_by(questions.c.created_at.desc(), questions.c.id.desc())
        .limit(GAPS_MOST)
        .cte("asked")
    )
    rows = await connection.execute(
        select(asked, answers.c.article, answers.c.candidates)
        .outerjoin(answers, answers.c.question == asked.c.id)
        .order_by(asked.c.created_at.desc(), asked.c.id.desc())
    )
    thoughts = await connection.execute(
        select(feedback.c.question, feedback.c.helpful, feedback.c.article)
        .join(asked, asked.c.id == feedback.c.question)
        .order_by(feedback.c.question, feedback.c.chosen_at, feedback.c.person)
    )
    helpful: dict[int, list[bool]] = defaultdict(list)
    chosen: dict[int, list[str]] = defaultdict(list)
    for thought in thoughts:
        if thought.helpful is not None:
            helpful[thought.question].append(thought.helpful)
        if thought.article is not None:
            chosen[thought.question].append(thought.article)
    return [
        Gap(
            text=row.text,
            outcome=row.outcome,
            article=row.article,
            candidates=tuple(json.loads(row.candidates or "[]")),
            chosen=tuple(chosen[row.id]),
            helpful=helpful[row.id].count(True),
            unhelpful=helpful[row.id].count(False),
            asked_at=row.created_at,
        )
        for row in rows
    ]
